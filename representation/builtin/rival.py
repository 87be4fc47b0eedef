"""What else is said on the topics of an answer: what is newer, and what contradicts it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from representation.builtin.fit import LONGEST_QUOTE, Finding, to_finding
from representation.builtin.inquiry import Inquiry
from representation.claim import Relation, find_relation
from representation.reasoner import Support

_MOST_OPPONENTS = 2


@dataclass(frozen=True, slots=True)
class Conflict:
    """Findings that cannot all hold, oldest first, and what says so beside them."""

    sides: tuple[Finding, ...]
    cites: tuple[str, ...] = ()


class Rivals:
    """The supports that take a position where one of the findings does."""

    def __init__(
        self, inquiry: Inquiry, findings: Iterable[Finding], supports: Sequence[Support]
    ) -> None:
        supports = sorted(supports, key=_to_time)
        self._inquiry = inquiry
        self._by_id = {support.id: support for support in supports}
        self._conflicts = [
            support
            for support in supports
            if len(set(support.premises)) > 1 and self._by_id.keys() >= set(support.premises)
        ]
        self._by_topic: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
        wanted = {_to_key(finding) for finding in findings if finding.claim.topic}
        peers = {peer for peer, _ in wanted}
        for support in supports:
            if support.peer in peers and len(support.text) <= LONGEST_QUOTE:
                rival = to_finding(inquiry, support)
                if _to_key(rival) in wanted:
                    self._by_topic[_to_key(rival)].append(rival)

    def find_latest(self, finding: Finding) -> Finding:
        """What stands today where `finding` stood; itself if nothing has superseded it."""
        latest = finding
        for rival in self._by_topic.get(_to_key(finding), []):
            is_later = _to_time(rival.support) > _to_time(latest.support)
            if is_later and find_relation(latest.claim, rival.claim) is Relation.SUPERSEDES:
                latest = rival
        return replace(latest, score=finding.score)

    def find_conflict(self, finding: Finding) -> Conflict | None:
        """What `finding` is a side of, found out before or seen now."""
        return self._find_known_conflict(finding) or self._find_new_conflict(finding)

    def _find_known_conflict(self, finding: Finding) -> Conflict | None:
        for support in self._conflicts:
            if not {support.id, *support.premises}.isdisjoint(finding.cites):
                premises = {self._by_id[premise] for premise in support.premises}
                sides = [to_finding(self._inquiry, each) for each in sorted(premises, key=_to_time)]
                return Conflict(tuple(sides), (support.id,))
        return None

    def _find_new_conflict(self, finding: Finding) -> Conflict | None:
        opponents = []
        for rival in reversed(self._by_topic.get(_to_key(finding), [])):
            one, other = sorted((finding, rival), key=lambda each: _to_time(each.support))
            is_opposed = find_relation(one.claim, other.claim) is Relation.CONTRADICTS
            if is_opposed and self.find_latest(rival).support.id == rival.support.id:
                opponents.append(rival)
        sides = [finding, *opponents[:_MOST_OPPONENTS]]
        sides.sort(key=lambda each: _to_time(each.support))
        return Conflict(tuple(sides)) if opponents else None


def _to_key(finding: Finding) -> tuple[str, str]:
    return finding.support.peer, finding.claim.topic or ""


def _to_time(support: Support) -> tuple[datetime, str]:
    return support.said_at, support.id
