"""Attributes that hold one value at a time, and the wordings that give one to a peer."""

import re

from representation.clause import PEER, Clause, to_object

DENIED = "not "
"""Before a value: the statement says that it is not this one."""

# Patterns are read against `Clause.predicate`, from its start. "in a flat", "for a startup" say
# less than a place or a name does, so that articles keep those rows from matching.
_NAMED = r"(?!an? )(?P<value>.+)"
_PLACE = r"(?!an? |the (?!us|usa|uk|uae|states|united|netherlands|philippines))(?P<value>.+)"
_WORDINGS = {
    "home": [
        rf"{PEER} (?:lives?|resides?|be living|be based) in {_NAMED}",
        rf"{PEER} (?:have )?(?:moved|relocated) (?:from \S+(?: \S+){{0,2}}? )?to {_PLACE}",
    ],
    "origin": [rf"{PEER} (?:be|comes?) from {_NAMED}"],
    "hometown": [rf"{PEER} 's (?:hometown|home town) be {_NAMED}"],
    "employer": [
        rf"{PEER} (?:works?|be working|be employed|started working) (?:at|for|by) "
        rf"(?!home|night|weekends?|it|this|that|hours|free)(?!an? )(?P<value>.+)",
        rf"{PEER} (?:got|started) (?:a |a new |his |her |their )?job (?:at|with) {_NAMED}",
        rf"{PEER} 's employer be {_NAMED}",
    ],
    "job": [
        rf"{PEER} (?:works?|be working|be employed) as (?P<value>.+)",
        rf"{PEER} (?:be|became|have become) an? (?P<profession>.+)",
    ],
    "school": [
        rf"{PEER} (?:studies|study|be studying) at {_NAMED}",
        rf"{PEER} 's (?:school|university|college) be {_NAMED}",
    ],
    "name": [rf"{PEER} (?:'s (?:\S+ )?name be|be named) (?P<value>.+)"],
    "age": [
        rf"{PEER} (?:be|turned|'s age be) (?:aged )?(?P<value>\d{{1,3}})"
        r"(?: years? old)?(?:$| and )",
    ],
    "relationship": [
        rf"{PEER} (?:be|got|have) (?P<value>single|married|divorced|engaged|widowed)(?:$| to .*)",
        rf"{PEER} 's (?:relationship|marital) status be (?P<value>\S+)$",
    ],
    "birthday": [
        rf"{PEER} 's birthday be (?:on )?(?P<value>.*\d.*)",
        rf"{PEER} was born on (?P<value>.*\d.*)",
    ],
    "email": [rf"{PEER} 's email(?: address)? be (?P<value>\S+@\S+)$"],
    "phone": [rf"{PEER} 's (?:tele)?phone(?: number)? be (?P<value>[\d -]+)$"],
    "nationality": [rf"{PEER} 's nationality be (?P<value>\S+)$"],
    "native language": [rf"{PEER} 's (?:native language|mother tongue) be (?P<value>\S+)$"],
    "favorite {thing}": [
        rf"{PEER} 's favorite (?P<thing>\S+(?: \S+)?) be (?P<value>.+)",
        rf"(?!one of)(?P<value>.+) be {PEER} 's favorite (?P<thing>\S+(?: \S+)?)$",
    ],
}
_PATTERNS = [(topic, re.compile(row)) for topic, rows in _WORDINGS.items() for row in rows]
_MEASURED = frozenset(["age", "birthday", "email", "phone"])  # given whole, as they stand

_PROFESSIONS = frozenset(
    [
        *("accountant", "architect", "baker", "barista", "bartender", "butcher", "carpenter"),
        *("cashier", "chef", "consultant", "dentist", "designer", "developer", "doctor"),
        *("electrician", "engineer", "farmer", "firefighter", "hairdresser", "journalist"),
        *("judge", "lawyer", "librarian", "manager", "mechanic", "nurse", "paramedic"),
        *("pharmacist", "pilot", "plumber", "policeman", "policewoman", "professor"),
        *("programmer", "psychologist", "receptionist", "scientist", "secretary", "student"),
        *("surgeon", "teacher", "therapist", "veterinarian", "waiter", "waitress"),
    ]
)


def find_attribute(clause: Clause) -> tuple[str, str] | None:
    """The attribute the clause gives to the peer, and its value."""
    for topic, pattern in _PATTERNS:
        match = pattern.match(clause.predicate)
        if match and (value := _to_value(topic, match)):
            filled = topic.format(**match.groupdict())
            return filled, (DENIED + value if clause.is_denied else value)
    return None


def is_replaced_by(value: str, later: str) -> bool:
    """Whether both are affirmed and exclude each other; "paris" and "paris france" do not."""
    if value.startswith(DENIED) or later.startswith(DENIED):
        return False
    ours, theirs = set(value.split()), set(later.split())
    return not (ours <= theirs or theirs <= ours)


def is_denied_by(one: str, other: str) -> bool:
    """Whether one of the two values denies the other; "not paris" denies "paris france"."""
    denied, affirmed = sorted((one, other), key=lambda value: not value.startswith(DENIED))
    if not denied.startswith(DENIED) or affirmed.startswith(DENIED):
        return False
    return set(denied.removeprefix(DENIED).split()) <= set(affirmed.split())


def _to_value(topic: str, match: re.Match[str]) -> str:
    groups = match.groupdict()
    if "profession" in groups:
        value = to_object(groups["profession"])
        return value if value.split()[-1:] and value.split()[-1] in _PROFESSIONS else ""
    return groups["value"] if topic in _MEASURED else to_object(groups["value"])
