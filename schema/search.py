"""Search in GraphQL."""

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Union

import strawberry

import schema.conclusion
import schema.message
from models.message import MessageRow
from models.summary import SummaryRow
from models.visibility import Vantage
from resolvers.search import Hit, Target
from schema.summary import SummaryHit

if TYPE_CHECKING:
    from schema.conclusion import Conclusion
    from schema.message import Message

SearchNode = Annotated[
    Union[  # noqa: UP007 - names that are read later cannot be joined by |
        Annotated["Message", strawberry.lazy("schema.message")],
        Annotated["Conclusion", strawberry.lazy("schema.conclusion")],
        SummaryHit,
    ],
    strawberry.union("SearchNode", description="What was found."),
]


@strawberry.enum(description="What is searched.")
class SearchTarget(Enum):
    MESSAGES = strawberry.enum_value("MESSAGES", description="What was said.")
    CONCLUSIONS = strawberry.enum_value(
        "CONCLUSIONS", description="What was concluded, outdated or not; of repetitions the newest."
    )
    SUMMARIES = strawberry.enum_value(
        "SUMMARIES", description="What was said in short, for who witnessed all of that."
    )


@strawberry.type(description="Something that bears on the query.")
class SearchHit:
    node: SearchNode = strawberry.field(description="What was found.")
    score: float = strawberry.field(
        description="Above 0; the best message, conclusion and summary have 1."
    )
    snippet: str = strawberry.field(
        description="Up to 200 characters of it, those around most words of the query."
    )

    @classmethod
    def from_hit(cls, hit: Hit, vantage: Vantage) -> "SearchHit":
        return cls(node=_to_node(hit, vantage), score=hit.score, snippet=hit.snippet)


def _to_node(
    hit: Hit, vantage: Vantage
) -> "schema.message.Message | schema.conclusion.Conclusion | SummaryHit":
    if isinstance(hit.row, MessageRow):
        return schema.message.Message.from_row(hit.row, vantage)
    if isinstance(hit.row, SummaryRow):
        return SummaryHit.from_row(hit.row)
    return schema.conclusion.Conclusion.from_row(hit.row, vantage)


def to_targets(targets: Sequence[SearchTarget] | None) -> list[Target] | None:
    return None if targets is None else [Target(target.name) for target in targets]


def to_hits(hits: Sequence[Hit], vantage: Vantage) -> list[SearchHit]:
    return [SearchHit.from_hit(hit, vantage) for hit in hits]


SearchQuery = Annotated[
    str,
    strawberry.argument(
        description=(
            "What to look for, at most 10,000 characters: words or a question. No sign in it is an"
            ' operator. A time ("yesterday", "in May 2023") prefers what was said then, the name'
            " of a peer what it said."
        )
    ),
]
SearchTargets = Annotated[
    list[SearchTarget] | None,
    strawberry.argument(description="Only these. Without: all. An empty list: nothing."),
]
SearchFirst = Annotated[
    int | None, strawberry.argument(description="At most this many hits, up to 200.")
]
