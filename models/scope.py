"""Scopes: named sets of sessions that a reading can be narrowed to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_id
from models.database import Connection, Runner, Slice
from models.session import SESSION_COLUMNS, Session, SessionRow
from models.workspace import Workspace


class Scope(Model):
    """A named set of sessions."""

    id = fields.UUIDField(primary_key=True)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="scopes"
    )
    name = fields.CharField(512)
    metadata = fields.JSONField[dict[str, Any]](default=dict)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "scope"
        constraints = (UniqueConstraint(fields=("workspace_id", "name"), name="scope_name"),)


class ScopeSession(Model):
    """A session that is in a scope."""

    id = fields.BigIntField(primary_key=True, generated=True)
    scope: fields.ForeignKeyRelation[Scope] = fields.ForeignKeyField(
        "models.Scope", related_name="entries"
    )
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="scopes"
    )

    class Meta:
        table = "scope_session"
        constraints = (UniqueConstraint(fields=("scope_id", "session_id"), name="scope_entry"),)


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """A scope as it is read; `metadata` is JSON text."""

    id: UUID
    workspace_id: UUID
    name: str
    metadata: str
    created_at: datetime
    updated_at: datetime


_COLUMNS = "id, workspace_id, name, metadata, created_at, updated_at"


async def find_scope(runner: Runner, workspace_id: UUID, name: str) -> ScopeRow | None:
    record = await runner.fetchrow(
        f"SELECT {_COLUMNS} FROM scope WHERE workspace_id = $1 AND name = $2", workspace_id, name
    )
    return ScopeRow(**record) if record else None


async def list_scopes_by_id(runner: Runner, ids: list[UUID]) -> list[ScopeRow]:
    records = await runner.fetch(f"SELECT {_COLUMNS} FROM scope WHERE id = ANY ($1::uuid[])", ids)
    return [ScopeRow(**record) for record in records]


async def list_scopes(runner: Runner, workspace_id: UUID, page: Slice) -> list[ScopeRow]:
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM scope WHERE workspace_id = $1
        {page.to_sql("id", first_parameter=2)}
        """,
        workspace_id,
        *page.to_parameters(),
    )
    return [ScopeRow(**record) for record in records]


async def count_scopes(runner: Runner, workspace_id: UUID) -> int:
    count = await runner.fetchval(
        "SELECT count(*) FROM scope WHERE workspace_id = $1", workspace_id
    )
    return int(count)


async def list_sessions_of_scopes(
    runner: Runner, scope_ids: list[UUID], page: Slice
) -> list[tuple[UUID, SessionRow]]:
    """Returns of each scope a slice of the sessions in it."""
    records = await runner.fetch(
        f"""
        SELECT part.* FROM unnest($1::uuid[]) AS scope(id) CROSS JOIN LATERAL (
            SELECT entry.scope_id, {SESSION_COLUMNS} FROM session
            JOIN (SELECT scope_id, session_id FROM scope_session WHERE scope_id = scope.id)
                AS entry ON entry.session_id = session.id
            WHERE true {page.to_sql("session.id", first_parameter=2)}
        ) AS part
        ORDER BY part.scope_id, part.id {page.direction}
        """,
        scope_ids,
        *page.to_parameters(),
    )
    return [(record["scope_id"], SessionRow(*tuple(record)[1:])) for record in records]


async def count_sessions_of_scopes(runner: Runner, scope_ids: list[UUID]) -> dict[UUID, int]:
    """Counts what list_sessions_of_scopes lists; an empty scope is left out."""
    records = await runner.fetch(
        """
        SELECT scope_id, count(*) FROM scope_session WHERE scope_id = ANY ($1::uuid[])
        GROUP BY scope_id
        """,
        scope_ids,
    )
    return {record["scope_id"]: record["count"] for record in records}


async def list_scope_session_ids(runner: Runner, scope_id: UUID) -> list[UUID]:
    records = await runner.fetch(
        "SELECT session_id FROM scope_session WHERE scope_id = $1 ORDER BY session_id", scope_id
    )
    return [record["session_id"] for record in records]


async def lock_scope(
    connection: Connection, workspace_id: UUID, name: str, *, metadata: str
) -> tuple[ScopeRow, bool]:
    """Gets or creates, holding the row; returns it and whether it was created."""
    record = await connection.fetchrow(
        f"""
        INSERT INTO scope ({_COLUMNS}) VALUES ($1, $2, $3, $4, now(), now())
        ON CONFLICT (workspace_id, name) DO UPDATE SET updated_at = scope.updated_at
        RETURNING {_COLUMNS}, xmax = 0 AS is_new
        """,
        create_id(),
        workspace_id,
        name,
        metadata,
    )
    if record is None:
        raise RuntimeError("an upsert returned nothing")
    return ScopeRow(*tuple(record)[:-1]), record["is_new"]


async def change_scope(
    connection: Connection,
    scope_id: UUID,
    *,
    metadata: str | None,
    added: Collection[UUID],
    removed: Collection[UUID],
) -> ScopeRow | None:
    """Changes what is given; a session that is in already stays, one that is not stays out."""
    await connection.execute(
        """
        INSERT INTO scope_session (scope_id, session_id) SELECT $1, unnest($2::uuid[])
        ON CONFLICT (scope_id, session_id) DO NOTHING
        """,
        scope_id,
        list(added),
    )
    await connection.execute(
        "DELETE FROM scope_session WHERE scope_id = $1 AND session_id = ANY ($2::uuid[])",
        scope_id,
        list(removed),
    )
    record = await connection.fetchrow(
        f"""
        UPDATE scope SET metadata = coalesce($2, metadata), updated_at = now() WHERE id = $1
        RETURNING {_COLUMNS}
        """,
        scope_id,
        metadata,
    )
    return ScopeRow(**record) if record else None


async def delete_scope(runner: Runner, scope_id: UUID) -> bool:
    deleted = await runner.fetchval("DELETE FROM scope WHERE id = $1 RETURNING true", scope_id)
    return bool(deleted)
