"""How far derivation is, in GraphQL."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from models.dead_work import WorkItemRow
from models.work import DerivationRow
from resolvers import derivation, usage
from schema.context import Info
from schema.default import DEAD_ITEMS, fill
from schema.node import to_node_id
from schema.scalars import Position

PREFIX = "work"


@strawberry.type(description="A piece of background work.")
class WorkItem:
    id: strawberry.ID = strawberry.field(description="What to retry it by.")
    kind: str = strawberry.field(description="What is to be done: `derive`, `link` or `dream`.")
    subject: str = strawberry.field(
        description="The name of what it is done for: a session to derive, else the observed peer."
    )
    attempts: int = strawberry.field(description="How often it was tried.")
    error: str | None = strawberry.field(description="Why it failed last.")

    @classmethod
    def from_row(cls, row: WorkItemRow) -> "WorkItem":
        return cls(
            id=to_node_id(PREFIX, row.id),
            kind=row.kind,
            subject=row.subject,
            attempts=row.attempts,
            error=row.error,
        )


@strawberry.type(
    description=(
        "How far derivation is, counted in messages. Every message that was acknowledged is in one"
        " of these states, and in `done` in the end."
    )
)
class Derivation:
    pending: int = strawberry.field(description="Waiting for their batch to fill or to age.")
    leased: int = strawberry.field(description="Being worked on.")
    retrying: int = strawberry.field(description="Failed, and to be tried again.")
    dead: int = strawberry.field(description="Given up; see `deadItems`.")
    done: int = strawberry.field(description="Derived.")
    oldest_pending_seconds: float = strawberry.field(
        description="The age of the oldest message that is not done; 0: there is none."
    )
    position: Position = strawberry.field(description="Everything said up to here is derived.")
    workspace_id: strawberry.Private[UUID]

    @classmethod
    def from_row(cls, row: DerivationRow, workspace_id: UUID) -> "Derivation":
        return cls(
            pending=row.pending,
            leased=row.leased,
            retrying=row.retrying,
            dead=row.dead,
            done=row.done,
            oldest_pending_seconds=row.oldest_pending_s or 0.0,
            position=Position(str(row.position)),
            workspace_id=workspace_id,
        )

    @strawberry.field(
        description=(
            "When derivation goes on, if the workspace has spent its tokens of today; null: it is"
            " not paused. Reading goes on all the time."
        )
    )
    async def paused_until(self, info: Info) -> datetime | None:
        return await usage.find_pause(info.context.services, self.workspace_id)

    @strawberry.field(description="What was given up, with its reason, the oldest first.")
    async def dead_items(
        self,
        info: Info,
        first: Annotated[
            int | None, strawberry.argument(description="At most this many, up to 200.")
        ] = DEAD_ITEMS,
    ) -> list[WorkItem]:
        rows = await derivation.list_dead_work(
            info.context.services, self.workspace_id, first=fill(first, DEAD_ITEMS)
        )
        return [WorkItem.from_row(row) for row in rows]
