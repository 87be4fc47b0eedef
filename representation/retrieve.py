"""What a query seeks, and how what was found is put in order.

PostgreSQL finds candidates and weighs their words and vectors, under the vantage; here come the
things that no index knows: who and when the query names, and what was said next to what.
docs/decisions/0012 tells what each of them is for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from statistics import fmean, pstdev
from uuid import UUID

from representation.builtin.concepts import find_related
from representation.embed.embedder import Vector
from representation.rank import rank_documents
from representation.when import TimeSpan, list_times
from representation.words import to_terms

# In standard deviations of the scores that words give, except the two shares.
NEIGHBOUR_SHARES = (0.4, 0.2)
"""Of its score, what a message lends to the next ones on both sides, and to those after them."""
RELATED_SHARE = 0.2
"""What a word counts that the thesaurus relates to one of the query."""
LIKENESS_WEIGHT = 0.15
AUTHOR_BONUS = 0.6
TIME_BONUS = 1.0


@dataclass(frozen=True, slots=True)
class Sought:
    """What a query seeks."""

    words: frozenset[str]
    """Its own terms."""
    weights: Mapping[str, float]
    """Its terms and those related to them, by what each counts."""
    times: Sequence[TimeSpan]
    vector: Vector


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that the vantage sees, with what its own words and vector score."""

    id: UUID
    session_id: UUID
    sequence: int
    author: str
    said_at: datetime
    score: float
    """0.0: only what is next to it speaks for it."""


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A conclusion that the vantage sees, with a word of the query."""

    id: UUID
    terms: Sequence[int]
    likeness: float | None
    dated_at: datetime
    said_at: datetime
    """Decides what is newer; ids do not, since sessions are derived in any order."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place in the answer."""

    id: UUID
    score: float


def read_query(query: str, vector: Vector, now: datetime) -> Sought:
    """Reads a query as plain words: no sign in it is an operator."""
    own = Counter(to_terms(query))
    related = {near for term in own for near in find_related(term)}
    weights = dict.fromkeys(sorted(related), RELATED_SHARE)
    return Sought(
        words=frozenset(own),
        weights=weights | {term: float(count) for term, count in own.items()},
        times=list_times(query, now),
        vector=vector,
    )


def weigh_rarity(
    weights: Mapping[int, float], holders: Mapping[int, int], count: int
) -> dict[int, float]:
    """The weight of each term times how rare it is: in `holders` of `count` texts."""
    return {
        term: weight * log(1 + max(count - holders[term] + 0.5, 0.5) / (holders[term] + 0.5))
        for term, weight in weights.items()
        if holders.get(term)
    }


def rank_messages(sought: Sought, candidates: Sequence[Candidate]) -> list[Ranked]:
    """Puts candidates in order, the best first, the newest first among equals.

    What scores by itself lends to what stands next to it; then whoever is named in the query, and
    what may tell of a time that is, comes before the rest.
    """
    lent = _lend(candidates)
    named = _list_named(sought, {each.author for each in candidates})
    return _sort(
        Ranked(
            each.id,
            lent[each.id]
            + AUTHOR_BONUS * (each.author in named)
            + TIME_BONUS * _is_told_then(sought, each.said_at),
        )
        for each in sorted(candidates, key=lambda each: each.id, reverse=True)
        if lent[each.id] > 0
    )


def rank_statements(
    sought: Sought, weights: Mapping[int, float], found: Sequence[FoundStatement]
) -> list[Ranked]:
    """Puts conclusions in order, as messages are; nothing stands next to them."""
    words = rank_documents(weights, [each.terms for each in found])
    spread = pstdev(words) if words else 0.0
    scale = spread or max(words, default=0.0) or 1.0
    likenesses = [each.likeness or 0.0 for each in found]
    mean, likeness_spread = (fmean(likenesses), pstdev(likenesses)) if found else (0.0, 0.0)
    newest_first = sorted(
        zip(found, words, likenesses, strict=True),
        key=lambda each: (each[0].said_at, each[0].id),
        reverse=True,
    )
    return _sort(
        Ranked(
            each.id,
            score / scale
            + LIKENESS_WEIGHT * max(0.0, likeness - mean) / (likeness_spread or 1.0)
            + TIME_BONUS * _is_told_then(sought, each.dated_at),
        )
        for each, score, likeness in newest_first
        if score > 0
    )


def _sort(ranked: Iterable[Ranked]) -> list[Ranked]:
    """The best first, equals in the order given; rounded, so that no order of summing decides."""
    rounded = [Ranked(each.id, round(each.score, 6)) for each in ranked]
    return sorted(rounded, key=lambda each: -each.score)


def _lend(candidates: Sequence[Candidate]) -> dict[UUID, float]:
    own: defaultdict[UUID, dict[int, float]] = defaultdict(dict)
    for each in candidates:
        own[each.session_id][each.sequence] = each.score
    return {each.id: _add_shares(own[each.session_id], each.sequence) for each in candidates}


def _add_shares(scores: Mapping[int, float], sequence: int) -> float:
    return scores[sequence] + sum(
        share * (scores.get(sequence - distance, 0.0) + scores.get(sequence + distance, 0.0))
        for distance, share in enumerate(NEIGHBOUR_SHARES, start=1)
    )


def _list_named(sought: Sought, authors: Iterable[str]) -> set[str]:
    """Returns the authors whose whole names are among the words of the query."""
    terms = {author: to_terms(author) for author in authors}
    return {author for author in terms if terms[author] and sought.words.issuperset(terms[author])}


def _is_told_then(sought: Sought, said_at: datetime) -> bool:
    return any(span.tells_of(said_at) for span in sought.times)
