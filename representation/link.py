"""Which statements about one peer contradict each other, found without looking at any reader.

People repeat themselves, so not every pair is kept: of the statements with the same position that
the same audience observed, only the first counts. Whoever sees one of them sees the first, so no
reader misses a contradiction, and what one reader cannot see never decides what another is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import combinations
from uuid import UUID

from representation.claim import Relation, find_relation
from representation.outdated import Stated


@dataclass(frozen=True, slots=True)
class Observed:
    """A statement and the audience that observed it."""

    stated: Stated
    content: str
    dated_at: datetime
    audience: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both hold, the earlier one first."""

    earlier: Observed
    later: Observed

    @property
    def content(self) -> str:
        return f"{self.earlier.content}, but also: {self.later.content}"

    @property
    def gist(self) -> str:
        """Equal for contradictions between statements that repeat each other."""
        gists = sorted((self.earlier.stated.claim.gist, self.later.stated.claim.gist))
        return blake2b(" against ".join(gists).encode(), digest_size=16).hexdigest()

    @property
    def premise_ids(self) -> frozenset[UUID]:
        return frozenset((self.earlier.stated.id, self.later.stated.id))


def find_contradictions(observed: Iterable[Observed]) -> list[Contradiction]:
    """Finds all contradictions among statements about one peer, each pair of positions once.

    Their order, which readers see by the ids that are given in it, is that of the statements in
    them: not of topics, which somebody may have been the first to touch where others did not hear.
    """
    by_topic: dict[str | None, list[Observed]] = defaultdict(list)
    for each in keep_first(observed):
        by_topic[each.stated.claim.topic].append(each)
    found = [
        Contradiction(earlier, later)
        for same_topic in by_topic.values()
        for earlier, later in combinations(same_topic, 2)
        if find_relation(earlier.stated.claim, later.stated.claim) is Relation.CONTRADICTS
    ]
    return sorted(found, key=lambda each: (_get_place(each.later), _get_place(each.earlier)))


def keep_first(observed: Iterable[Observed]) -> Sequence[Observed]:
    """Returns the first of each position and audience, the oldest first."""
    first: dict[tuple[str | None, str | None, str], Observed] = {}
    for each in sorted(observed, key=_get_place):
        claim = each.stated.claim
        first.setdefault((claim.topic, claim.value, each.audience), each)
    return list(first.values())


def _get_place(observed: Observed) -> tuple[datetime, UUID]:
    return observed.stated.said_at, observed.stated.id
