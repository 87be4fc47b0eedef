"""Summaries in GraphQL."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

import schema.session
from models.summary import SummaryRow
from schema.context import Info

if TYPE_CHECKING:
    from schema.session import Session


@strawberry.enum(description="How much a summary tells of.")
class SummaryKind(Enum):
    SHORT = strawberry.enum_value(
        "SHORT", description="Of the messages since the short summary before."
    )
    LONG = strawberry.enum_value(
        "LONG", description="Of everything from the first message on, in about 600 tokens."
    )


@strawberry.type(
    description=(
        "What a run of a session's messages said, for those who witnessed all of it. Made at the"
        " cadence of `SummaryConfiguration`; made anew when one of the messages is forgotten."
    )
)
class Summary:
    kind: SummaryKind = strawberry.field(description="How much it tells of.")
    content: str = strawberry.field(
        description="In prose; by the built-in rules its sentences as they were said, by line."
    )
    first_sequence: int = strawberry.field(description="The first message it tells of.")
    last_sequence: int = strawberry.field(description="The last message it tells of.")
    token_count: int = strawberry.field(description="Tokens of `content` (o200k).")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_row(cls, row: SummaryRow) -> "Summary":
        return cls(
            kind=SummaryKind[row.kind.name],
            content=row.content,
            first_sequence=row.first_sequence,
            last_sequence=row.last_sequence,
            token_count=row.token_count,
            created_at=row.created_at,
        )


@strawberry.type(description="A summary that bears on a query.")
class SummaryHit:
    summary: Summary = strawberry.field(description="The summary.")
    row: strawberry.Private[SummaryRow]

    @classmethod
    def from_row(cls, row: SummaryRow) -> "SummaryHit":
        return cls(summary=Summary.from_row(row), row=row)

    @strawberry.field(description="What it is a summary of.")
    async def session(self, info: Info) -> Annotated["Session", strawberry.lazy("schema.session")]:
        return schema.session.Session.from_row(
            await info.context.sessions.load(self.row.session_id)
        )
