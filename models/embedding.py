"""Embeddings: what texts are near to, one vector per text and embedding space.

A table of its own, narrow and never moved out of line, because exact search reads all of it
(docs/decisions/0012). Vectors of one space alone are compared: a space is a model and a length.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields import Field
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.conclusion import Conclusion
from models.database import Connection
from models.message import Message


class HalfVectorField(Field[list[float]], list[float]):  # type: ignore[misc]
    """A `halfvec` of pgvector, of any length; only our SQL reads and writes it."""

    SQL_TYPE = "HALFVEC"


class Embedding(Model):
    """The vector of one message or one conclusion in one space."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workspace_id = fields.UUIDField()
    message: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="embeddings", null=True
    )
    conclusion: fields.ForeignKeyNullableRelation[Conclusion] = fields.ForeignKeyField(
        "models.Conclusion", related_name="embeddings", null=True
    )
    space = fields.TextField()
    vector: Any = HalfVectorField()

    class Meta:
        table = "embedding"
        constraints = (
            CheckConstraint(
                check="(message_id IS NULL) <> (conclusion_id IS NULL)", name="embedding_owner"
            ),
            UniqueConstraint(
                fields=("message_id", "space"),
                name="embedding_of_message",
                condition="message_id IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("conclusion_id", "space"),
                name="embedding_of_conclusion",
                condition="conclusion_id IS NOT NULL",
            ),
        )


async def write_embeddings(
    connection: Connection,
    workspace_id: UUID,
    owner: str,
    space: str,
    vectors: Sequence[tuple[UUID, Sequence[float]]],
) -> None:
    """Writes vectors of one length; `owner` is "message" or "conclusion".

    One flat array of numbers is cut to pieces by PostgreSQL: arrays of arrays cannot be unnested.
    """
    if not vectors:
        return
    await connection.execute(
        f"""
        INSERT INTO embedding (workspace_id, {owner}_id, space, vector)
        SELECT $1, id, $2, ($5::real[])[(place - 1) * $4 + 1 : place * $4]::halfvec
        FROM unnest($3::uuid[]) WITH ORDINALITY AS told(id, place)
        ON CONFLICT DO NOTHING
        """,
        workspace_id,
        space,
        [id_ for id_, _ in vectors],
        len(vectors[0][1]),
        list(chain.from_iterable(vector for _, vector in vectors)),
    )
