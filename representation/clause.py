"""A statement's words in normal form, and what its grammar says: denied, hedged, past, changed.

The rules look at words and their order only; a clause is read without any other statement.
"""

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile

from representation.words import is_past_form, to_stem, to_words

PEER = "@"
"""Stands for the observed peer; no word can be equal to it."""

_LONGEST_READ = 40
"""Words. What is longer says too much to be one claim."""

_SAID = re.compile(
    r"\s+(?:said|says|mentioned|stated|announced|wrote|replied|(?:told|tells)\s+\S+)"
    r"(?:\s+to\s+\S+)?(?:\s*[:,]\s*|\s+that\s+|\s*(?=[\"“«]))",
    re.IGNORECASE,
)
_QUOTES = " \t\r\n\"“”«»'"

_FIRST_PERSON = {"i": [PEER], "me": [PEER], "myself": [PEER], "my": [PEER, "'s"], "mine": [PEER]}
_ONE_FORM = {
    "am": "be",
    "is": "be",
    "are": "be",
    "were": "was",
    "has": "have",
    "does": "do",
    "colour": "color",
    "favourite": "favorite",
}
_FILLERS = frozenset(
    [
        *("really", "just", "totally", "actually", "quite", "truly", "absolutely"),
        *("definitely", "certainly", "literally", "honestly", "basically", "simply", "also"),
        *("still", "either", "please", "thanks", "sorry", "oh", "hey", "yeah", "haha", "lol"),
    ]
)
_PHRASES = {
    "be going to": "will",
    "be not going to": "will not",
    "be able to": "can",
    "be not able to": "can not",
    "be unable to": "can not",
    "can not stand": "hate",
    "can not bear": "hate",
    "do not": "not",
    "have no": "not have",
    "have got": "have",
    "no longer": "not anymore",
    "any more": "anymore",
    "any longer": "anymore",
    "be used to": "be accustomed to",
    "used to": "formerly",
    "very much": "",
    "so much": "",
    "very": "",
    "so": "",
    "a lot": "",
    "thank you": "",
}
_PHRASE = re.compile(rf"(?<!\S)(?:{'|'.join(_PHRASES)})(?!\S)")
_STOPPED = re.compile(r"(?<!\S)(?:have )?(?:stopped|quit)(?= \S+ing(?!\S))")

_ARTICLES = frozenset(["a", "an", "the", "any", "some"])
_DENIALS = frozenset(["not", "never"])
_HEDGES = frozenset(
    [
        *("might", "could", "would", "should", "maybe", "perhaps", "probably", "possibly"),
        *("likely", "if", "unless", "whether", "until", "when", "once", "almost", "sometimes"),
    ]
)
_PAST_MARKS = frozenset(["was", "had", "did", "been", "formerly", "ago", "yesterday"])
_CHANGE_MARKS = frozenset(
    [
        *("anymore", "now", "instead", "moved", "relocated", "switched", "changed", "became"),
        *("started", "turned", "got", "joined", "died"),
    ]
)
_CHANGE_ADVERBS = frozenset(["anymore", "now", "instead"])
_SUBORDINATORS = frozenset(["who", "that", "which", "because", "and", "but", "or"])
_FURTHEST_DENIAL = 6
_ENDS_OF_OBJECTS = frozenset(
    [
        *("with", "since", "for", "because", "and", "but", "or", "while", "where", "who", "which"),
        *("as", "on", "in", "at", "near", "by", "from", "before", "after", "during", "again"),
        *("last", "next", "this", "today", "tomorrow", "tonight", "recently", "soon", "anyway"),
    ]
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement, read by its words alone."""

    normal: str
    """Stems in order, without the leading peer, articles and fillers."""
    predicate: str
    """Words in order from the peer on, one form per auxiliary, without denial and change."""
    is_denied: bool
    is_certain: bool
    """Neither hedged nor conditional nor a question, and short enough to be one claim."""
    is_past: bool
    is_change: bool


def read_clause(observed: str, content: str) -> Clause:
    said = _strip_frame(observed, content)
    words = _to_normal_words(observed, said)
    denial = _find_denial(words)
    kept = [word for at, word in enumerate(words) if at != denial and word not in _CHANGE_ADVERBS]
    is_question = "?" in said
    return Clause(
        normal=" ".join(to_normal_stems(words)) + ("?" if is_question else ""),
        predicate=" ".join(kept),
        is_denied=denial is not None,
        is_certain=not is_question and _is_certain(words),
        is_past=_is_past(kept),
        is_change=not _CHANGE_MARKS.isdisjoint(words),
    )


def to_normal_stems(words: list[str]) -> list[str]:
    """Stems without articles and the leading peer; a past form keeps its tense."""
    start = 1 if words[:1] == [PEER] else 0
    start += 1 if words[start : start + 1] == ["'s"] else 0
    return [
        to_stem(word) + ("+ed" if is_past_form(word) else "")
        for word in words[start:]
        if word not in _ARTICLES
    ]


def to_object(words: str) -> str:
    """The words up to the next place, time or further clause, without articles."""
    upto = takewhile(lambda word: word not in _ENDS_OF_OBJECTS, words.split())
    return " ".join(word for word in upto if word not in _ARTICLES)


def _strip_frame(observed: str, content: str) -> str:
    """What the peer is reported to have said, or `content` if that is no report of its words."""
    text = content.strip()
    if text[: len(observed)].casefold() != observed.casefold():
        return text
    frame = _SAID.match(text, len(observed))
    return text[frame.end() :].strip(_QUOTES) if frame else text


def _to_normal_words(observed: str, text: str) -> list[str]:
    words = _mark_peer(to_words(text), to_words(observed))
    joined = " ".join(_ONE_FORM.get(word, word) for word in words if word not in _FILLERS)
    joined = _PHRASE.sub(lambda match: _PHRASES[match.group()], joined)
    return _STOPPED.sub("not anymore", joined).split()


def _mark_peer(words: list[str], name: list[str]) -> list[str]:
    """`words` with the peer's name, and the first person, replaced by PEER."""
    marked: list[str] = []
    at = 0
    while at < len(words):
        if name and words[at] == name[0] and words[at : at + len(name)] == name:
            marked.append(PEER)
            at += len(name)
        else:
            marked.extend(_FIRST_PERSON.get(words[at], [words[at]]))
            at += 1
    return marked


def _find_denial(words: list[str]) -> int | None:
    """Where the main verb is denied, if it is."""
    for at, word in enumerate(words[:_FURTHEST_DENIAL]):
        if word in _DENIALS:
            return at
        if word in _SUBORDINATORS:
            return None
    return None


def _is_certain(words: list[str]) -> bool:
    may = words[:2] == [PEER, "may"]
    return not may and len(words) <= _LONGEST_READ and _HEDGES.isdisjoint(words)


def _is_past(words: list[str]) -> bool:
    """Whether the main verb is in the past; it is sought where it can stand."""
    if not _PAST_MARKS.isdisjoint(words):
        return True
    if words[:1] == [PEER] and words[1:2] != ["'s"]:
        verbs = words[1:2] if words[1:2] != ["have"] else words[2:3]
    else:
        verbs = [verb for before, verb in pairwise(words[:4]) if before != "be"]
    return any(is_past_form(verb) for verb in verbs)
