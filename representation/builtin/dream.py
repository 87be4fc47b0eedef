"""Dreams by rules: what follows from one statement, and what was said again and again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from representation.dream import Dream, Inference, Memory
from representation.statement import Level

PATTERN_SESSIONS = 3
"""In how many sessions something has to be said to be a pattern."""

# What a statement says of {peer}, and what follows from it. Only what follows for certain.
_MANY = r"{peer} has (?:an?|one|two|three|four|five|\d+) "
_RULES = (
    (r"{peer} is an? vegetarian", "{peer} doesn't eat meat"),
    (r"{peer} is an? vegan", "{peer} doesn't eat meat, fish, eggs or dairy"),
    (r"{peer} is married(?: to .+)?", "{peer} has a spouse"),
    (r"{peer}'s (?:son|daughter|child|kids|children) .+", "{peer} is a parent"),
    (_MANY + r"(?:sons?|daughters?|kids?|children|child)\b.*", "{peer} is a parent"),
    (r"{peer}'s (?:dog|cat) .+", "{peer} has a pet"),
    (_MANY + r"(?:dogs?|cats?)\b.*", "{peer} has a pet"),
    (r"{peer} is allergic to (?P<thing>.+)", "{peer} has to avoid {thing}"),
)


def infer(dream: Dream) -> tuple[Inference, ...]:
    """Returns deductions, then patterns; the same for the same memories."""
    return (*_deduce(dream), *_find_patterns(dream))


def _deduce(dream: Dream) -> Iterator[Inference]:
    rules = [
        (re.compile(pattern.format(peer=re.escape(dream.observed)) + r"\.?", re.IGNORECASE), result)
        for pattern, result in _RULES
    ]
    told: set[str] = set()
    for memory in dream.memories:
        for pattern, result in rules:
            found = pattern.fullmatch(memory.content)
            if found:
                content = result.format(peer=dream.observed, **found.groupdict())
                if content not in told:
                    told.add(content)
                    yield Inference(content, Level.DEDUCTIVE, [memory])


def _find_patterns(dream: Dream) -> Iterator[Inference]:
    """What was said in several sessions, resting on the first time in each of the first few."""
    for first in _group_by_session(dream.memories):
        if len(first) >= PATTERN_SESSIONS:
            premises = first[:PATTERN_SESSIONS]
            content = f"{dream.observed} says again and again: {premises[0].content}"
            yield Inference(content, Level.INDUCTIVE, premises)


def _group_by_session(memories: Iterable[Memory]) -> Iterator[list[Memory]]:
    """Yields, for each thing said, the first memory of it in each session, the oldest first."""
    groups: dict[str, dict[object, Memory]] = defaultdict(dict)
    for memory in memories:
        groups[memory.gist].setdefault(memory.session_id, memory)
    for by_session in groups.values():
        yield list(by_session.values())
