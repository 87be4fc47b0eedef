"""What search finds messages and conclusions by: their terms. Written by workers/embed.py.

A term is a number, a digest of it and its workspace (representation/term_key.py): no text is kept
twice, and a term's entries in the index are those of one workspace.
"""

from collections.abc import Sequence
from itertools import accumulate, chain
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.conclusion import CONCLUSION_COLUMNS, ConclusionRow
from models.database import Connection, Runner
from models.message import MESSAGE_COLUMNS, MessageRow


class MessageIndex(Model):
    """The terms of one message, repeated as often as they occur in it."""

    # Gone with the message, as the migration says: Tortoise takes a key that is also a reference
    # for changed at each look.
    message_id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    session_id = fields.UUIDField()
    sequence = fields.IntField()
    peer_id = fields.UUIDField()
    created_at = fields.DatetimeField()
    terms = ArrayField(element_type="bigint")

    class Meta:
        table = "message_index"
        constraints = (
            # What a vantage sees, stay by stay; also how far a session is indexed.
            UniqueConstraint(fields=("session_id", "sequence"), name="message_index_sequence"),
        )
        indexes = (
            # Who has a term, where a vantage sees too much to read all of it.
            GinIndex(fields=("terms",), name="message_index_terms"),
        )


class ConclusionIndex(Model):
    """The terms of one conclusion, repeated as often as they occur in it."""

    conclusion_id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    observed_id = fields.UUIDField()
    terms = ArrayField(element_type="bigint")

    class Meta:
        table = "conclusion_index"
        indexes = (
            Index(fields=("observed_id",), name="conclusion_index_observed"),
            GinIndex(fields=("terms",), name="conclusion_index_terms"),
        )


async def list_unindexed_messages(
    runner: Runner, session_id: UUID, *, limit: int
) -> list[MessageRow]:
    """Returns the messages of a session after the last that was indexed, oldest first.

    They are indexed in order, so that nothing before it is left out.
    """
    records = await runner.fetch(
        f"""
        SELECT {MESSAGE_COLUMNS} FROM message AS m
        WHERE m.session_id = $1 AND m.sequence > coalesce(
            (SELECT max(sequence) FROM message_index WHERE session_id = $1), 0)
        ORDER BY m.sequence LIMIT $2
        """,
        session_id,
        limit,
    )
    return [MessageRow(**record) for record in records]


async def list_unindexed_conclusions(
    runner: Runner, observed_id: UUID, *, limit: int
) -> list[ConclusionRow]:
    """Returns what was concluded of a peer and is not indexed."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE c.observed_id = $1 AND NOT c.is_indexed ORDER BY c.id LIMIT $2
        """,
        observed_id,
        limit,
    )
    return [ConclusionRow(**record) for record in records]


async def write_message_terms(
    connection: Connection, rows: Sequence[MessageRow], terms: Sequence[Sequence[int]]
) -> None:
    """Indexes messages, one list of terms each; they must be held (hold_messages)."""
    await connection.execute(
        f"""
        INSERT INTO message_index (message_id, workspace_id, session_id, sequence, peer_id,
                                   created_at, terms)
        SELECT m.id, m.workspace_id, m.session_id, m.sequence, m.peer_id, m.created_at, told.terms
        FROM {_CUT} AS told JOIN message AS m ON m.id = told.id
        ON CONFLICT DO NOTHING
        """,
        *_to_parameters([row.id for row in rows], terms),
    )


async def write_conclusion_terms(
    connection: Connection, rows: Sequence[ConclusionRow], terms: Sequence[Sequence[int]]
) -> None:
    """Indexes conclusions, one list of terms each; they must be held (hold_conclusions)."""
    await connection.execute(
        f"""
        INSERT INTO conclusion_index (conclusion_id, workspace_id, observed_id, terms)
        SELECT c.id, c.workspace_id, c.observed_id, told.terms
        FROM {_CUT} AS told JOIN conclusion AS c ON c.id = told.id
        ON CONFLICT DO NOTHING
        """,
        *_to_parameters([row.id for row in rows], terms),
    )
    await connection.execute(
        "UPDATE conclusion SET is_indexed = true WHERE id = ANY ($1::uuid[])",
        [row.id for row in rows],
    )


# Ids, the place of each one's last term, and all terms in one array: arrays of arrays cannot be
# unnested.
_CUT = """(
    SELECT id, ($3::bigint[])[lag(last, 1, 0) OVER (ORDER BY last, place) + 1 : last] AS terms
    FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS cut(id, last, place)
)"""


def _to_parameters(
    ids: list[UUID], terms: Sequence[Sequence[int]]
) -> tuple[list[UUID], list[int], list[int]]:
    lasts = list(accumulate(len(each) for each in terms))
    return ids, lasts, list(chain.from_iterable(terms))
