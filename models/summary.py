"""Summaries: what a run of a session's messages said, in short; who reads them is visibility's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.configuration import Summarising, resolve
from models.database import Connection, Record, Runner
from models.session import Session
from models.visibility import SUMMARY_IS_VISIBLE, Vantage


class Summary(Model):
    """A window of messages and what it said; without content there is nothing to read."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workspace_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="summaries"
    )
    kind = fields.TextField()
    first_sequence = fields.IntField()
    last_sequence = fields.IntField()
    content = fields.TextField(null=True)
    """None: nothing in it was worth telling, or it is to be made anew."""
    token_count = fields.IntField()
    is_anew = fields.BooleanField(default=False)
    """Whether something of its window was forgotten since it was made."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "summary"
        constraints = (
            # Short ones do not overlap, and of the long ones each goes on from the one before.
            UniqueConstraint(
                fields=("session_id", "kind", "last_sequence"), name="summary_of_window"
            ),
        )
        # What search ranks.
        indexes = (Index(fields=("workspace_id", "id"), name="summary_workspace"),)


class SummaryKind(StrEnum):
    """How much of a session is told, and how closely."""

    SHORT = "SHORT"
    """Of the messages since the short one before."""
    LONG = "LONG"
    """Of all messages up to its last."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A summary that can be read."""

    id: int
    session_id: UUID
    kind: SummaryKind
    first_sequence: int
    last_sequence: int
    content: str
    token_count: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SummaryWindow:
    """What a summary is to be made of: the messages after `after`, and the summary before it."""

    kind: SummaryKind
    after: int
    last_sequence: int

    @property
    def first_sequence(self) -> int:
        return 1 if self.kind is SummaryKind.LONG else self.after + 1


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The long summary that the next one goes on from, as it was read."""

    id: int
    created_at: datetime
    content: str | None


_COLUMNS = (
    "y.id, y.session_id, y.kind, y.first_sequence, y.last_sequence, y.content, y.token_count,"
    " y.created_at"
)


async def find_next_window(runner: Runner, session_id: UUID) -> SummaryWindow | None:
    """Finds what is to be summarised next: anew what comes first, else what is full by now."""
    anew = await runner.fetchrow(
        """
        SELECT y.kind, y.last_sequence, coalesce((
            SELECT max(last_sequence) FROM summary
            WHERE session_id = y.session_id AND kind = y.kind AND last_sequence < y.last_sequence
        ), 0) AS after
        FROM summary AS y WHERE y.session_id = $1 AND y.is_anew
        ORDER BY y.last_sequence, y.kind LIMIT 1
        """,
        session_id,
    )
    if anew is not None:
        return SummaryWindow(SummaryKind(anew["kind"]), anew["after"], anew["last_sequence"])
    record = await runner.fetchrow(
        """
        SELECT session.derived_sequence, session.configuration AS own,
               workspace.configuration AS general,
               coalesce((SELECT max(last_sequence) FROM summary
                         WHERE session_id = session.id AND kind = 'SHORT'), 0) AS short,
               coalesce((SELECT max(last_sequence) FROM summary
                         WHERE session_id = session.id AND kind = 'LONG'), 0) AS long
        FROM session JOIN workspace ON workspace.id = session.workspace_id WHERE session.id = $1
        """,
        session_id,
    )
    if record is None:
        return None
    cadence = resolve(orjson.loads(record["general"]), orjson.loads(record["own"])).summary
    made = {SummaryKind.SHORT: record["short"], SummaryKind.LONG: record["long"]}
    return _find_full(cadence, made, record["derived_sequence"])


def _find_full(
    cadence: Summarising, made: dict[SummaryKind, int], derived_sequence: int
) -> SummaryWindow | None:
    sizes = {
        SummaryKind.SHORT: cadence.messages_per_short_summary,
        SummaryKind.LONG: cadence.messages_per_long_summary,
    }
    for kind, after in made.items():
        last = after + sizes[kind]
        if last <= derived_sequence:
            return SummaryWindow(kind, after, last)
    return None


async def find_predecessor(runner: Runner, session_id: UUID, after: int) -> Predecessor | None:
    """Finds the long summary that ends where a window begins."""
    record = await runner.fetchrow(
        """
        SELECT id, created_at, content FROM summary
        WHERE session_id = $1 AND kind = 'LONG' AND last_sequence = $2
        """,
        session_id,
        after,
    )
    return Predecessor(**record) if record else None


async def write_summary(
    connection: Connection,
    session_id: UUID,
    window: SummaryWindow,
    *,
    content: str | None,
    token_count: int,
) -> bool:
    """Writes a summary, in the place of the one that is to be made anew; False: no such session.

    The caller holds the session, as clear_summaries does.
    """
    written = await connection.fetchval(
        """
        INSERT INTO summary (workspace_id, session_id, kind, first_sequence, last_sequence,
                             content, token_count, is_anew, created_at)
        SELECT workspace_id, id, $2, $3, $4, $5, $6, false, now() FROM session WHERE id = $1
        ON CONFLICT (session_id, kind, last_sequence) DO UPDATE
        SET content = excluded.content, token_count = excluded.token_count, is_anew = false,
            created_at = excluded.created_at
        RETURNING true
        """,
        session_id,
        window.kind.value,
        window.first_sequence,
        window.last_sequence,
        content,
        token_count,
    )
    return bool(written)


async def clear_summaries(connection: Connection, places: Sequence[tuple[UUID, int]]) -> list[UUID]:
    """Erases summaries of windows around places (session id, sequence), to be made anew.

    Returns the sessions concerned. These are held first: a summary that is just being written is
    waited for, and found; one that comes later finds its messages, or the one before it, gone.
    """
    sessions = [session_id for session_id, _ in places]
    await connection.execute(
        "SELECT FROM session WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", sessions
    )
    records = await connection.fetch(
        """
        UPDATE summary SET content = NULL, token_count = 0, is_anew = true
        FROM unnest($1::uuid[], $2::int[]) AS gone(session_id, sequence)
        WHERE summary.session_id = gone.session_id
          AND gone.sequence BETWEEN first_sequence AND last_sequence
        RETURNING summary.session_id
        """,
        sessions,
        [sequence for _, sequence in places],
    )
    return sorted({record["session_id"] for record in records})


async def list_summaries_of_sessions(
    runner: Runner,
    vantage: Vantage,
    session_ids: Sequence[UUID],
    *,
    limit: int,
    most_tokens: int | None = None,
) -> list[SummaryRow]:
    """Returns the newest of each session that a vantage sees, none larger than `most_tokens`.

    The newest comes first in each.
    """
    records = await runner.fetch(
        f"""
        SELECT y.* FROM unnest($4::uuid[]) AS asked(session_id) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM summary AS y
            WHERE y.session_id = asked.session_id AND {SUMMARY_IS_VISIBLE}
              AND ($6::int IS NULL OR y.token_count <= $6)
            ORDER BY y.last_sequence DESC, y.kind LIMIT $5
        ) AS y
        ORDER BY y.session_id, y.last_sequence DESC, y.kind
        """,
        *vantage.to_parameters(),
        list(session_ids),
        limit,
        most_tokens,
    )
    return [_to_row(record) for record in records]


async def list_summaries(runner: Runner, vantage: Vantage, *, limit: int) -> list[SummaryRow]:
    """Returns the newest that a vantage sees, of all sessions."""
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM summary AS y WHERE {SUMMARY_IS_VISIBLE}
        ORDER BY y.created_at DESC, y.id DESC LIMIT $4
        """,
        *vantage.to_parameters(),
        limit,
    )
    return [_to_row(record) for record in records]


def _to_row(record: Record) -> SummaryRow:
    return SummaryRow(**{**dict(record), "kind": SummaryKind(record["kind"])})
