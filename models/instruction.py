"""Custom instructions, each kept once however many messages were written under it."""

from hashlib import blake2b
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_id
from models.database import Runner
from models.workspace import Workspace


class Instruction(Model):
    """What a workspace or a session wants reasoners to look for."""

    id = fields.UUIDField(primary_key=True)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="instructions"
    )
    digest = fields.TextField()
    """Of the content, which is too long to be unique by itself."""
    content = fields.TextField()

    class Meta:
        table = "instruction"
        constraints = (
            UniqueConstraint(fields=("workspace_id", "digest"), name="instruction_once"),
        )


async def get_instruction(runner: Runner, workspace_id: UUID, content: str) -> UUID:
    """Gets or creates."""
    digest = blake2b(content.encode(), digest_size=16).hexdigest()
    await runner.execute(
        """
        INSERT INTO instruction (id, workspace_id, digest, content) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        create_id(),
        workspace_id,
        digest,
        content,
    )
    id_: UUID = await runner.fetchval(
        "SELECT id FROM instruction WHERE workspace_id = $1 AND digest = $2", workspace_id, digest
    )
    return id_


async def find_instruction(runner: Runner, id_: UUID) -> str | None:
    content: str | None = await runner.fetchval(
        "SELECT content FROM instruction WHERE id = $1", id_
    )
    return content
