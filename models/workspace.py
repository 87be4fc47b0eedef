"""Workspaces: the tenant boundary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise import fields
from tortoise.models import Model

from core.configuration import Configuration, resolve
from core.ids import create_id
from models.database import Connection, Runner, Slice
from models.filter import ANYTHING, Column, Columns, Condition, Kind, to_where
from models.sight import OPEN, Sight


class Workspace(Model):
    """A tenant. Nothing crosses it."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(512, unique=True)
    metadata = fields.JSONField[dict[str, Any]](default=dict)
    configuration = fields.JSONField[dict[str, Any]](default=dict)
    """Only what it sets itself (core/configuration.py)."""
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "workspace"


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """A workspace as it is read; `metadata` is JSON text."""

    id: UUID
    name: str
    metadata: str
    configuration: str
    """JSON text as well: what the workspace sets itself."""
    created_at: datetime
    updated_at: datetime

    def get_configuration(self) -> Configuration:
        """Returns what is in effect where a session says nothing else."""
        return resolve(orjson.loads(self.configuration))


_COLUMNS = "id, name, metadata, configuration, created_at, updated_at"

_FILTERED: Columns = {
    "name": Column("name", Kind.TEXT),
    "metadata": Column("metadata", Kind.JSON),
    "created_at": Column("created_at", Kind.TIME),
}


async def find_workspace(runner: Runner, name: str) -> WorkspaceRow | None:
    record = await runner.fetchrow(f"SELECT {_COLUMNS} FROM workspace WHERE name = $1", name)
    return WorkspaceRow(**record) if record else None


async def list_workspaces_by_id(runner: Runner, ids: list[UUID]) -> list[WorkspaceRow]:
    records = await runner.fetch(
        f"SELECT {_COLUMNS} FROM workspace WHERE id = ANY ($1::uuid[])", ids
    )
    return [WorkspaceRow(**record) for record in records]


async def create_workspace(
    runner: Runner, name: str, *, metadata: str, configuration: str
) -> tuple[WorkspaceRow, bool]:
    """Gets or creates; returns the row and whether it was created, which alone sets the rest."""
    record = await runner.fetchrow(
        f"""
        INSERT INTO workspace ({_COLUMNS}) VALUES ($1, $2, $3, $4, now(), now())
        ON CONFLICT (name) DO NOTHING RETURNING {_COLUMNS}
        """,
        create_id(),
        name,
        metadata,
        configuration,
    )
    if record:
        return WorkspaceRow(**record), True
    existing = await find_workspace(runner, name)
    if existing is None:  # deleted in between
        return await create_workspace(runner, name, metadata=metadata, configuration=configuration)
    return existing, False


_IS_LISTED = "($1::uuid IS NULL OR id = $1)"


async def list_workspaces(
    runner: Runner, page: Slice, condition: Condition = ANYTHING, *, sight: Sight = OPEN
) -> list[WorkspaceRow]:
    """Returns the workspaces that a sight sees: all, or its own."""
    where = to_where(condition, _FILTERED, first_parameter=2)
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM workspace WHERE {_IS_LISTED} AND {where.sql}
        {page.to_sql("id", first_parameter=where.next_parameter)}
        """,
        sight.workspace_id,
        *where.parameters,
        *page.to_parameters(),
    )
    return [WorkspaceRow(**record) for record in records]


async def count_workspaces(
    runner: Runner, condition: Condition = ANYTHING, *, sight: Sight = OPEN
) -> int:
    """Counts what list_workspaces lists."""
    where = to_where(condition, _FILTERED, first_parameter=2)
    statement = f"SELECT count(*) FROM workspace WHERE {_IS_LISTED} AND {where.sql}"
    return int(await runner.fetchval(statement, sight.workspace_id, *where.parameters))


async def find_configuration(runner: Runner, workspace_id: UUID) -> Configuration:
    """Returns what is in effect in a workspace where sessions say nothing else."""
    stored = await runner.fetchval(
        "SELECT configuration FROM workspace WHERE id = $1", workspace_id
    )
    return resolve(orjson.loads(stored or "{}"))


async def has_workspace(runner: Runner, workspace_id: UUID) -> bool:
    statement = "SELECT EXISTS (SELECT FROM workspace WHERE id = $1)"
    return bool(await runner.fetchval(statement, workspace_id))


async def lock_workspace(connection: Connection, name: str) -> WorkspaceRow | None:
    """Finds, holding the row; workspaces are locked before peers and sessions."""
    record = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM workspace WHERE name = $1 FOR UPDATE", name
    )
    return WorkspaceRow(**record) if record else None


async def update_workspace(
    connection: Connection, workspace_id: UUID, *, metadata: str | None, configuration: str
) -> WorkspaceRow:
    """Changes a locked workspace, and lets the writers of its sessions notice."""
    record = await connection.fetchrow(
        f"""
        UPDATE workspace SET metadata = coalesce($2, metadata), configuration = $3,
            updated_at = now()
        WHERE id = $1 RETURNING {_COLUMNS}
        """,
        workspace_id,
        metadata,
        configuration,
    )
    if record is None:
        raise RuntimeError("a locked workspace is gone")
    await connection.execute(
        """
        WITH held AS (
            SELECT id FROM session WHERE workspace_id = $1 ORDER BY id FOR UPDATE
        )
        UPDATE session SET roster_version = roster_version + 1 FROM held
        WHERE session.id = held.id
        """,
        workspace_id,
    )
    return WorkspaceRow(**record)
