"""Which statements are outdated, judged by the statements given and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.conclusion import ConclusionRow
from representation.claim import Claim, Relation, find_relation


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement about a peer and when it was made."""

    id: UUID
    observed_id: UUID
    claim: Claim
    said_at: datetime
    recorded_at: datetime


def to_stated(row: ConclusionRow) -> Stated:
    claim = Claim(row.gist, row.topic, row.value, row.is_change)
    return Stated(row.id, row.observed_id, claim, row.said_at, row.recorded_at)


def find_successors(statements: Iterable[Stated]) -> dict[UUID, Stated]:
    """Maps each superseded statement to the first later one that supersedes it."""
    by_topic: dict[tuple[UUID, str | None], list[Stated]] = defaultdict(list)
    for stated in statements:
        by_topic[stated.observed_id, stated.claim.topic].append(stated)
    successors: dict[UUID, Stated] = {}
    for same_topic in by_topic.values():
        successors |= _find_on_topic(sorted(same_topic, key=lambda s: (s.said_at, s.id)))
    return successors


def _find_on_topic(oldest_first: Sequence[Stated]) -> dict[UUID, Stated]:
    """Compares each wording with each only once: people repeat themselves."""
    supersedes: dict[tuple[Claim, Claim], bool] = {}
    successors: dict[UUID, Stated] = {}
    for place, earlier in enumerate(oldest_first):
        for later in oldest_first[place + 1 :]:
            pair = (earlier.claim, later.claim)
            if pair not in supersedes:
                supersedes[pair] = find_relation(*pair) is Relation.SUPERSEDES
            if supersedes[pair]:
                successors[earlier.id] = later
                break
    return successors
