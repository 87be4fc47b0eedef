"""Windows: which messages were derived together, so that forgetting knows what to derive anew."""

from dataclasses import dataclass
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.database import Connection
from models.session import Session


class Window(Model):
    """A run of messages that a reasoner was shown at once, or that gave it nothing to see."""

    id = fields.BigIntField(primary_key=True, generated=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="windows"
    )
    first_sequence = fields.IntField()
    last_sequence = fields.IntField()

    class Meta:
        table = "derived_window"
        constraints = (
            # That a message is derived once.
            UniqueConstraint(fields=("session_id", "first_sequence"), name="window_once"),
        )


@dataclass(frozen=True, slots=True)
class WindowRow:
    """Messages first..last of a session, all observed by the same audience."""

    session_id: UUID
    first_sequence: int
    last_sequence: int
    audience: str


async def add_window(connection: Connection, window: WindowRow) -> None:
    await connection.execute(
        """
        INSERT INTO derived_window (session_id, first_sequence, last_sequence) VALUES ($1, $2, $3)
        """,
        window.session_id,
        window.first_sequence,
        window.last_sequence,
    )
