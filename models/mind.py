"""Minds: what one peer, or the workspace as a whole, makes of one peer by reasoning of its own."""

from dataclasses import dataclass
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_id
from models.database import Connection, Runner
from models.peer import Peer


class Mind(Model):
    """One observer's reasoning about one peer; without an observer, the global one."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    observer: fields.ForeignKeyNullableRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="minds", null=True
    )
    observed: fields.ForeignKeyRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="minds_about"
    )
    dreamt_at = fields.DatetimeField(null=True)
    card_set_at = fields.DatetimeField(null=True)
    """When its card was last written by hand: what was said before is not on it."""

    class Meta:
        table = "mind"
        constraints = (
            UniqueConstraint(
                fields=("observed_id", "observer_id"),
                name="mind_of_peer",
                condition="observer_id IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("observed_id",), name="mind_global", condition="observer_id IS NULL"
            ),
        )


@dataclass(frozen=True, slots=True)
class MindRow:
    """Whose reasoning about whom; no observer: the global one."""

    id: UUID
    workspace_id: UUID
    observer_id: UUID | None
    observed_id: UUID


async def get_mind(
    connection: Connection, workspace_id: UUID, observer_id: UUID | None, observed_id: UUID
) -> UUID:
    """Gets or creates."""
    await connection.execute(
        """
        INSERT INTO mind (id, workspace_id, observer_id, observed_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        create_id(),
        workspace_id,
        observer_id,
        observed_id,
    )
    id_: UUID = await connection.fetchval(
        """
        SELECT id FROM mind
        WHERE observed_id = $2 AND observer_id IS NOT DISTINCT FROM $1
        """,
        observer_id,
        observed_id,
    )
    return id_


async def find_mind(runner: Runner, mind_id: UUID) -> MindRow | None:
    record = await runner.fetchrow(
        "SELECT id, workspace_id, observer_id, observed_id FROM mind WHERE id = $1", mind_id
    )
    return MindRow(**record) if record else None


async def note_dream(connection: Connection, mind_id: UUID) -> None:
    await connection.execute("UPDATE mind SET dreamt_at = now() WHERE id = $1", mind_id)
