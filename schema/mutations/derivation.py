"""Asking for background work."""

from typing import Annotated

import strawberry

from resolvers import derivation, dream
from schema.context import Info
from schema.default import WAIT_MS, fill
from schema.derivation import PREFIX, Derivation
from schema.mutations.describe import MAX_WAIT, WORKSPACE
from schema.node import from_node_id_of
from schema.scalars import Position


@strawberry.input(description="What to derive without waiting for a batch to fill.")
class DeriveInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str | None = strawberry.field(
        default=None, description="Only this session; null: all of them."
    )
    max_wait_ms: int | None = strawberry.field(
        default=WAIT_MS,
        description="Return when all that is pending now is derived, or after this, up to 25000.",
    )


@strawberry.type(description="How far derivation is.")
class DerivationPayload:
    derivation: Derivation = strawberry.field(description="Of what was asked for.")
    position: Position = strawberry.field(description="Everything said up to here is derived.")


@strawberry.input(description="Whose view of whom is to be consolidated.")
class DreamInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    observed: str = strawberry.field(description="Name of the peer reasoned about.")
    observer: str | None = strawberry.field(
        default=None, description="Name of the peer that reasons; null: the global view."
    )
    max_wait_ms: int | None = strawberry.field(default=WAIT_MS, description=MAX_WAIT)


@strawberry.input(description="Which of the work that was given up is tried again.")
class RetryDeadWorkInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Of `deadItems`, at most 200; null: all of them. An empty list: nothing.",
    )


@strawberry.type
class DerivationMutation:
    @strawberry.mutation(
        description=(
            "Tries work again that was given up, as if it had never failed. Work that is not given"
            " up stays as it is."
        )
    )
    async def retry_dead_work(
        self,
        info: Info,
        input: Annotated[
            RetryDeadWorkInput, strawberry.argument(description="What is tried again.")
        ],
    ) -> DerivationPayload:
        ids = input.ids
        workspace_id, row = await derivation.retry_dead_work(
            info.context.services,
            input.workspace,
            None if ids is None else [from_node_id_of(PREFIX, each) for each in ids],
        )
        return DerivationPayload(
            derivation=Derivation.from_row(row, workspace_id),
            position=Position(str(row.position)),
        )

    @strawberry.mutation(description="Derives what is pending without waiting for batches to fill.")
    async def derive(
        self,
        info: Info,
        input: Annotated[DeriveInput, strawberry.argument(description="What not to wait for.")],
    ) -> DerivationPayload:
        workspace_id, row = await derivation.derive(
            info.context.services,
            input.workspace,
            input.session,
            max_wait_ms=fill(input.max_wait_ms, WAIT_MS),
        )
        return DerivationPayload(
            derivation=Derivation.from_row(row, workspace_id),
            position=Position(str(row.position)),
        )

    @strawberry.mutation(
        description=(
            "Lets an observer reason about what it sees of a peer: what follows, and what was said"
            " again and again. What it concludes is its own. Dreaming again adds only what is new."
        )
    )
    async def dream(
        self,
        info: Info,
        input: Annotated[DreamInput, strawberry.argument(description="Whose view of whom.")],
    ) -> DerivationPayload:
        workspace_id, row = await dream.dream(
            info.context.services,
            input.workspace,
            input.observed,
            input.observer,
            max_wait_ms=fill(input.max_wait_ms, WAIT_MS),
        )
        return DerivationPayload(
            derivation=Derivation.from_row(row, workspace_id),
            position=Position(str(row.position)),
        )
