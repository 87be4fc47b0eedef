"""Peers: whoever sends or receives information."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_id, create_ids
from models.database import Connection, Runner, Slice
from models.filter import ANYTHING, Column, Columns, Condition, Kind, to_where
from models.sight import OPEN, Sight
from models.visibility import see_peer
from models.workspace import Workspace


class Peer(Model):
    """A person, an agent, an NPC, an API: all equal."""

    id = fields.UUIDField(primary_key=True)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="peers"
    )
    name = fields.CharField(512)
    metadata = fields.JSONField[dict[str, Any]](default=dict)
    observe_me = fields.BooleanField(default=True)
    observe_others = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "peer"
        constraints = (UniqueConstraint(fields=("workspace_id", "name"), name="peer_name"),)


@dataclass(frozen=True, slots=True)
class PeerRow:
    """A peer as it is read; `metadata` is JSON text."""

    id: UUID
    workspace_id: UUID
    name: str
    metadata: str
    observe_me: bool
    observe_others: bool
    created_at: datetime
    updated_at: datetime


_COLUMNS = "id, workspace_id, name, metadata, observe_me, observe_others, created_at, updated_at"

_FILTERED: Columns = {
    "name": Column("name", Kind.TEXT),
    "metadata": Column("metadata", Kind.JSON),
    "created_at": Column("created_at", Kind.TIME),
    "observe_others": Column("observe_others", Kind.FLAG),
}


async def find_peer(runner: Runner, workspace_id: UUID, name: str) -> PeerRow | None:
    record = await runner.fetchrow(
        f"SELECT {_COLUMNS} FROM peer WHERE workspace_id = $1 AND name = $2", workspace_id, name
    )
    return PeerRow(**record) if record else None


async def find_peers(runner: Runner, workspace_id: UUID, names: Sequence[str]) -> list[PeerRow]:
    """Returns those of the peers that exist."""
    records = await runner.fetch(
        f"SELECT {_COLUMNS} FROM peer WHERE workspace_id = $1 AND name = ANY ($2::text[])",
        workspace_id,
        list(names),
    )
    return [PeerRow(**record) for record in records]


async def list_peers_by_id(runner: Runner, ids: list[UUID]) -> list[PeerRow]:
    records = await runner.fetch(f"SELECT {_COLUMNS} FROM peer WHERE id = ANY ($1::uuid[])", ids)
    return [PeerRow(**record) for record in records]


async def create_peer(
    runner: Runner,
    workspace_id: UUID,
    name: str,
    *,
    metadata: str,
    observe_me: bool,
    observe_others: bool,
) -> tuple[PeerRow, bool]:
    """Gets or creates; returns the row and whether it was created, which alone sets the rest."""
    record = await runner.fetchrow(
        f"""
        INSERT INTO peer ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, now(), now())
        ON CONFLICT (workspace_id, name) DO NOTHING RETURNING {_COLUMNS}
        """,
        create_id(),
        workspace_id,
        name,
        metadata,
        observe_me,
        observe_others,
    )
    if record:
        return PeerRow(**record), True
    existing = await find_peer(runner, workspace_id, name)
    if existing is not None:
        return existing, False
    # Deleted between the two statements.
    return await create_peer(
        runner,
        workspace_id,
        name,
        metadata=metadata,
        observe_me=observe_me,
        observe_others=observe_others,
    )


async def lock_peers(
    connection: Connection, workspace_id: UUID, names: list[str]
) -> dict[str, PeerRow]:
    """Creates the peers that are missing and holds all of them against changes of their flags.

    Peers are always locked before sessions, and in the order of their names: no deadlocks.
    """
    ordered = sorted(set(names))
    await connection.execute(
        """
        INSERT INTO peer (id, workspace_id, name, metadata, observe_me, observe_others,
                          created_at, updated_at)
        SELECT id, $1, name, '{}', true, false, now(), now()
        FROM unnest($2::uuid[], $3::text[]) AS wanted(id, name)
        ON CONFLICT (workspace_id, name) DO NOTHING
        """,
        workspace_id,
        create_ids(len(ordered)),
        ordered,
    )
    records = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM peer WHERE workspace_id = $1 AND name = ANY ($2::text[])
        ORDER BY name FOR SHARE
        """,
        workspace_id,
        ordered,
    )
    return {record["name"]: PeerRow(**record) for record in records}


async def update_peer(
    connection: Connection,
    peer_id: UUID,
    *,
    metadata: str | None,
    observe_me: bool | None,
    observe_others: bool | None,
) -> PeerRow | None:
    """Changes what is not None; returns None if the peer is gone.

    The caller rotates the memberships that follow the peer's flags.
    """
    record = await connection.fetchrow(
        f"""
        UPDATE peer SET metadata = coalesce($2, metadata),
            observe_me = coalesce($3, observe_me),
            observe_others = coalesce($4, observe_others), updated_at = now()
        WHERE id = $1 RETURNING {_COLUMNS}
        """,
        peer_id,
        metadata,
        observe_me,
        observe_others,
    )
    return PeerRow(**record) if record else None


_IS_LISTED = f"workspace_id = $1 AND {see_peer('peer', session='$2')}"


async def list_peers(
    runner: Runner,
    workspace_id: UUID,
    page: Slice,
    condition: Condition = ANYTHING,
    *,
    sight: Sight = OPEN,
) -> list[PeerRow]:
    """Returns the peers of a workspace that a sight sees."""
    where = to_where(condition, _FILTERED, first_parameter=3)
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM peer WHERE {_IS_LISTED} AND {where.sql}
        {page.to_sql("id", first_parameter=where.next_parameter)}
        """,
        workspace_id,
        sight.session_id,
        *where.parameters,
        *page.to_parameters(),
    )
    return [PeerRow(**record) for record in records]


async def count_peers(
    runner: Runner, workspace_id: UUID, condition: Condition = ANYTHING, *, sight: Sight = OPEN
) -> int:
    """Counts what list_peers lists."""
    where = to_where(condition, _FILTERED, first_parameter=3)
    count = await runner.fetchval(
        f"SELECT count(*) FROM peer WHERE {_IS_LISTED} AND {where.sql}",
        workspace_id,
        sight.session_id,
        *where.parameters,
    )
    return int(count)
