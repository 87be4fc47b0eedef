"""The form a verb takes when "I" becomes a name, and what it means for the verbs joined to it."""

from dataclasses import dataclass
from enum import Enum, auto

from representation.builtin.lexicon import (
    ADVERBS,
    PARTICIPLES,
    PASTS,
    TENSELESS_VERBS,
    VERBS,
    to_key,
)


class Joined(Enum):
    """How a verb behaves that "and" joins to this one."""

    AGREES = auto()
    """It takes the third person as well: "I sing and go home"."""
    STAYS = auto()
    """It is an infinitive: "I can sing and go home"."""
    UNKNOWN = auto()
    """It may be either: "I don't sing and go home"."""


@dataclass(frozen=True, slots=True)
class ThirdPerson:
    form: str
    joined: Joined = Joined.AGREES


_AUXILIARIES = {
    "am": ThirdPerson("is"),
    "have": ThirdPerson("has"),
    "haven't": ThirdPerson("hasn't"),
    "do": ThirdPerson("does"),
    "don't": ThirdPerson("doesn't", Joined.UNKNOWN),
    "dont": ThirdPerson("doesn't", Joined.UNKNOWN),
    "didnt": ThirdPerson("didn't", Joined.UNKNOWN),
    "cant": ThirdPerson("can't", Joined.UNKNOWN),
    "wont": ThirdPerson("won't", Joined.UNKNOWN),
    "dunno": ThirdPerson("doesn't know"),
    "wanna": ThirdPerson("wants to", Joined.UNKNOWN),
    "gotta": ThirdPerson("has to", Joined.UNKNOWN),
}
_UNCHANGED = {
    Joined.AGREES: "was were had wasn't weren't hadn't",
    Joined.STAYS: "did will can could would should might must may shall",
    Joined.UNKNOWN: "didn't won't can't cannot couldn't wouldn't shouldn't mustn't",
}
_KNOWN = _AUXILIARIES | {
    word: ThirdPerson(word, joined)
    for joined, forms in _UNCHANGED.items()
    for word in forms.split()
}
_CONTRACTIONS = {
    "i'm": ThirdPerson("is"),
    "im": ThirdPerson("is"),
    "i've": ThirdPerson("has"),
    "ive": ThirdPerson("has"),
    "i'll": ThirdPerson("will", Joined.STAYS),
}
# "I'd come" may be "I would come" or "I had come".
_BARE_PARTICIPLES = frozenset({"become", "come", "run"})
CONTRACTED_SUBJECTS = frozenset({*_CONTRACTIONS, "i'd"})


def find_third_person(word: str) -> ThirdPerson | None:
    """Returns the verb after a name instead of "I"; None if it is no known verb or tense."""
    key = to_key(word)
    known = _KNOWN.get(key)
    if known is None and key in VERBS:
        known = ThirdPerson(_add_ending(key))
    elif known is None and key not in TENSELESS_VERBS and (key in PASTS or key.endswith("ed")):
        known = ThirdPerson(key)
    if known and word.isupper() and len(word) > 1:
        return ThirdPerson(known.form.upper(), known.joined)
    return known


def find_contracted(key: str, following: str) -> ThirdPerson | None:
    """Returns what "I'm", "I've", "I'll" or "I'd" becomes before the word that follows."""
    if key != "i'd":
        return _CONTRACTIONS[key]
    if following in VERBS - _BARE_PARTICIPLES or following in ("be", "rather"):
        return ThirdPerson("would", Joined.STAYS)
    if following in PARTICIPLES | PASTS | {"better"} or following.endswith("ed"):
        return ThirdPerson("had")
    return None


def is_adverb(key: str) -> bool:
    """Returns whether the word may stand between a subject and its verb."""
    return key in ADVERBS or (key.endswith("ly") and key not in VERBS)


def _add_ending(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb}s"
