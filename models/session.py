"""Sessions: where peers exchange messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_id
from models.database import Connection, Runner, Slice
from models.filter import ANYTHING, Column, Columns, Condition, Kind, to_where
from models.sight import OPEN, Sight
from models.visibility import see_session
from models.workspace import Workspace


class Session(Model):
    """A conversation of any number of peers."""

    id = fields.UUIDField(primary_key=True)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="sessions"
    )
    name = fields.CharField(512)
    metadata = fields.JSONField[dict[str, Any]](default=dict)
    configuration = fields.JSONField[dict[str, Any]](default=dict)
    """Only what it sets itself (core/configuration.py)."""
    is_active = fields.BooleanField(default=True)
    last_sequence = fields.IntField(default=0)
    """The newest message's; its row lock is what orders writers."""
    roster_version = fields.IntField(default=0)
    """Grows when a membership opens or closes, or the configuration that is in effect changes, so
    that a writer notices that what it knows is stale."""
    token_total = fields.BigIntField(default=0)
    """Tokens of all messages ever written."""
    derived_sequence = fields.IntField(default=0)
    """Messages up to here were derived; everything later has a work item."""
    derived_tokens = fields.BigIntField(default=0)
    """Tokens of all messages up to `derived_sequence`."""
    run_sequence = fields.IntField(default=0, db_default=0)
    """Where the run begins that the newest derived window is part of (representation/cut.py)."""
    last_transaction = fields.BigIntField(default=0, db_default=0)
    """Of the newest message's position. Writers get their transaction ids before they get the
    row's lock, so a later message may come from an older transaction; positions must not fall."""
    origin_id = fields.UUIDField(null=True)
    """The session it was cloned from, which may be gone; and up to where, null: all of it."""
    origin_sequence = fields.IntField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "session"
        constraints = (UniqueConstraint(fields=("workspace_id", "name"), name="session_name"),)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is read; `metadata` is JSON text."""

    id: UUID
    workspace_id: UUID
    name: str
    metadata: str
    configuration: str
    """JSON text as well: what the session sets itself."""
    is_active: bool
    last_sequence: int
    roster_version: int
    created_at: datetime
    updated_at: datetime


SESSION_COLUMNS = (
    "id, workspace_id, name, metadata, configuration, is_active, last_sequence,"
    " roster_version,"
    " created_at, updated_at"
)

_FILTERED: Columns = {
    "name": Column("name", Kind.TEXT),
    "metadata": Column("metadata", Kind.JSON),
    "created_at": Column("created_at", Kind.TIME),
    "is_active": Column("is_active", Kind.FLAG),
    "member": Column(
        "peer.name",
        Kind.TEXT,
        within=(
            "EXISTS (SELECT FROM membership JOIN peer ON peer.id = membership.peer_id"
            " WHERE membership.session_id = session.id AND {})"
        ),
    ),
}


async def find_session(runner: Runner, workspace_id: UUID, name: str) -> SessionRow | None:
    record = await runner.fetchrow(
        f"SELECT {SESSION_COLUMNS} FROM session WHERE workspace_id = $1 AND name = $2",
        workspace_id,
        name,
    )
    return SessionRow(**record) if record else None


async def find_sessions(
    runner: Runner, workspace_id: UUID, names: Sequence[str], *, sight: Sight
) -> list[SessionRow]:
    """Returns those of the sessions that exist for a sight."""
    records = await runner.fetch(
        f"""
        SELECT {SESSION_COLUMNS} FROM session
        WHERE workspace_id = $1 AND name = ANY ($2::text[])
          AND {see_session("session", peer="$3", session="$4")}
        """,
        workspace_id,
        list(names),
        sight.peer_id,
        sight.session_id,
    )
    return [SessionRow(**record) for record in records]


async def list_sessions_by_id(runner: Runner, ids: list[UUID]) -> list[SessionRow]:
    records = await runner.fetch(
        f"SELECT {SESSION_COLUMNS} FROM session WHERE id = ANY ($1::uuid[])", ids
    )
    return [SessionRow(**record) for record in records]


async def lock_session(
    connection: Connection,
    workspace_id: UUID,
    name: str,
    *,
    metadata: str = "{}",
    configuration: str = "{}",
) -> tuple[SessionRow, bool]:
    """Gets or creates, holding the row; returns it and whether it was created.

    While the row is held nobody else writes to the session or changes who is in it.
    """
    created = await connection.fetchval(
        """
        INSERT INTO session (id, workspace_id, name, metadata, configuration, is_active,
            last_sequence, roster_version, token_total, derived_sequence, derived_tokens,
            last_transaction, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, true, 0, 0, 0, 0, 0, 0, now(), now())
        ON CONFLICT (workspace_id, name) DO NOTHING RETURNING true
        """,
        create_id(),
        workspace_id,
        name,
        metadata,
        configuration,
    )
    record = await connection.fetchrow(
        f"SELECT {SESSION_COLUMNS} FROM session WHERE workspace_id = $1 AND name = $2 FOR UPDATE",
        workspace_id,
        name,
    )
    if record is None:  # deleted between the two statements
        return await lock_session(
            connection, workspace_id, name, metadata=metadata, configuration=configuration
        )
    return SessionRow(**record), bool(created)


async def lock_existing_session(
    connection: Connection, workspace_id: UUID, name: str
) -> SessionRow | None:
    """Finds, holding the row as lock_session does."""
    record = await connection.fetchrow(
        f"SELECT {SESSION_COLUMNS} FROM session WHERE workspace_id = $1 AND name = $2 FOR UPDATE",
        workspace_id,
        name,
    )
    return SessionRow(**record) if record else None


_IS_LISTED = f"workspace_id = $1 AND {see_session('session', peer='$2', session='$3')}"


async def list_sessions(
    runner: Runner,
    workspace_id: UUID,
    page: Slice,
    condition: Condition = ANYTHING,
    *,
    sight: Sight = OPEN,
) -> list[SessionRow]:
    """Returns the sessions of a workspace that a sight sees."""
    where = to_where(condition, _FILTERED, first_parameter=4)
    records = await runner.fetch(
        f"""
        SELECT {SESSION_COLUMNS} FROM session WHERE {_IS_LISTED} AND {where.sql}
        {page.to_sql("id", first_parameter=where.next_parameter)}
        """,
        workspace_id,
        sight.peer_id,
        sight.session_id,
        *where.parameters,
        *page.to_parameters(),
    )
    return [SessionRow(**record) for record in records]


async def count_sessions(
    runner: Runner,
    workspace_id: UUID,
    condition: Condition = ANYTHING,
    *,
    sight: Sight = OPEN,
) -> int:
    """Counts what list_sessions lists."""
    where = to_where(condition, _FILTERED, first_parameter=4)
    count = await runner.fetchval(
        f"SELECT count(*) FROM session WHERE {_IS_LISTED} AND {where.sql}",
        workspace_id,
        sight.peer_id,
        sight.session_id,
        *where.parameters,
    )
    return int(count)


# The sessions that the peers $1 were ever in, or, with $2, are (not) in now.
_PLACES = f"""
    SELECT membership.peer_id, membership.session_id
    FROM membership JOIN session ON session.id = membership.session_id
    WHERE membership.peer_id = ANY ($1::uuid[])
      AND {see_session("session", peer="$3", session="$4")}
    GROUP BY membership.peer_id, membership.session_id
    HAVING $2::bool IS NULL OR bool_or(membership.to_sequence IS NULL) = $2
"""


async def list_sessions_of_peers(
    runner: Runner, peer_ids: list[UUID], page: Slice, *, is_in: bool | None, sight: Sight
) -> list[tuple[UUID, SessionRow]]:
    """Returns of each peer a slice of the sessions it was in, or is (not) in now."""
    records = await runner.fetch(
        f"""
        WITH place AS MATERIALIZED ({_PLACES})
        SELECT part.* FROM unnest($1::uuid[]) AS peer(id) CROSS JOIN LATERAL (
            SELECT place.peer_id, {SESSION_COLUMNS} FROM place
            JOIN session ON session.id = place.session_id
            WHERE place.peer_id = peer.id {page.to_sql("session.id", first_parameter=5)}
        ) AS part
        ORDER BY part.peer_id, part.id {page.direction}
        """,
        peer_ids,
        is_in,
        sight.peer_id,
        sight.session_id,
        *page.to_parameters(),
    )
    return [(record["peer_id"], SessionRow(*tuple(record)[1:])) for record in records]


async def count_sessions_of_peers(
    runner: Runner, peer_ids: list[UUID], *, is_in: bool | None, sight: Sight
) -> dict[UUID, int]:
    """Counts what list_sessions_of_peers lists; a peer that was nowhere is left out."""
    records = await runner.fetch(
        f"SELECT peer_id, count(*) FROM ({_PLACES}) AS place GROUP BY peer_id",
        peer_ids,
        is_in,
        sight.peer_id,
        sight.session_id,
    )
    return {record["peer_id"]: record["count"] for record in records}


async def update_session(
    connection: Connection,
    session_id: UUID,
    *,
    metadata: str | None,
    configuration: str,
    is_active: bool | None,
) -> SessionRow | None:
    """Changes a locked session, and lets its writers notice."""
    record = await connection.fetchrow(
        f"""
        UPDATE session SET metadata = coalesce($2, metadata), configuration = $3,
            is_active = coalesce($4, is_active), roster_version = roster_version + 1,
            updated_at = now()
        WHERE id = $1 RETURNING {SESSION_COLUMNS}
        """,
        session_id,
        metadata,
        configuration,
        is_active,
    )
    return SessionRow(**record) if record else None


@dataclass(frozen=True, slots=True)
class DerivationStanding:
    """How far a session's derivation is, while nobody can write."""

    derived_sequence: int
    waiting_count: int
    """Messages that are to be derived, or derived anew."""
    waiting_tokens: int
    """Tokens of the messages that never were derived."""


async def hold_session(connection: Connection, session_id: UUID) -> None:
    """Lets nobody write a message into a session until the transaction ends."""
    await connection.execute("SELECT FROM session WHERE id = $1 FOR NO KEY UPDATE", session_id)


async def lock_derivation(connection: Connection, session_id: UUID) -> DerivationStanding:
    """Holds a session against writers; one that is gone has nothing to derive."""
    await connection.execute("SELECT FROM session WHERE id = $1 FOR UPDATE", session_id)
    record = await connection.fetchrow(
        """
        SELECT derived_sequence, fresh.count + again.count AS waiting_count,
               fresh.tokens AS waiting_tokens
        FROM session
        CROSS JOIN LATERAL (
            SELECT count(*), coalesce(sum(token_count), 0) AS tokens FROM message
            WHERE session_id = session.id AND sequence > session.derived_sequence
        ) AS fresh
        CROSS JOIN LATERAL (
            SELECT count(*) FROM message
            WHERE workspace_id = session.workspace_id AND session_id = session.id
              AND anew_window IS NOT NULL
        ) AS again
        WHERE session.id = $1
        """,
        session_id,
    )
    return DerivationStanding(**record) if record else DerivationStanding(0, 0, 0)


async def end_derivation(connection: Connection, session_id: UUID) -> None:
    """Notes that a locked session is derived to its end, whatever was forgotten of it."""
    await connection.execute(
        """
        UPDATE session SET derived_sequence = last_sequence, derived_tokens = token_total
        WHERE id = $1
        """,
        session_id,
    )


async def advance_derivation(
    connection: Connection,
    session_id: UUID,
    *,
    from_sequence: int,
    to_sequence: int,
    run_sequence: int,
    tokens: int,
) -> bool:
    """Moves past a window; False: the session is no longer where the window was read."""
    moved = await connection.fetchval(
        """
        UPDATE session SET derived_sequence = $3, run_sequence = $4,
            derived_tokens = derived_tokens + $5
        WHERE id = $1 AND derived_sequence = $2 RETURNING true
        """,
        session_id,
        from_sequence,
        to_sequence,
        run_sequence,
        tokens,
    )
    return bool(moved)
