"""Statements out of a window, by rules: one for each sentence that states something.

What a message yields depends on that message alone, its author, content and time: never on its
neighbours, the session or the clock. So nobody can learn from a statement what was said beside it.
A sentence is put in the third person where that is certain; otherwise it is quoted, which is true
of any sentence in any language. Everything is said of the author of the message. A hedged sentence
("maybe", "I think") gets the confidence 0.5, any other none.
"""

import re
from collections.abc import Iterator

from representation.builtin.assertion import find_assertion
from representation.builtin.command import opens_with_order
from representation.builtin.date import DatedText, resolve_dates
from representation.builtin.filler import is_filler
from representation.builtin.language import is_english
from representation.builtin.perspective import to_third_person
from representation.builtin.quotation import to_unquoted
from representation.builtin.sentence import (
    LONGEST_SENTENCE,
    cut_text,
    ends_in_abbreviation,
    split_sentences,
)
from representation.statement import Statement
from representation.window import Utterance, Window

_HEDGED = 0.5
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|might|apparently|supposedly|not sure|unsure|no idea"
    r"|I (?:think|guess|suppose|believe|assume|suspect))\b",
    re.IGNORECASE,
)


def derive_statements(window: Window) -> tuple[Statement, ...]:
    """Returns what the observed authors of the window state, in the order of the window."""
    return tuple(
        statement
        for utterance in window.utterances
        if utterance.is_observed
        # The same sentence twice in one message is one statement.
        for statement in dict.fromkeys(_list_statements(utterance))
    )


def _list_statements(utterance: Utterance) -> Iterator[Statement]:
    for sentence in split_sentences(utterance.content):
        if len(sentence) > LONGEST_SENTENCE:
            pieces = filter(_has_content, cut_text(sentence))
            yield from (_quote(utterance, DatedText(piece)) for piece in pieces)
        elif is_filler(sentence):
            continue
        elif not is_english(sentence):
            yield _quote(utterance, DatedText(_strip_stop(sentence)))
        elif assertion := find_assertion(sentence):
            yield _state(utterance, _strip_stop(assertion))


def _state(utterance: Utterance, assertion: str) -> Statement:
    # The dates first, as the name itself may be "May".
    dated = resolve_dates(assertion, utterance.created_at)
    if opens_with_order(assertion):
        return _quote(utterance, dated)
    content = to_third_person(dated.text, utterance.author)
    return _to_statement(utterance, content, dated) if content else _quote(utterance, dated)


def _quote(utterance: Utterance, dated: DatedText) -> Statement:
    return _to_statement(utterance, f'{utterance.author} said: "{dated.text}"', dated)


def _to_statement(utterance: Utterance, content: str, dated: DatedText) -> Statement:
    return Statement(
        observed=utterance.author,
        content=content,
        cites=(utterance.sequence,),
        valid_from=dated.valid_from,
        valid_to=dated.valid_to,
        confidence=_HEDGED if _HEDGE.search(to_unquoted(dated.text)) else None,
    )


def _has_content(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _strip_stop(text: str) -> str:
    return text if ends_in_abbreviation(text) else text.rstrip(" .!。！｡") or text
