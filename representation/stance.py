"""Stances: positions taken for or against something, and how strongly.

A value is a signed strength and, for a stance towards somebody, its target: "+2", "-1 charlie".
"""

import re
from dataclasses import dataclass

from representation.clause import PEER, Clause, to_normal_stems, to_object

_AFFIRMED, _DENIED = 2, 1
_EXCLUDING = 3
"""What is affirmed excludes its opposite and its denial; two denials leave room for both."""


@dataclass(frozen=True, slots=True)
class Stance:
    """Wordings for and against one thing, as they follow the peer."""

    topic: str
    for_: str
    against: str


_TOWARDS_SOMEBODY = (
    Stance(
        "stance:peace",
        for_="be (?:peaceful|friendly|loyal|allied|allies|friends)|be at peace|be (?:an )?ally"
        "|be (?:a )?friend|comes? in peace|(?:keep|make|want|seek)s? peace|ally|allies"
        "|cooperates?|protects?|defends?",
        against="attacks?|be attacking|betrays?|be betraying|invades?|be invading|raids?|ambush"
        "|backstabs?|be hostile|be (?:an )?enemy|be enemies|be at war|go(?:es)? to war"
        "|(?:declare|wage)s? war(?: on)?",
    ),
)
_STATES = (
    Stance("state:open", for_="be open", against="be (?:closed|shut)"),
    Stance("state:alive", for_="be (?:alive|living)", against="be (?:dead|deceased)|died(?: .*)?"),
    Stance(
        "state:eats meat",
        for_="eats? (?:meat|beef|pork|chicken)|be an? (?:meat eater|carnivore|omnivore)",
        against="be (?:an? )?(?:vegetarian|vegan)",
    ),
)
_ABOUT_SOMETHING = (
    Stance(
        "does:like {}",
        for_="likes?|loves?|enjoys?|adores?|be (?:an? )?(?:big )?(?:fond|fan|lover) of",
        against="hates?|dislikes?|detests?|loathes?|despises?",
    ),
    Stance("does:trust {}", for_="trusts?", against="(?:dis|mis)trusts?"),
    Stance("does:support {}", for_="supports?|be in favor of", against="opposes?|be against"),
    Stance("does:agree with {}", for_="agrees? with", against="disagrees? with"),
)
_INTENTION = r"(?:(?:will|be about to|(?:be )?(?:want|plan|intend|promis|vow|agree|decid)\S* to) )?"
_STRONG = frozenset(["love", "loves", "adore", "adores"])  # not to love is not yet to dislike
_EVERYONE = frozenset(
    ["everyone", "anyone", "everybody", "anybody", "all", "others", "people", "no", "nobody"]
)
_VAGUE = frozenset(
    [
        *("it", "this", "that", "these", "those", "them", "they", "he", "she", "there", "here"),
        *("you", "your", "we", "us", "our"),
    ]
)
_AUXILIARIES = frozenset([PEER, "'s", "be", "have", "do", "will", "can", "must", "to"])
_LONGEST_TOPIC = 200


def _compile(
    stances: tuple[Stance, ...], start: str, end: str
) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (stance.topic, re.compile(f"{start}(?:(?P<for_>{stance.for_})|(?:{stance.against})){end}"))
        for stance in stances
    ]


_TARGET = r"(?: (?:with|to|towards?|of|against))?(?P<target>(?: \S+)*)$"
_PATTERNS = (
    *_compile(_TOWARDS_SOMEBODY, f"{PEER} {_INTENTION}", _TARGET),
    *_compile(_STATES, f"{PEER} ", "$"),
    *_compile(_ABOUT_SOMETHING, f"{PEER} ", " (?P<object>.+)"),
)


def find_stance(clause: Clause) -> tuple[str, str] | None:
    """The topic of the stance the clause takes and the value it takes there."""
    for topic, pattern in _PATTERNS:
        match = pattern.match(clause.predicate)
        if match and (position := _to_position(topic, match, clause)):
            return position
    return _find_any(clause)


def is_stance(topic: str) -> bool:
    """Whether `topic` is one of this module."""
    return topic.startswith(("stance:", "state:", "does:"))


def is_opposed(one: str, other: str) -> bool:
    """Whether two values of one topic cannot both hold.

    A stance without a target is one towards all, so it meets each particular one.
    """
    our_strength, _, our_target = one.partition(" ")
    their_strength, _, their_target = other.partition(" ")
    ours, theirs = int(our_strength), int(their_strength)
    same_target = our_target == their_target or not our_target or not their_target
    return same_target and ours * theirs < 0 and abs(ours - theirs) >= _EXCLUDING


def _to_position(topic: str, match: re.Match[str], clause: Clause) -> tuple[str, str] | None:
    strength = _to_strength(is_for=bool(match["for_"]), clause=clause)
    groups = match.groupdict()
    if "target" in groups:
        return topic, f"{strength} {_to_target(groups['target'])}".strip()
    if "object" not in groups:
        return topic, strength
    thing = _to_topic(groups["object"])
    is_unclear = clause.is_denied and match["for_"] in _STRONG
    return None if is_unclear or not thing else (topic.format(thing), strength)


def _to_target(words: str) -> str:
    """Whom a stance is towards; empty for everybody."""
    target = to_object(words).split(" 's")[0]
    return "" if target.split(" ")[0] in _EVERYONE else target


def _find_any(clause: Clause) -> tuple[str, str] | None:
    """Whatever is said, taken as a position for it, or if denied against it."""
    if clause.is_past or _AUXILIARIES.issuperset(clause.predicate.split()):
        return None
    thing = _to_topic(clause.predicate)
    return (f"does:{thing}", _to_strength(is_for=True, clause=clause)) if thing else None


def _to_topic(words: str) -> str:
    """`words` in normal form; empty if they point elsewhere ("it") or are too long to compare."""
    stems = to_normal_stems(words.split())
    topic = " ".join(stems)
    return topic if _VAGUE.isdisjoint(stems) and len(topic) <= _LONGEST_TOPIC else ""


def _to_strength(*, is_for: bool, clause: Clause) -> str:
    strength = _DENIED if clause.is_denied else _AFFIRMED
    return f"{strength if is_for != clause.is_denied else -strength:+d}"
