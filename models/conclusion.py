"""Conclusions about peers, as vantages read them. What they rest on is in models/evidence.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from models.database import Connection, Record, Runner, Slice
from models.filter import ANYTHING, Column, Columns, Condition, Kind, to_where
from models.mind import Mind
from models.peer import Peer
from models.visibility import PLACES_SEEN, Vantage, see_conclusion


class Conclusion(Model):
    """One statement about one observed peer."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    observed: fields.ForeignKeyRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="conclusions"
    )
    mind: fields.ForeignKeyNullableRelation[Mind] = fields.ForeignKeyField(
        "models.Mind", related_name="conclusions", null=True
    )
    """Whose reasoning made it; null: shared by all who see what it rests on."""
    content = fields.TextField()
    level = fields.TextField()
    confidence = fields.FloatField(null=True)
    gist = fields.TextField()
    """Conclusions about one peer with equal gists repeat each other (representation/claim.py)."""
    topic = fields.TextField(null=True)
    value = fields.TextField(null=True)
    is_change = fields.BooleanField(default=False)
    is_identity = fields.BooleanField(default=False)
    """Whether it is fit for the peer's card."""
    is_linked = fields.BooleanField(default=True)
    """Whether it was compared with what else is known of the peer; see workers/link.py."""
    is_manual = fields.BooleanField(default=False, db_default=False)
    """Whether somebody wrote it by hand; then it cites nothing (models/manual.py)."""
    is_card_line = fields.BooleanField(default=False, db_default=False)
    """Whether it was written by hand as a line of its mind's card."""
    is_indexed = fields.BooleanField(default=False, db_default=False)
    """Whether search finds it; see workers/embed.py."""
    valid_from = fields.DatetimeField(null=True)
    valid_to = fields.DatetimeField(null=True)
    said_at = fields.DatetimeField()
    """When the newest message it cites was recorded; decides what is newer."""
    dated_at = fields.DatetimeField()
    """As the sender dates that message; for people to read."""
    recorded_at = fields.DatetimeField()
    transaction = fields.BigIntField()

    class Meta:
        table = "conclusion"
        indexes = (
            # Reading a representation, newest first.
            Index(fields=("observed_id", "said_at", "id"), name="conclusion_observed"),
            # Counting repetitions, and finding the newest of them.
            Index(fields=("observed_id", "gist", "said_at", "id"), name="conclusion_gist"),
            # What else was said on a topic.
            Index(fields=("observed_id", "topic", "said_at"), name="conclusion_topic"),
            # What is still to be compared.
            PartialIndex(
                fields=("observed_id",), name="conclusion_unlinked", condition={"is_linked": False}
            ),
            # What is still to be indexed.
            PartialIndex(
                fields=("observed_id",),
                name="conclusion_unindexed",
                condition={"is_indexed": False},
            ),
            # A card, which has few lines however much is concluded.
            PartialIndex(
                fields=("observed_id", "said_at", "id"),
                name="conclusion_identity",
                condition={"is_identity": True},
            ),
            # What was written by hand into a mind.
            PartialIndex(
                fields=("mind_id",), name="conclusion_by_hand", condition={"is_manual": True}
            ),
        )


@dataclass(frozen=True, slots=True)
class ConclusionRow:
    """A conclusion as a vantage reads it."""

    id: UUID
    workspace_id: UUID
    observed_id: UUID
    mind_id: UUID | None
    content: str
    level: str
    confidence: float | None
    gist: str
    topic: str | None
    value: str | None
    is_change: bool
    is_identity: bool
    is_manual: bool
    valid_from: datetime | None
    valid_to: datetime | None
    said_at: datetime
    dated_at: datetime
    recorded_at: datetime
    transaction: int
    support: int = 1
    """How many conclusions with this gist the vantage can see."""
    retired_at: datetime | None = None
    """Since when something the vantage can see has superseded it, or what it follows from."""
    superseded_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which conclusions are read, besides those that the vantage cannot see."""

    vantage: Vantage
    observed_ids: Sequence[UUID] | None = None
    """None: about anybody. Empty: about nobody."""
    levels: Sequence[str] | None = None
    as_of: datetime | None = None
    """Only what was concluded by then."""
    is_identity: bool | None = None
    is_narrow: bool = False
    """Whether the vantage sees so little that all of it is looked at before anything else."""

    @property
    def source(self) -> str:
        """Where conclusions are looked for, which decides what a reading costs.

        Who sees most of what is concluded soon finds the newest. Who sees few would have to be
        told of all others first, so these are looked up stay by stay.
        """
        return _IN_PLACES_SEEN if self.is_narrow else "conclusion"

    @property
    def newest_first(self) -> str:
        """The source in order, before anything dearer is asked of each than who it is about.

        What the parameters say is said again where an index is to be had for it.
        """
        is_one = self.observed_ids is not None and len(self.observed_ids) == 1
        observed = "observed_id = ($4::uuid[])[1]" if is_one else IS_ABOUT_OBSERVED
        identity = "is_identity" if self.is_identity else "true"
        return f"""(
            SELECT * FROM {self.source} AS c
            WHERE workspace_id = $1 AND {observed} AND {identity}
            ORDER BY said_at DESC, id DESC OFFSET 0
        )"""

    def to_parameters(self) -> tuple[object, ...]:
        """Returns what $1 to $7 are bound to in the statements below."""
        return (
            *self.vantage.to_parameters(),
            None if self.observed_ids is None else list(self.observed_ids),
            None if self.levels is None else list(self.levels),
            self.as_of,
            self.is_identity,
        )


CONCLUSION_COLUMNS = (
    "c.id, c.workspace_id, c.observed_id, c.mind_id, c.content, c.level, c.confidence, c.gist,"
    " c.topic, c.value, c.is_change, c.is_identity, c.is_manual, c.valid_from, c.valid_to,"
    " c.said_at, c.dated_at, c.recorded_at, c.transaction"
)

IS_ABOUT_OBSERVED = "($4::uuid[] IS NULL OR observed_id = ANY ($4))"

_IN_PLACES_SEEN = f"""(
    SELECT * FROM conclusion WHERE id IN (
        SELECT window_.conclusion_id FROM {PLACES_SEEN} AS place
        JOIN evidence AS window_ ON window_.session_id = place.session_id
         AND window_.first_sequence >= place.from_sequence
         AND (place.to_sequence IS NULL OR window_.first_sequence < place.to_sequence)
        UNION ALL
        SELECT by_hand.id FROM mind JOIN conclusion AS by_hand ON by_hand.mind_id = mind.id
        WHERE mind.observer_id = $2 AND by_hand.is_manual
    )
)"""

_FILTERED: Columns = {
    "id": Column("c.id", Kind.ID),
    "content": Column("c.content", Kind.TEXT),
    "level": Column("c.level", Kind.TEXT),
    # Who sees a conclusion sees all it rests on, so this tells of nothing hidden.
    "session": Column(
        "session.name",
        Kind.TEXT,
        within=(
            "EXISTS (SELECT FROM evidence JOIN session ON session.id = evidence.session_id"
            " WHERE evidence.conclusion_id = c.id AND {})"
        ),
    ),
    "recorded_at": Column("c.recorded_at", Kind.TIME),
    "is_manual": Column("c.is_manual", Kind.FLAG),
}


def select_conclusions(alias: str) -> str:
    """Returns the predicate that the conclusion `alias` is in the selection and visible."""
    return f"""(
        ($4::uuid[] IS NULL OR {alias}.observed_id = ANY ($4))
        AND ($5::text[] IS NULL OR {alias}.level = ANY ($5))
        AND ($6::timestamptz IS NULL OR {alias}.recorded_at <= $6)
        AND ($7::bool IS NULL OR {alias}.is_identity = $7)
        AND {see_conclusion(alias)}
    )"""


# One of each group of repetitions that the vantage can see, in the newest words it can see.
# Of `c`, which is in the selection itself. The offset has it looked up for each by its index.
IS_NEWEST_OF_ITS_GIST = f"""NOT EXISTS (
    SELECT FROM conclusion AS newer
    WHERE newer.observed_id = c.observed_id AND newer.gist = c.gist
      AND (newer.said_at, newer.id) > (c.said_at, c.id) AND {select_conclusions("newer")}
    OFFSET 0
)"""


async def list_conclusions(
    runner: Runner, selection: Selection, *, limit: int
) -> list[ConclusionRow]:
    """Returns the newest groups of repetitions, each as its newest visible conclusion."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM {selection.newest_first} AS c
        WHERE {select_conclusions("c")} AND {IS_NEWEST_OF_ITS_GIST}
        ORDER BY c.said_at DESC, c.id DESC LIMIT $8
        """,
        *selection.to_parameters(),
        limit,
    )
    return [ConclusionRow(**record) for record in records]


async def page_conclusions(
    runner: Runner, selection: Selection, page: Slice, condition: Condition = ANYTHING
) -> list[ConclusionRow]:
    """Returns a slice of the groups whose newest conclusion fits, in the order of these."""
    where = to_where(condition, _FILTERED, first_parameter=8)
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE {select_conclusions("c")} AND {IS_NEWEST_OF_ITS_GIST} AND {where.sql}
        {page.to_sql("c.id", first_parameter=where.next_parameter)}
        """,
        *selection.to_parameters(),
        *where.parameters,
        *page.to_parameters(),
    )
    return [ConclusionRow(**record) for record in records]


async def count_conclusions(
    runner: Runner, selection: Selection, condition: Condition = ANYTHING
) -> int:
    """Counts what page_conclusions lists."""
    where = to_where(condition, _FILTERED, first_parameter=8)
    count = await runner.fetchval(
        f"""
        SELECT count(*) FROM conclusion AS c
        WHERE {select_conclusions("c")} AND {IS_NEWEST_OF_ITS_GIST} AND {where.sql}
        """,
        *selection.to_parameters(),
        *where.parameters,
    )
    return int(count)


async def list_retirable(runner: Runner, selection: Selection) -> list[ConclusionRow]:
    """Returns what something can supersede: it takes a position, or follows from others."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE {select_conclusions("c")} AND (c.topic IS NOT NULL OR c.level <> 'EXPLICIT')
        """,
        *selection.to_parameters(),
    )
    return [ConclusionRow(**record) for record in records]


async def count_support(
    runner: Runner, selection: Selection, gists: Sequence[str]
) -> dict[tuple[UUID, str], int]:
    """Counts the visible conclusions of each group, by observed peer and gist."""
    records = await runner.fetch(
        f"""
        SELECT c.observed_id, c.gist, count(*) AS support FROM conclusion AS c
        WHERE c.gist = ANY ($8::text[]) AND {select_conclusions("c")} GROUP BY c.observed_id, c.gist
        """,
        *selection.to_parameters(),
        list(gists),
    )
    return {(record["observed_id"], record["gist"]): record["support"] for record in records}


async def list_on_topics(
    runner: Runner, selection: Selection, topics: Sequence[str], *, since: datetime
) -> list[ConclusionRow]:
    """Returns what was said on the topics from then on, repetitions too, the oldest first."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE c.topic = ANY ($8::text[]) AND c.said_at >= $9 AND {select_conclusions("c")}
        ORDER BY c.said_at, c.id
        """,
        *selection.to_parameters(),
        list(topics),
        since,
    )
    return [ConclusionRow(**record) for record in records]


async def list_conclusions_by_id(
    runner: Runner, vantage: Vantage, ids: Sequence[UUID]
) -> list[ConclusionRow]:
    """Returns those of the conclusions that the vantage can see, the oldest first."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE c.id = ANY ($4::uuid[]) AND {see_conclusion("c")} ORDER BY c.said_at, c.id
        """,
        *vantage.to_parameters(),
        list(ids),
    )
    return [ConclusionRow(**record) for record in records]


async def list_conclusion_places(
    runner: Runner, ids: Sequence[UUID]
) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Finds the workspaces of conclusions, and whose mind made each if one did."""
    records = await runner.fetch(
        """
        SELECT c.id, c.workspace_id, mind.observer_id
        FROM conclusion AS c LEFT JOIN mind ON mind.id = c.mind_id WHERE c.id = ANY ($1::uuid[])
        """,
        list(ids),
    )
    return {record["id"]: (record["workspace_id"], record["observer_id"]) for record in records}


async def list_unlinked_topics(runner: Runner, observed_id: UUID) -> list[str]:
    """Returns the topics of what was concluded of a peer and not yet compared."""
    records = await runner.fetch(
        "SELECT DISTINCT topic FROM conclusion WHERE observed_id = $1 AND NOT is_linked",
        observed_id,
    )
    return [record["topic"] for record in records if record["topic"] is not None]


async def settle_links(connection: Connection, ids: Sequence[UUID]) -> None:
    """Notes that conclusions were compared."""
    await connection.execute(
        "UPDATE conclusion SET is_linked = true WHERE id = ANY ($1::uuid[]) AND NOT is_linked",
        list(ids),
    )


def to_conclusion(record: Record) -> ConclusionRow:
    """Makes a row of a record whose first columns are others', then CONCLUSION_COLUMNS."""
    names = [name.partition(".")[2] for name in CONCLUSION_COLUMNS.split(", ")]
    return ConclusionRow(**{name: record[name] for name in names})
