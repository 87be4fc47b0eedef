"""Conclusions in GraphQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

import schema.message
import schema.peer
from models.conclusion import ConclusionRow
from models.visibility import Vantage
from resolvers import conclusion
from resolvers.page import Page, to_cursor
from schema.context import Info
from schema.level import Level
from schema.node import Node, to_node_id
from schema.page import Connection, Count

if TYPE_CHECKING:
    from schema.message import Message
    from schema.peer import Peer

PREFIX = "conclusion"


@strawberry.type(description="One statement about one peer, with the messages it rests on.")
class Conclusion(Node):
    content: str = strawberry.field(description="The statement, a sentence about `observed`.")
    level: Level = strawberry.field(description="How it was arrived at.")
    confidence: float | None = strawberry.field(description="From 0 to 1, if the reasoner said so.")
    support: int = strawberry.field(
        description="How many times it was found, as far as the reader can see."
    )
    valid_from: datetime | None = strawberry.field(
        description="Since when it holds, if that was said."
    )
    valid_to: datetime | None = strawberry.field(
        description="Until when it holds, if that was said."
    )
    recorded_at: datetime = strawberry.field(description="When it was concluded.")
    is_manual: bool = strawberry.field(
        description="Whether somebody wrote it by hand; then it cites no messages."
    )
    retired_at: datetime | None = strawberry.field(
        description=(
            "Since when something the reader can see has superseded it, or what it follows from."
        )
    )
    row: strawberry.Private[ConclusionRow]
    vantage: strawberry.Private[Vantage]

    @classmethod
    def from_row(cls, row: ConclusionRow, vantage: Vantage) -> "Conclusion":
        return cls(
            id=to_node_id(PREFIX, row.id),
            content=row.content,
            level=Level[row.level],
            confidence=row.confidence,
            support=row.support,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            recorded_at=row.recorded_at,
            is_manual=row.is_manual,
            retired_at=row.retired_at,
            row=row,
            vantage=vantage,
        )

    @strawberry.field(description="Whom it is about.")
    async def observed(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")]:
        return schema.peer.Peer.from_row(await info.context.peers.load(self.row.observed_id))

    @strawberry.field(description="The messages it cites, oldest first.")
    async def messages(
        self, info: Info
    ) -> list[Annotated["Message", strawberry.lazy("schema.message")]]:
        rows = await info.context.citations.load(self.row.id)
        return [schema.message.Message.from_row(row, self.vantage) for row in rows]

    @strawberry.field(
        description="Whose mind made it; null: it is shared by all who see what it rests on."
    )
    async def observer(
        self, info: Info
    ) -> Annotated["Peer", strawberry.lazy("schema.peer")] | None:
        # What a mind made is seen by that mind alone, so it is the reader's own.
        if self.row.mind_id is None or self.vantage.observer_id is None:
            return None
        return schema.peer.Peer.from_row(await info.context.peers.load(self.vantage.observer_id))

    @strawberry.field(description="What it follows from, oldest first; nothing if it was said.")
    async def premises(self, info: Info) -> list["Conclusion"]:
        rows = await info.context.premises.load((self.vantage, self.row.id))
        return [Conclusion.from_row(row, self.vantage) for row in rows]

    @strawberry.field(description="What has superseded it, as far as the reader can see.")
    async def superseded_by(self, info: Info) -> Optional["Conclusion"]:
        if self.row.superseded_by is None:
            return None
        row = await info.context.conclusions.load((self.vantage, self.row.superseded_by))
        return Conclusion.from_row(row, self.vantage) if row else None


def to_conclusion_connection(
    page: Page[ConclusionRow], count: Count, vantage: Vantage
) -> Connection[Conclusion]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(conclusion.LIST, str(row.id)),
        create_node=lambda row: Conclusion.from_row(row, vantage),
        count=count,
    )
