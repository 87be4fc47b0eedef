"""What conclusions rest on: windows, cited messages, premises. Also how they are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.conclusion import CONCLUSION_COLUMNS, Conclusion, ConclusionRow, to_conclusion
from models.database import Connection, Runner, to_columns
from models.event import CURRENT_TRANSACTION
from models.message import MESSAGE_COLUMNS, Message, MessageRow
from models.session import Session
from models.visibility import Vantage, see_conclusion
from models.window import WindowRow


class Evidence(Model):
    """One window that the reasoner was shown when it concluded."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workspace_id = fields.UUIDField()
    conclusion: fields.ForeignKeyRelation[Conclusion] = fields.ForeignKeyField(
        "models.Conclusion", related_name="evidence"
    )
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="evidence"
    )
    first_sequence = fields.IntField()
    last_sequence = fields.IntField()
    audience = fields.TextField()
    """The same for windows of one session that the same peers observed (workers/derive.py)."""

    class Meta:
        table = "evidence"
        constraints = (
            CheckConstraint(
                check="first_sequence >= 1 AND last_sequence >= first_sequence",
                name="evidence_window",
            ),
        )
        indexes = (
            # The visibility predicate, per conclusion.
            Index(fields=("conclusion_id",), name="evidence_conclusion"),
            # What rests on a message, for forgetting.
            Index(fields=("session_id", "first_sequence"), name="evidence_session"),
        )


class Citation(Model):
    """A message that a conclusion cites."""

    id = fields.BigIntField(primary_key=True, generated=True)
    conclusion: fields.ForeignKeyRelation[Conclusion] = fields.ForeignKeyField(
        "models.Conclusion", related_name="citations"
    )
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="citations"
    )

    class Meta:
        table = "citation"
        constraints = (
            UniqueConstraint(fields=("conclusion_id", "message_id"), name="citation_once"),
        )
        indexes = (Index(fields=("message_id",), name="citation_message"),)


class Premise(Model):
    """A conclusion that another one follows from."""

    id = fields.BigIntField(primary_key=True, generated=True)
    conclusion: fields.ForeignKeyRelation[Conclusion] = fields.ForeignKeyField(
        "models.Conclusion", related_name="premises"
    )
    premise: fields.ForeignKeyRelation[Conclusion] = fields.ForeignKeyField(
        "models.Conclusion", related_name="consequences"
    )

    class Meta:
        table = "premise"
        constraints = (
            UniqueConstraint(fields=("conclusion_id", "premise_id"), name="premise_once"),
        )
        indexes = (Index(fields=("premise_id",), name="premise_of"),)


@dataclass(frozen=True, slots=True)
class NewConclusion:
    """A conclusion about to be written."""

    id: UUID
    observed_id: UUID
    content: str
    level: str
    gist: str
    said_at: datetime
    dated_at: datetime
    message_ids: Sequence[UUID]
    mind_id: UUID | None = None
    confidence: float | None = None
    topic: str | None = None
    value: str | None = None
    is_change: bool = False
    is_identity: bool = False
    is_linked: bool = True
    is_manual: bool = False
    is_card_line: bool = False
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    premise_ids: Sequence[UUID] = ()
    """Its evidence and citations are theirs."""

    def to_row(self) -> tuple[object, ...]:
        """Returns the columns in the order in which write_conclusions hands them over."""
        identity = (self.id, self.observed_id, self.mind_id)
        words = (self.content, self.level, self.confidence, self.gist, self.topic, self.value)
        flags = (self.is_change, self.is_identity, self.is_linked)
        hand = (self.is_manual, self.is_card_line)
        times = (self.valid_from, self.valid_to, self.said_at, self.dated_at)
        return (*identity, *words, *flags, *hand, *times)


async def write_explicit(
    connection: Connection,
    workspace_id: UUID,
    window: WindowRow,
    conclusions: Sequence[NewConclusion],
) -> None:
    """Writes what one window gave, with its evidence and citations."""
    await write_conclusions(connection, workspace_id, conclusions)
    await connection.execute(
        """
        INSERT INTO evidence (workspace_id, conclusion_id, session_id, first_sequence,
                              last_sequence, audience)
        SELECT $1, id, $2, $3, $4, $5 FROM unnest($6::uuid[]) AS written(id)
        """,
        workspace_id,
        window.session_id,
        window.first_sequence,
        window.last_sequence,
        window.audience,
        [conclusion.id for conclusion in conclusions],
    )
    cited = [(c.id, message_id) for c in conclusions for message_id in c.message_ids]
    await connection.execute(
        """
        INSERT INTO citation (conclusion_id, message_id)
        SELECT * FROM unnest($1::uuid[], $2::uuid[])
        """,
        *to_columns(cited, 2),
    )


async def write_derived(
    connection: Connection, workspace_id: UUID, conclusions: Sequence[NewConclusion]
) -> None:
    """Writes what follows from other conclusions; what those rest on, these rest on.

    The premises must be held (hold_conclusions).
    """
    await write_conclusions(connection, workspace_id, conclusions)
    pairs = [(c.id, premise_id) for c in conclusions for premise_id in c.premise_ids]
    await connection.execute(
        """
        INSERT INTO premise (conclusion_id, premise_id)
        SELECT * FROM unnest($1::uuid[], $2::uuid[])
        """,
        *to_columns(pairs, 2),
    )
    ids = [conclusion.id for conclusion in conclusions]
    await connection.execute(
        """
        INSERT INTO evidence (workspace_id, conclusion_id, session_id, first_sequence,
                              last_sequence, audience)
        SELECT DISTINCT $1::uuid, premise.conclusion_id, e.session_id, e.first_sequence,
               e.last_sequence, e.audience
        FROM premise JOIN evidence AS e ON e.conclusion_id = premise.premise_id
        WHERE premise.conclusion_id = ANY ($2::uuid[])
        """,
        workspace_id,
        ids,
    )
    await connection.execute(
        """
        INSERT INTO citation (conclusion_id, message_id)
        SELECT DISTINCT premise.conclusion_id, cited.message_id
        FROM premise JOIN citation AS cited ON cited.conclusion_id = premise.premise_id
        WHERE premise.conclusion_id = ANY ($1::uuid[])
        """,
        ids,
    )


async def write_conclusions(
    connection: Connection, workspace_id: UUID, conclusions: Sequence[NewConclusion]
) -> None:
    """Writes conclusions without what they rest on, which the caller adds."""
    rows = [conclusion.to_row() for conclusion in conclusions]
    await connection.execute(
        f"""
        INSERT INTO conclusion (id, workspace_id, observed_id, mind_id, content, level, confidence,
            gist, topic, value, is_change, is_identity, is_linked, is_manual, is_card_line,
            valid_from, valid_to, said_at, dated_at, recorded_at, transaction)
        SELECT id, $1, observed_id, mind_id, content, level, confidence, gist, topic, value,
               is_change, is_identity, is_linked, is_manual, is_card_line, valid_from, valid_to,
               said_at, dated_at, now(), {CURRENT_TRANSACTION}
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::float8[],
                    $8::text[], $9::text[], $10::text[], $11::bool[], $12::bool[], $13::bool[],
                    $14::bool[], $15::bool[], $16::timestamptz[], $17::timestamptz[],
                    $18::timestamptz[], $19::timestamptz[])
            AS told(id, observed_id, mind_id, content, level, confidence, gist, topic, value,
                    is_change, is_identity, is_linked, is_manual, is_card_line, valid_from,
                    valid_to, said_at, dated_at)
        """,
        workspace_id,
        *to_columns(rows, 18),
    )


async def list_citations(runner: Runner, conclusion_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Returns (conclusion id, message id) of every citation."""
    records = await runner.fetch(
        """
        SELECT conclusion_id, message_id FROM citation
        WHERE conclusion_id = ANY ($1::uuid[]) ORDER BY id
        """,
        list(conclusion_ids),
    )
    return [(record["conclusion_id"], record["message_id"]) for record in records]


async def list_cited_messages(
    runner: Runner, conclusion_ids: Sequence[UUID]
) -> list[tuple[UUID, MessageRow]]:
    """Returns (conclusion id, message) of every citation, in the order of writing.

    Who sees a conclusion witnessed its whole windows, and so every message it cites.
    """
    records = await runner.fetch(
        f"""
        SELECT citation.conclusion_id, {MESSAGE_COLUMNS}
        FROM citation JOIN message AS m ON m.id = citation.message_id
        WHERE citation.conclusion_id = ANY ($1::uuid[]) ORDER BY m.id
        """,
        list(conclusion_ids),
    )
    return [(record["conclusion_id"], MessageRow(*tuple(record)[1:])) for record in records]


async def list_citing_conclusions(
    runner: Runner, vantage: Vantage, message_ids: Sequence[UUID]
) -> list[tuple[UUID, ConclusionRow]]:
    """Returns (message id, conclusion) for the visible conclusions that cite the messages."""
    records = await runner.fetch(
        f"""
        SELECT citation.message_id, {CONCLUSION_COLUMNS}
        FROM citation JOIN conclusion AS c ON c.id = citation.conclusion_id
        WHERE citation.message_id = ANY ($4::uuid[]) AND {see_conclusion("c")}
        ORDER BY c.said_at, c.id
        """,
        *vantage.to_parameters(),
        list(message_ids),
    )
    return [(record["message_id"], to_conclusion(record)) for record in records]


async def list_premises(
    runner: Runner, conclusion_ids: Sequence[UUID]
) -> list[tuple[UUID, ConclusionRow]]:
    """Returns (conclusion id, premise) of what conclusions follow from, the oldest first.

    Who sees a conclusion sees its premises: what they rest on, it rests on.
    """
    records = await runner.fetch(
        f"""
        SELECT premise.conclusion_id, {CONCLUSION_COLUMNS}
        FROM premise JOIN conclusion AS c ON c.id = premise.premise_id
        WHERE premise.conclusion_id = ANY ($1::uuid[]) ORDER BY c.said_at, c.id
        """,
        list(conclusion_ids),
    )
    return [(record["conclusion_id"], to_conclusion(record)) for record in records]


async def list_observed(
    runner: Runner, observed_id: UUID, topics: Sequence[str]
) -> list[tuple[ConclusionRow, str]]:
    """Returns what was said of a peer on the topics, with its audience, the oldest first.

    Under no vantage: for comparing statements, never for telling anybody. What was written by hand
    is left out: the observed peer itself must not learn of it by what it contradicts.
    """
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS}, evidence.audience
        FROM conclusion AS c JOIN evidence ON evidence.conclusion_id = c.id
        WHERE c.observed_id = $1 AND c.topic = ANY ($2::text[]) AND c.level = 'EXPLICIT'
          AND c.mind_id IS NULL AND NOT c.is_manual
        ORDER BY c.said_at, c.id
        """,
        observed_id,
        list(topics),
    )
    return [(to_conclusion(record), record["audience"]) for record in records]


async def list_contradicted(runner: Runner, ids: Sequence[UUID]) -> dict[frozenset[UUID], UUID]:
    """Returns the pairs of conclusions that contradict each other, and what tells it of each."""
    records = await runner.fetch(
        """
        SELECT premise.conclusion_id AS id, array_agg(premise.premise_id) AS pair
        FROM premise JOIN conclusion AS c ON c.id = premise.conclusion_id
        WHERE c.level = 'CONTRADICTION' AND c.mind_id IS NULL AND premise.conclusion_id IN (
            SELECT conclusion_id FROM premise WHERE premise_id = ANY ($1::uuid[]))
        GROUP BY premise.conclusion_id
        """,
        list(ids),
    )
    return {frozenset(record["pair"]): record["id"] for record in records}


async def list_explicit(
    runner: Runner, vantage: Vantage, observed_id: UUID
) -> list[tuple[ConclusionRow, UUID]]:
    """Returns what a vantage sees was said of a peer to be dreamt of, and in which session.

    The oldest first; nothing that was said while dreaming was off.
    """
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS}, evidence.session_id
        FROM conclusion AS c JOIN evidence ON evidence.conclusion_id = c.id
        WHERE c.observed_id = $4 AND c.level = 'EXPLICIT' AND c.mind_id IS NULL
          AND {see_conclusion("c")} AND NOT EXISTS (
            SELECT FROM citation JOIN message ON message.id = citation.message_id
            WHERE citation.conclusion_id = c.id AND NOT message.feeds_dreams)
        ORDER BY c.said_at, c.id
        """,
        *vantage.to_parameters(),
        observed_id,
    )
    return [(to_conclusion(record), record["session_id"]) for record in records]


async def list_inferred(runner: Runner, mind_id: UUID) -> list[tuple[str, frozenset[UUID]]]:
    """Returns the gist and the premises of each conclusion that a mind has made."""
    records = await runner.fetch(
        """
        SELECT c.gist, array_agg(premise.premise_id) AS premises
        FROM conclusion AS c JOIN premise ON premise.conclusion_id = c.id
        WHERE c.mind_id = $1 GROUP BY c.id
        """,
        mind_id,
    )
    return [(record["gist"], frozenset(record["premises"])) for record in records]


async def hold_conclusions(connection: Connection, ids: Sequence[UUID]) -> bool:
    """Keeps conclusions from being forgotten until the transaction ends; False: one was already.

    The messages they cite come first, as everywhere.
    """
    await connection.execute(
        """
        SELECT FROM message
        WHERE id IN (SELECT message_id FROM citation WHERE conclusion_id = ANY ($1::uuid[]))
        ORDER BY id FOR KEY SHARE
        """,
        list(ids),
    )
    held = await connection.fetch(
        "SELECT FROM conclusion WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE", list(ids)
    )
    return len(held) == len(ids)
