"""What a question asks for: about whom, by which words, and what an answer has to contain."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from representation.builtin.concepts import find_related
from representation.reasoner import Question
from representation.words import list_terms, to_plain, to_terms, to_words

RELATED_WEIGHT = 0.5
"""A word that is only close to one of the question counts half."""
_WEAK_WEIGHT = 0.3
_NAME_WEIGHT = 2.0  # what is true of one place or person is seldom true of another
_FITTING_BONUS = 1.5

# Words that most statements could share, or that say what sort of thing the answer is.
_WEAK_TERMS = frozenset(
    to_terms(
        "like love go get make take want think feel know say tell talk mention trust try use thing "
        "people person recent current usual today yesterday tomorrow tonight morning evening "
        "now ago time day week month year lot well new name favourite favorite kind type sort"
    )
)
_ASKING_FOR_ANYTHING = frozenset(
    to_terms("know tell say said think describe summarise summarize summary information info learn")
)
_CLASS_NOUN = re.compile(r"\b(?:what|which) (?:(?:kind|type|sort)s? of )?(\w+)")
_ASKS_FOR_PAST = re.compile(r"\b(?:before|previous(?:ly)?|former(?:ly)?|used to|in the past)\b")
_ASKS_SPEAKER = re.compile(r"\b(?:i|me|my|mine|you|your|yours)\b")

# What is asked, and what a fitting answer contains.
_FITTING = tuple(
    (re.compile(asked), re.compile(contained))
    for asked, contained in (
        (
            r"\b(?:when|how long ago|(?:what|which) (?:date|day|week|month|year|time))\b",
            r"\b\d{4}\b|\b\d+(?::\d\d)? ?(?:am|pm)\b"
            r"|\b(?:january|february|march|april|may|june|july|august|september|october|november"
            r"|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
            r"|yesterday|today|tomorrow|tonight|ago|last|next)\b",
        ),
        (
            r"\bhow (?:many|much|old|long|often|far|tall|big)\b",
            r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred"
            r"|thousand|once|twice|several|every|daily|weekly)\b",
        ),
        (
            r"\bwhere\b|\b(?:what|which) (?:city|town|country|place|address)\b",
            r"\b(?:in|at|near|to|from)\b",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question, read."""

    subjects: tuple[str, ...]
    """The names of the peers it is about: those in its words, and its target's."""
    speaker: str | None
    """The name of the peer that is asked, if the question names nobody but says "you" or "I"."""
    weights: dict[str, float]
    """How much of the question each of its terms is; peers' names are left out."""
    related: dict[str, frozenset[str]]
    """For each of the terms, those that can stand for it."""
    wants_anything: bool
    """Its words ask for no particular matter: "what do you know", "who is"."""
    wants_past: bool
    fitting: tuple[re.Pattern[str], ...]
    """What a fitting answer contains."""

    @property
    def is_open(self) -> bool:
        """Whether all there is to say answers it."""
        is_asking = bool(self.subjects or self.weights)
        return self.wants_anything and is_asking and len(self.subjects) < 2

    def weigh_fit(self, text: str) -> float:
        """More than 1 if `text` contains what is asked for, such as a date."""
        plain = to_plain(text)
        return _FITTING_BONUS if any(each.search(plain) for each in self.fitting) else 1.0


def read_inquiry(question: Question) -> Inquiry:
    plain = to_plain(question.query)
    named, words = _take_names(question)
    if question.target:
        # Asked about somebody else, its own name is one more word for "me".
        named -= {to_name(question.asked)} - {to_name(question.target)}
    subjects = sorted({*named, to_name(question.target)} if question.target else named)
    weights = _weigh(question.query, words)
    return Inquiry(
        subjects=tuple(subjects),
        speaker=to_name(question.asked) if not named and _ASKS_SPEAKER.search(plain) else None,
        weights=weights,
        related={term: _find_stand_ins(term, question.now) for term in weights},
        wants_anything=_ASKING_FOR_ANYTHING.issuperset(weights),
        wants_past=bool(_ASKS_FOR_PAST.search(plain)),
        fitting=tuple(contained for asked, contained in _FITTING if asked.search(plain)),
    )


def to_name(peer: str) -> str:
    """What a peer is called by: equal for names that differ in case or punctuation only."""
    return to_spaced(peer) or to_plain(peer)


def to_spaced(text: str) -> str:
    """The words of `text` in order, each between blanks of its own: names are found in it."""
    return "".join(f" {word} " for word in to_words(text))


def _take_names(question: Question) -> tuple[set[str], list[str]]:
    """The names of peers in the query, and its other words."""
    peers = {question.asked, question.target, *(support.peer for support in question.supports)}
    names = {to_name(peer) for peer in peers if peer}
    named, rest = set(), to_spaced(question.query)
    for name in sorted(names, key=lambda name: (-len(name), name)):  # "bob smith" is not "bob"
        if name in rest:
            named.add(name)
            rest = rest.replace(name, "  ")
    return named, rest.split()


def _weigh(query: str, words: Iterable[str]) -> dict[str, float]:
    """The weight of each term of `words`, which are those of `query` without the peers' names."""
    weak = _WEAK_TERMS.union(to_terms(" ".join(_CLASS_NOUN.findall(to_plain(query)))))
    names = set(to_terms(" ".join(word for word in query.split()[1:] if word[0].isupper())))
    return {
        term: _NAME_WEIGHT if term in names else _WEAK_WEIGHT if term in weak else 1.0
        for term in list_terms(words)
    }


def _find_stand_ins(term: str, now: datetime) -> frozenset[str]:
    days = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if term in days:
        return frozenset([(now + timedelta(days=days[term])).date().isoformat()])
    return find_related(term)
