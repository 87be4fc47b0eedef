"""Messages in GraphQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

import schema.conclusion
import schema.peer
import schema.session
from models.message import MessageRow
from models.visibility import Vantage
from resolvers.message import PEER_LIST, get_list_name
from resolvers.page import Page, to_cursor
from schema.context import Info
from schema.node import Node, to_node_id
from schema.page import Connection, Count
from schema.scalars import parse_json

if TYPE_CHECKING:
    from schema.conclusion import Conclusion
    from schema.peer import Peer
    from schema.session import Session

PREFIX = "message"


@strawberry.type(description="One utterance of one peer in one session.")
class Message(Node):
    sequence: int = strawberry.field(
        description="Its place in the session: 1, 2, 3 ... without gaps, in the order of commits."
    )
    content: str = strawberry.field(description="What was said, 1 to 25,000 characters.")
    metadata: JSON = strawberry.field(description="Free-form object, at most 64 KiB.")
    token_count: int = strawberry.field(description="Tokens of `content` (o200k).")
    created_at: datetime = strawberry.field(
        description="As the sender dates it; decides nothing, but dates in the text refer to it."
    )
    recorded_at: datetime = strawberry.field(description="When the server wrote it.")
    client_message_id: str | None = strawberry.field(
        description="The id its sender gave it, to be able to send it again safely."
    )
    row: strawberry.Private[MessageRow]
    vantage: strawberry.Private[Vantage]

    @classmethod
    def from_row(cls, row: MessageRow, vantage: Vantage) -> "Message":
        return cls(
            id=to_node_id(PREFIX, row.id),
            sequence=row.sequence,
            content=row.content,
            metadata=parse_json(row.metadata),
            token_count=row.token_count,
            created_at=row.created_at,
            recorded_at=row.recorded_at,
            client_message_id=row.client_message_id,
            row=row,
            vantage=vantage,
        )

    @strawberry.field(description="Who said it.")
    async def author(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")]:
        return schema.peer.Peer.from_row(await info.context.peers.load(self.row.peer_id))

    @strawberry.field(description="Where it was said.")
    async def session(self, info: Info) -> Annotated["Session", strawberry.lazy("schema.session")]:
        return schema.session.Session.from_row(
            await info.context.sessions.load(self.row.session_id)
        )

    @strawberry.field(description="Who was in the session when it was said, its author too.")
    async def witnesses(
        self, info: Info
    ) -> list[Annotated["Peer", strawberry.lazy("schema.peer")]]:
        ids = await info.context.witnesses.load(self.row.id)
        rows = await info.context.peers.load_many(ids)
        return [schema.peer.Peer.from_row(row) for row in rows]

    @strawberry.field(description="The conclusions that cite it, as far as the reader can see.")
    async def conclusions(
        self, info: Info
    ) -> list[Annotated["Conclusion", strawberry.lazy("schema.conclusion")]]:
        rows = await info.context.citing.load((self.vantage, self.row.id))
        return [schema.conclusion.Conclusion.from_row(row, self.vantage) for row in rows]


def to_peer_message_connection(
    page: Page[MessageRow], count: Count, vantage: Vantage
) -> Connection[Message]:
    """Cursors of a peer's messages are ids: their sequences are of many sessions."""
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(PEER_LIST, str(row.id)),
        create_node=lambda row: Message.from_row(row, vantage),
        count=count,
    )


def to_message_connection(
    page: Page[MessageRow], count: Count, vantage: Vantage
) -> Connection[Message]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(get_list_name(row.session_id), str(row.sequence)),
        create_node=lambda row: Message.from_row(row, vantage),
        count=count,
    )
