"""Writing conclusions and cards by hand."""

from typing import Annotated

import strawberry

from resolvers import conclude
from schema.card import PeerCard
from schema.conclusion import Conclusion
from schema.context import Info
from schema.mutations.describe import WORKSPACE
from schema.scalars import Position

_OBSERVER = "Name of the peer whose mind it is; null: the global view."


@strawberry.input(
    description=(
        "What to conclude of a peer by hand. Without `session`, it rests on nothing but your word"
        " and is seen by the observer alone, or by the global view alone; under a scope or a list"
        " of sessions it is not seen. With `session`, it rests on all of that session up to now:"
        " with an observer on what that witnessed, and it alone sees it; without, on everything,"
        " and whoever witnessed all of it while observing others sees it, save `observed` itself."
    )
)
class CreateConclusionsInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    observer: str | None = strawberry.field(default=None, description=_OBSERVER)
    observed: str = strawberry.field(description="Name of the peer it is about; it must exist.")
    contents: list[str] = strawberry.field(
        description="1 to 100 statements in the third person, at most 2,000 characters each."
    )
    session: str | None = strawberry.field(
        default=None,
        description="Name of the session it rests on, and is forgotten with.",
    )


@strawberry.input(description="What to write on a peer's card.")
class SetPeerCardInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    observer: str | None = strawberry.field(default=None, description=_OBSERVER)
    observed: str = strawberry.field(description="Name of the peer it is about; it must exist.")
    lines: list[str] = strawberry.field(
        description="At most 20, of at most 2,000 characters each. An empty list clears the card."
    )


@strawberry.type(description="What was written.")
class ConclusionsPayload:
    conclusions: list[Conclusion] = strawberry.field(
        description="One for each of the contents, in their order."
    )
    position: Position = strawberry.field(description="Of the change.")


@strawberry.type(description="A card that was written.")
class PeerCardPayload:
    card: PeerCard = strawberry.field(description="As it is now.")
    position: Position = strawberry.field(description="Of the change.")


@strawberry.type
class ConclusionMutation:
    @strawberry.mutation(
        description=(
            "Writes conclusions by hand; they say so in `isManual`. What was written before with"
            " the same words, in the same place, is not written again."
        )
    )
    async def create_conclusions(
        self,
        info: Info,
        input: Annotated[
            CreateConclusionsInput, strawberry.argument(description="What to conclude of whom.")
        ],
    ) -> ConclusionsPayload:
        rows, vantage, position = await conclude.create_conclusions(
            info.context.services,
            input.workspace,
            input.observed,
            input.contents,
            observer=input.observer,
            session=input.session,
        )
        return ConclusionsPayload(
            conclusions=[Conclusion.from_row(row, vantage) for row in rows],
            position=Position(str(position)),
        )

    @strawberry.mutation(
        description=(
            "Writes the card that one observer, or the global view, has of a peer. These lines"
            " take the place of what was on it, and are conclusions of that mind. Facts that are"
            " said later come on top. Under a scope or a list of sessions the card is what was"
            " said there."
        )
    )
    async def set_peer_card(
        self,
        info: Info,
        input: Annotated[SetPeerCardInput, strawberry.argument(description="Whose card of whom.")],
    ) -> PeerCardPayload:
        value, position = await conclude.set_card(
            info.context.services,
            input.workspace,
            input.observed,
            input.lines,
            observer=input.observer,
        )
        return PeerCardPayload(card=PeerCard.from_value(value), position=Position(str(position)))
