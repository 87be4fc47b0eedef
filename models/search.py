"""Search: which messages and conclusions that a vantage sees have the words of a query.

All that is counted for ranking is counted over what the vantage sees (docs/decisions/0012).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.conclusion import (
    CONCLUSION_COLUMNS,
    IS_NEWEST_OF_ITS_GIST,
    ConclusionRow,
    Selection,
    select_conclusions,
    to_conclusion,
)
from models.database import Runner
from models.visibility import MESSAGE_IS_VISIBLE, PLACES_SEEN, Vantage

SCANNED_MESSAGES = 10_000
"""A vantage that sees no more is read in full; beyond, words choose what is read."""
CANDIDATES = 500
"""How many messages are ranked, at most."""
COUNTED_HOLDERS = 5_000
"""Up to here the messages with a word are counted where not all are read; beyond it is common."""
CONCLUSIONS = 2_000
"""How many conclusions with a word of the query are ranked, at most: the newest."""

# Of BM25; see representation/rank.py.
_SATURATION = 1.2
_LENGTH_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that the vantage sees; `score` is what its own words and vector give."""

    id: UUID
    session_id: UUID
    sequence: int
    peer_id: UUID
    created_at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class TermCounts:
    """What the rarity of terms is judged by, as the vantage sees it."""

    holders: Mapping[int, int]
    """How many messages have each term; terms that none has are left out."""
    mean_length: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as the database takes it: weighted term keys, and a vector of one space."""

    weights: Mapping[int, float]
    vector: Sequence[float]
    space: str
    least_likeness: float
    likeness_weight: float


async def count_seen_messages(runner: Runner, vantage: Vantage) -> int:
    """Counts what a vantage sees by its stays alone, forgotten messages too."""
    return int(
        await runner.fetchval(
            f"""
            SELECT coalesce(sum(greatest(0, least(coalesce(place.to_sequence, last_sequence + 1),
                                                  last_sequence + 1) - place.from_sequence)), 0)
            FROM {PLACES_SEEN} AS place JOIN session ON session.id = place.session_id
            """,
            *vantage.to_parameters(),
        )
    )


# All of it, stay by stay. The limit is never reached: it has each stay looked up by its index.
_ALL_SEEN = f"""(
    SELECT m.* FROM {PLACES_SEEN} AS place CROSS JOIN LATERAL (
        SELECT * FROM message_index
        WHERE session_id = place.session_id AND sequence >= place.from_sequence
          AND (place.to_sequence IS NULL OR sequence < place.to_sequence)
        LIMIT {SCANNED_MESSAGES}
    ) AS m
)"""


async def count_terms(runner: Runner, vantage: Vantage, terms: Sequence[int]) -> TermCounts:
    """Counts over all messages that the vantage sees; they must be few."""
    records = await runner.fetch(
        f"""
        WITH seen AS MATERIALIZED {_ALL_SEEN}
        SELECT asked.term, count(holder.message_id) AS holders,
               (SELECT avg(cardinality(terms)) FROM seen)::float8 AS mean_length
        FROM unnest($4::bigint[]) AS asked(term)
        LEFT JOIN (
            SELECT DISTINCT message_id, said.term
            FROM seen CROSS JOIN LATERAL unnest(terms) AS said(term) WHERE terms && $4
        ) AS holder ON holder.term = asked.term
        GROUP BY asked.term
        """,
        *vantage.to_parameters(),
        list(terms),
    )
    mean_length = records[0]["mean_length"] if records else None
    return TermCounts(
        {record["term"]: record["holders"] for record in records if record["holders"]},
        mean_length or 1.0,
    )


async def count_common_terms(runner: Runner, vantage: Vantage, terms: Sequence[int]) -> TermCounts:
    """Counts holders up to COUNTED_HOLDERS each; the mean length is that of those counted."""
    records = await runner.fetch(
        f"""
        SELECT asked.term, holder.count AS holders, holder.length
        FROM unnest($4::bigint[]) AS asked(term) CROSS JOIN LATERAL (
            SELECT count(*), sum(cardinality(terms)) AS length FROM (
                SELECT m.terms FROM message_index AS m
                WHERE m.terms @> ARRAY[asked.term] AND {MESSAGE_IS_VISIBLE}
                LIMIT {COUNTED_HOLDERS}
            ) AS counted
        ) AS holder
        WHERE holder.count > 0
        """,
        *vantage.to_parameters(),
        list(terms),
    )
    holders = {record["term"]: int(record["holders"]) for record in records}
    length = sum(int(record["length"]) for record in records)
    return TermCounts(holders, length / sum(holders.values()) if length else 1.0)


async def find_in_all_messages(
    runner: Runner, vantage: Vantage, asked: Asked, *, mean_length: float
) -> list[FoundMessage]:
    """Returns the best of all messages that the vantage sees, which must be few."""
    return await _find_messages(runner, vantage, asked, mean_length=mean_length, seen=_ALL_SEEN)


async def find_messages_with(
    runner: Runner, vantage: Vantage, asked: Asked, *, mean_length: float, terms: Sequence[int]
) -> list[FoundMessage]:
    """Returns the best of the newest messages that have one of the terms."""
    seen = f"""(
        SELECT * FROM message_index AS m WHERE m.terms && $10 AND {MESSAGE_IS_VISIBLE}
        ORDER BY m.message_id DESC LIMIT {SCANNED_MESSAGES}
    )"""
    return await _find_messages(
        runner, vantage, asked, mean_length=mean_length, seen=seen, parameters=[list(terms)]
    )


def _spread_of(column: str) -> str:
    """The standard deviation; 0 where it is no more than what the order of summing gives."""
    return f"round((stddev_pop({column}) OVER ())::numeric, 6)::float8"


async def _find_messages(
    runner: Runner,
    vantage: Vantage,
    asked: Asked,
    *,
    mean_length: float,
    seen: str,
    parameters: Sequence[object] = (),
) -> list[FoundMessage]:
    """Scores what is `seen`: words as BM25 does, in standard deviations, and likeness on top."""
    records = await runner.fetch(
        f"""
        WITH seen AS MATERIALIZED {seen}, asked AS (
            SELECT * FROM unnest($4::bigint[], $5::float8[]) AS asked(term, weight)
        ), counted AS (
            SELECT message_id, asked.weight, cardinality(terms) / $6::float8 AS length,
                   count(*)::float8 AS times
            FROM seen CROSS JOIN LATERAL unnest(terms) AS said(term) JOIN asked USING (term)
            WHERE terms && $4
            GROUP BY message_id, asked.term, asked.weight, cardinality(terms)
        ), worded AS (
            SELECT message_id, sum(weight * times * ({_SATURATION} + 1) / (times
                + {_SATURATION} * ({1 - _LENGTH_SHARE} + {_LENGTH_SHARE} * length))) AS words
            FROM counted GROUP BY message_id
        ), scored AS (
            SELECT seen.message_id, session_id, sequence, peer_id, created_at,
                   coalesce(words, 0) AS words,
                   nullif(1 - (embedding.vector <=> $7::real[]::halfvec), 'NaN') AS likeness
            FROM seen LEFT JOIN worded ON worded.message_id = seen.message_id
            LEFT JOIN embedding ON embedding.message_id = seen.message_id AND space = $8
        ), scaled AS (
            SELECT scored.*, words / coalesce(nullif({_spread_of("words")}, 0),
                                              nullif(max(words) OVER (), 0), 1) AS by_words,
                   greatest(0, (likeness - avg(likeness) OVER ())
                               / nullif({_spread_of("likeness")}, 0)) AS by_likeness
            FROM scored
        )
        SELECT message_id AS id, session_id, sequence, peer_id, created_at,
               by_words + ($9::float8[])[1] * coalesce(by_likeness, 0) AS score
        FROM scaled WHERE words > 0 OR likeness >= ($9::float8[])[2]
        ORDER BY score DESC, message_id DESC LIMIT {CANDIDATES}
        """,
        *vantage.to_parameters(),
        list(asked.weights),
        list(asked.weights.values()),
        mean_length,
        list(asked.vector),
        asked.space,
        [asked.likeness_weight, asked.least_likeness],
        *parameters,
    )
    return [FoundMessage(**record) for record in records]


async def list_places(
    runner: Runner, vantage: Vantage, places: Sequence[tuple[UUID, int]]
) -> list[FoundMessage]:
    """Returns what the vantage sees at places (session id, sequence), without any score."""
    records = await runner.fetch(
        f"""
        SELECT m.message_id AS id, m.session_id, m.sequence, m.peer_id, m.created_at,
               0.0::float8 AS score
        FROM unnest($4::uuid[], $5::int[]) AS place(session_id, sequence)
        JOIN message_index AS m USING (session_id, sequence)
        WHERE {MESSAGE_IS_VISIBLE}
        """,
        *vantage.to_parameters(),
        [session_id for session_id, _ in places],
        [sequence for _, sequence in places],
    )
    return [FoundMessage(**record) for record in records]


@dataclass(frozen=True, slots=True)
class FoundConclusion:
    """A conclusion with a word of the query, its terms, and its likeness to the query."""

    row: ConclusionRow
    terms: list[int]
    likeness: float | None


async def list_conclusions_with(
    runner: Runner, selection: Selection, asked: Asked
) -> list[FoundConclusion]:
    """Returns the newest groups of repetitions, each as its newest visible conclusion."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS}, c.terms,
               nullif(1 - (embedding.vector <=> $9::real[]::halfvec), 'NaN') AS likeness
        FROM (
            SELECT c.*, found.terms FROM {selection.source} AS c
            JOIN conclusion_index AS found ON found.conclusion_id = c.id
            WHERE found.terms && $8::bigint[] AND c.workspace_id = $1
              AND ($4::uuid[] IS NULL OR c.observed_id = ANY ($4))
            ORDER BY c.said_at DESC, c.id DESC OFFSET 0
        ) AS c
        LEFT JOIN embedding ON embedding.conclusion_id = c.id AND space = $10
        WHERE {select_conclusions("c")} AND {IS_NEWEST_OF_ITS_GIST}
        ORDER BY c.said_at DESC, c.id DESC LIMIT {CONCLUSIONS}
        """,
        *selection.to_parameters(),
        list(asked.weights),
        list(asked.vector),
        asked.space,
    )
    return [
        FoundConclusion(to_conclusion(record), record["terms"], record["likeness"])
        for record in records
    ]


async def list_unindexed(runner: Runner, selection: Selection) -> list[ConclusionRow]:
    """Returns what was concluded just now, so that the index does not know it yet."""
    records = await runner.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE NOT c.is_indexed AND {select_conclusions("c")} AND {IS_NEWEST_OF_ITS_GIST}
        ORDER BY c.said_at DESC, c.id DESC LIMIT {CONCLUSIONS}
        """,
        *selection.to_parameters(),
    )
    return [ConclusionRow(**record) for record in records]
