"""Events: what happened in a workspace, in commit order; ids only, never text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from core.position import START, Position
from models.database import Connection, Record, Runner


class Event(Model):
    """Something that followers may want to know of."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workspace_id = fields.UUIDField()
    transaction = fields.BigIntField()
    kind = fields.TextField()
    session_id = fields.UUIDField(null=True)
    peer_id = fields.UUIDField(null=True)
    data = fields.JSONField[dict[str, Any]]()
    at = fields.DatetimeField()

    class Meta:
        table = "event"
        indexes = (
            # Reading on from a position.
            Index(fields=("workspace_id", "transaction", "id"), name="event_position"),
            # What became of a session's messages: rare, and looked for whenever it has news.
            PartialIndex(
                fields=("session_id", "transaction", "id"),
                name="event_message_changed",
                condition={"kind": "MESSAGE_CHANGED"},
            ),
            PartialIndex(
                fields=("session_id", "transaction", "id"),
                name="event_messages_deleted",
                condition={"kind": "MESSAGES_DELETED"},
            ),
        )


class EventKind(StrEnum):
    """What happened. Only what is written somewhere is listed."""

    DERIVATION_IDLE = "DERIVATION_IDLE"
    MESSAGES_ADDED = "MESSAGES_ADDED"
    MESSAGE_CHANGED = "MESSAGE_CHANGED"
    MESSAGES_DELETED = "MESSAGES_DELETED"
    PEER_JOINED = "PEER_JOINED"
    PEER_LEFT = "PEER_LEFT"
    REPRESENTATION_CHANGED = "REPRESENTATION_CHANGED"
    CARD_CHANGED = "CARD_CHANGED"
    FILE_PART_IMPORTED = "FILE_PART_IMPORTED"
    SCOPE_CHANGED = "SCOPE_CHANGED"
    SUMMARY_CREATED = "SUMMARY_CREATED"
    WORK_DEAD = "WORK_DEAD"


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as followers read it; `data` is JSON text and holds ids and numbers only."""

    id: int
    transaction: int
    kind: EventKind
    session_id: UUID | None
    peer_id: UUID | None
    data: str
    at: datetime

    @property
    def position(self) -> Position:
        return Position(self.transaction, self.id)


# Transactions get their id when they first write and commit in any order. Below the oldest id
# still running nothing can appear any more, so reading stops there: a slow transaction delays
# followers, but they never miss or reorder anything.
_IS_SETTLED = "transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

CURRENT_TRANSACTION = "pg_current_xact_id()::text::bigint"
"""The id of the running transaction, as positions hold it."""


async def list_events(
    runner: Runner, workspace_id: UUID, *, after: Position, limit: int
) -> tuple[list[EventRow], bool]:
    """Returns the oldest settled events after a position, in the order of positions.

    Also tells whether there is more to come soon: beyond `limit`, or waiting for a transaction
    that is still open.
    """
    records = await runner.fetch(
        f"""
        SELECT id, transaction, kind, session_id, peer_id, data, at, {_IS_SETTLED} AS is_settled
        FROM event WHERE workspace_id = $1 AND (transaction, id) > ($2, $3)
        ORDER BY transaction, id LIMIT $4
        """,
        workspace_id,
        after.transaction,
        after.row,
        limit,
    )
    # The newest transactions come last, so what is settled comes before what is not.
    events = [_to_row(record) for record in records if record["is_settled"]]
    return events, len(records) > len(events) or len(records) == limit


async def list_message_changes(
    runner: Runner, session_id: UUID, *, after: Position, limit: int
) -> list[EventRow]:
    """Returns the oldest settled MESSAGE_CHANGED and MESSAGES_DELETED of a session from there."""
    # Apart, so that each has its index.
    each = " UNION ALL ".join(
        f"""
        (SELECT id, transaction, kind, session_id, peer_id, data, at FROM event
         WHERE session_id = $1 AND kind = '{kind}' AND (transaction, id) > ($2, $3)
           AND {_IS_SETTLED}
         ORDER BY transaction, id LIMIT $4)
        """
        for kind in (EventKind.MESSAGE_CHANGED, EventKind.MESSAGES_DELETED)
    )
    records = await runner.fetch(
        f"SELECT * FROM ({each}) AS told ORDER BY transaction, id LIMIT $4",
        session_id,
        after.transaction,
        after.row,
        limit,
    )
    return [_to_row(record) for record in records]


async def get_newest_position(runner: Runner, workspace_id: UUID) -> Position:
    """Returns the position of the newest settled transaction that told something, or START."""
    newest = await runner.fetchval(
        f"""
        SELECT transaction FROM event WHERE workspace_id = $1 AND {_IS_SETTLED}
        ORDER BY transaction DESC LIMIT 1
        """,
        workspace_id,
    )
    return Position(newest) if newest else START


async def get_newest_event(runner: Runner, workspace_id: UUID) -> Position:
    """Returns the position of the newest settled event itself, or START."""
    newest = await runner.fetchrow(
        f"""
        SELECT transaction, id FROM event WHERE workspace_id = $1 AND {_IS_SETTLED}
        ORDER BY transaction DESC, id DESC LIMIT 1
        """,
        workspace_id,
    )
    return Position(newest["transaction"], newest["id"]) if newest else START


async def add_events(
    connection: Connection,
    workspace_id: UUID,
    *,
    kind: EventKind,
    session_id: UUID,
    peers: list[tuple[UUID, str]],
) -> None:
    """Writes one event per peer, each with its data as JSON text."""
    await connection.execute(
        f"""
        INSERT INTO event (workspace_id, transaction, kind, session_id, peer_id, data, at)
        SELECT $1, {CURRENT_TRANSACTION}, $2, $3, peer_id, data, now()
        FROM unnest($4::uuid[], $5::jsonb[]) WITH ORDINALITY AS told(peer_id, data, place)
        ORDER BY place
        """,
        workspace_id,
        kind.value,
        session_id,
        [peer_id for peer_id, _ in peers],
        [data for _, data in peers],
    )


async def add_event(
    connection: Connection,
    workspace_id: UUID,
    *,
    kind: EventKind,
    session_id: UUID | None = None,
    peer_id: UUID | None = None,
    data: str = "{}",
) -> Position:
    """Writes one event, its data as JSON text, and returns the position of the transaction."""
    position = await connection.fetchval(
        f"""
        INSERT INTO event (workspace_id, transaction, kind, session_id, peer_id, data, at)
        VALUES ($1, {CURRENT_TRANSACTION}, $2, $3, $4, $5, now()) RETURNING transaction
        """,
        workspace_id,
        kind.value,
        session_id,
        peer_id,
        data,
    )
    return Position(position)


def _to_row(record: Record) -> EventRow:
    return EventRow(
        id=record["id"],
        transaction=record["transaction"],
        kind=EventKind(record["kind"]),
        session_id=record["session_id"],
        peer_id=record["peer_id"],
        data=record["data"],
        at=record["at"],
    )
