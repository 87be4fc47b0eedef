"""Sessions, and who is in them, in GraphQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

import schema.context_window
import schema.message
import schema.peer
from models.membership import MembershipRow
from models.session import SessionRow
from resolvers import context, message, search, session
from resolvers.find import get_vantage
from resolvers.page import Page, PageRequest, to_cursor, to_page
from schema.configuration import Configuration
from schema.context import Info
from schema.default import CONTEXT_TOKENS, SEARCH_HITS, fill
from schema.filter import MessageFilter, to_condition
from schema.node import Node, to_node_id
from schema.page import (
    After,
    Before,
    Connection,
    Count,
    First,
    Last,
)
from schema.scalars import parse_json
from schema.search import SearchFirst, SearchHit, SearchQuery, SearchTargets, to_hits, to_targets
from schema.summary import Summary

if TYPE_CHECKING:
    from schema.context_window import ContextWindow
    from schema.message import Message
    from schema.peer import Peer

PREFIX = "session"

VantageName = Annotated[
    str | None,
    strawberry.argument(description="Name of a peer: only what it witnessed. Without: everything."),
]


@strawberry.type(description="One stay of one peer in one session. Coming back opens a new one.")
class Membership:
    from_sequence: int = strawberry.field(description="The first message it could witness.")
    to_sequence: int | None = strawberry.field(
        description="The first message it could not witness any more; null: it is in."
    )
    joined_at: datetime = strawberry.field(description="When it came.")
    left_at: datetime | None = strawberry.field(description="When it left; null: it is in.")
    observe_me: bool = strawberry.field(
        description="Whether conclusions are drawn about it from what it says here."
    )
    observe_others: bool = strawberry.field(
        description="Whether what it witnesses here goes into its models of others."
    )
    row: strawberry.Private[MembershipRow]

    @classmethod
    def from_row(cls, row: MembershipRow) -> "Membership":
        return cls(
            from_sequence=row.from_sequence,
            to_sequence=row.to_sequence,
            joined_at=row.joined_at,
            left_at=row.left_at,
            observe_me=row.observe_me,
            observe_others=row.observe_others,
            row=row,
        )

    @strawberry.field(description="Who.")
    async def peer(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")]:
        return schema.peer.Peer.from_row(await info.context.peers.load(self.row.peer_id))

    @strawberry.field(description="Where.")
    async def session(self, info: Info) -> "Session":
        return Session.from_row(await info.context.sessions.load(self.row.session_id))


@strawberry.type(description="Where any number of peers exchange messages.")
class Session(Node):
    name: str = strawberry.field(description="Unique in its workspace.")
    metadata: JSON = strawberry.field(description="Free-form object, at most 64 KiB.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(
        description="When it was last changed: a message, a peer coming or going."
    )
    is_active: bool = strawberry.field(description="Whether it is in use.")
    last_sequence: int = strawberry.field(description="The newest message's; 0: there is none.")
    row: strawberry.Private[SessionRow]

    @classmethod
    def from_row(cls, row: SessionRow) -> "Session":
        return cls(
            id=to_node_id(PREFIX, row.id),
            name=row.name,
            metadata=parse_json(row.metadata),
            created_at=row.created_at,
            updated_at=row.updated_at,
            is_active=row.is_active,
            last_sequence=row.last_sequence,
            row=row,
        )

    @strawberry.field(description="What is in effect for its next messages.")
    async def configuration(self, info: Info) -> Configuration:
        workspace = await info.context.workspaces.load(self.row.workspace_id)
        return Configuration.from_value(session.get_configuration(workspace, self.row))

    @strawberry.field(description="Every stay of every peer, oldest first.")
    async def members(
        self,
        info: Info,
        active: Annotated[
            bool | None,
            strawberry.argument(description="true: who is in now; false: stays that have ended."),
        ] = None,
    ) -> list[Membership]:
        rows = await info.context.lists.members.load((self.row.id, active))
        return [Membership.from_row(row) for row in rows]

    @strawberry.field(description="What was said, oldest first.")
    async def messages(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            MessageFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
        vantage: VantageName = None,
    ) -> Connection[Annotated["Message", strawberry.lazy("schema.message")]]:
        lists, condition = info.context.lists, to_condition(filter)
        sight = await info.context.get_vantage(self.row.workspace_id, vantage)
        request = PageRequest(first, after, last, before)
        asked = message.to_messages_asked(self.row.id, request, sight, condition)
        rows = await lists.messages.load((self.row.id, asked))
        return schema.message.to_message_connection(
            to_page(request, rows),
            lambda: lists.message_counts.load((self.row.id, (sight, condition))),
            sight,
        )

    @strawberry.field(
        description=(
            "What was said in short, oldest first, the newest 200. With a vantage: of what it"
            " witnessed from the first to the last message."
        )
    )
    async def summaries(self, info: Info, vantage: VantageName = None) -> list[Summary]:
        sight = await info.context.get_vantage(self.row.workspace_id, vantage)
        rows = await info.context.lists.summaries.load((self.row.id, sight))
        return [Summary.from_row(row) for row in rows]

    @strawberry.field(
        description=(
            "What to put into a model's window: the newest messages that fit, without a gap, a"
            " summary of what was said before, and if asked what `observer` makes of `observed`;"
            " each of the last two in at most 40 % of the tokens."
        )
    )
    async def context(
        self,
        info: Info,
        tokens: Annotated[
            int | None, strawberry.argument(description="The budget (o200k), never exceeded.")
        ] = CONTEXT_TOKENS,
        with_summary: Annotated[
            bool | None,
            strawberry.argument(
                name="summary", description="Whether a summary may take the place of old messages."
            ),
        ] = True,
        vantage: VantageName = None,
        observed: Annotated[
            str | None, strawberry.argument(description="Of whom to add a representation.")
        ] = None,
        observer: Annotated[
            str | None,
            strawberry.argument(
                description="Whose view of `observed`; with `vantage` it is that peer's anyway."
            ),
        ] = None,
        query: Annotated[
            str | None, strawberry.argument(description="What the representation should bear on.")
        ] = None,
    ) -> Annotated["ContextWindow", strawberry.lazy("schema.context_window")]:
        value = await context.get_context(
            info.context.services,
            self.row,
            tokens=fill(tokens, CONTEXT_TOKENS),
            summary=with_summary is not False,
            vantage=vantage,
            observed=observed,
            observer=observer,
            query=query,
        )
        return schema.context_window.ContextWindow.from_value(value)

    @strawberry.field(
        description=(
            "What bears on a query of what was said here and concluded from that alone, the best"
            " first. What was just said is found a moment later; `derive` waits for that."
        )
    )
    async def search(
        self,
        info: Info,
        query: SearchQuery,
        targets: SearchTargets = None,
        vantage: VantageName = None,
        first: SearchFirst = SEARCH_HITS,
    ) -> list[SearchHit]:
        services = info.context.services
        sight = await get_vantage(
            services, self.row.workspace_id, observer=vantage, sessions=[self.row.name]
        )
        hits = await search.search_all(
            services, sight, query, targets=to_targets(targets), first=fill(first, SEARCH_HITS)
        )
        return to_hits(hits, sight)


def to_session_connection(page: Page[SessionRow], count: Count) -> Connection[Session]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(session.LIST, str(row.id)),
        create_node=Session.from_row,
        count=count,
    )
