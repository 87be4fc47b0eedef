"""Work that was given up: told with its reason, and tried again when somebody says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.database import Runner


@dataclass(frozen=True, slots=True)
class WorkItemRow:
    """A work item as operators see it."""

    id: UUID
    kind: str
    subject: str
    attempts: int
    error: str | None


async def list_dead_work(runner: Runner, workspace_id: UUID, *, limit: int) -> list[WorkItemRow]:
    """Returns what was given up, the oldest first, each with the name of its subject."""
    records = await runner.fetch(
        """
        SELECT item.id, item.kind, item.attempts, item.error,
               coalesce(session.name, peer.name, observed.name, '') AS subject
        FROM work_item AS item
        LEFT JOIN session ON session.id = item.subject_id
        LEFT JOIN peer ON peer.id = item.subject_id
        LEFT JOIN mind ON mind.id = item.subject_id
        LEFT JOIN peer AS observed ON observed.id = mind.observed_id
        WHERE item.workspace_id = $1 AND item.is_dead ORDER BY item.created_at LIMIT $2
        """,
        workspace_id,
        limit,
    )
    return [WorkItemRow(**record) for record in records]


async def retry_dead_work(
    runner: Runner, workspace_id: UUID, ids: Sequence[UUID] | None
) -> list[tuple[str, UUID]]:
    """Makes what was given up due now, as if it had never failed; all of it if `ids` is None.

    Returns the kind and subject of each; what is not dead is left as it is.
    """
    records = await runner.fetch(
        """
        WITH dead AS (
            SELECT item.id, coalesce(session.last_sequence, 0) AS last_sequence
            FROM work_item AS item LEFT JOIN session ON session.id = item.subject_id
            WHERE item.workspace_id = $1 AND item.is_dead
              AND ($2::uuid[] IS NULL OR item.id = ANY ($2))
            ORDER BY item.kind, item.subject_id FOR UPDATE OF item
        )
        UPDATE work_item
        SET is_dead = false, attempts = 0, faults = 0, error = NULL, due_at = now(),
            woken_at = now(), asked_sequence = greatest(asked_sequence, dead.last_sequence)
        FROM dead WHERE dead.id = work_item.id
        RETURNING work_item.kind, work_item.subject_id
        """,
        workspace_id,
        None if ids is None else list(ids),
    )
    return [(record["kind"], record["subject_id"]) for record in records]
