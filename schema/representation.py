"""Representations in GraphQL."""

from typing import TYPE_CHECKING, Annotated

import strawberry

import schema.conclusion
import schema.peer
from resolvers.representation import RepresentationValue
from schema.context import Info
from schema.scalars import Position

if TYPE_CHECKING:
    from schema.conclusion import Conclusion
    from schema.peer import Peer


@strawberry.type(description="What is concluded of one peer, from one vantage.")
class Representation:
    observes: bool = strawberry.field(
        description=(
            "false: the observer holds no models of others (its `observeOthers` is off), so"
            " `conclusions` is empty. It is never the global view instead."
        )
    )
    conclusions: list[Annotated["Conclusion", strawberry.lazy("schema.conclusion")]] = (
        strawberry.field(
            description="The newest first, or the best first if there was a query. No repetitions."
        )
    )
    card: list[str] = strawberry.field(
        description="Stable facts about who the peer is, the newest first."
    )
    text: str = strawberry.field(description="The conclusions, ready for a prompt.")
    token_count: int = strawberry.field(description="Tokens of `text` (o200k).")
    position: Position = strawberry.field(
        description="Everything said up to here is taken into account."
    )
    value: strawberry.Private[RepresentationValue]

    @classmethod
    def from_value(cls, value: RepresentationValue) -> "Representation":
        return cls(
            observes=value.observes,
            conclusions=[
                schema.conclusion.Conclusion.from_row(row, value.vantage)
                for row in value.conclusions
            ],
            card=[row.content for row in value.card],
            text=value.text,
            token_count=value.token_count,
            position=Position(str(value.position)),
            value=value,
        )

    @strawberry.field(description="Whose view it is; null: the global one.")
    async def observer(
        self, info: Info
    ) -> Annotated["Peer", strawberry.lazy("schema.peer")] | None:
        observer_id = self.value.vantage.observer_id
        if observer_id is None:
            return None
        return schema.peer.Peer.from_row(await info.context.peers.load(observer_id))

    @strawberry.field(description="Whom it is about.")
    async def observed(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")]:
        return schema.peer.Peer.from_row(await info.context.peers.load(self.value.observed_id))
