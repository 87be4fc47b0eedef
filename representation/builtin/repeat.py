"""Findings that say the same, told once: a conclusion and the message it was drawn from."""

import re
from collections.abc import Iterable
from dataclasses import replace

from representation.builtin.fit import Finding
from representation.words import to_terms

_LEAST_SHARED = 0.5
"""Of the words of both; a message says more than one thing, and a conclusion rests on one."""
_FRAME_TERMS = frozenset(
    to_terms("today tonight yesterday tomorrow last next week weekend month year said")
)
"""Left out of what is compared: a conclusion has dates in their place, and may be a quote."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def merge_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Each thing once, in the order it first came; a conclusion's words go before a message's."""
    merged: list[Finding] = []
    for finding in findings:
        for at, known in enumerate(merged):
            if _is_same(known, finding):
                merged[at] = _join(known, finding)
                break
        else:
            merged.append(finding)
    return merged


def _is_same(one: Finding, other: Finding) -> bool:
    if one.support.peer != other.support.peer:
        return False
    if one.claim.gist == other.claim.gist or one.support.id == other.support.id:
        return True
    return _is_drawn_from(one, other) or _is_drawn_from(other, one)


def _is_drawn_from(conclusion: Finding, message: Finding) -> bool:
    """Whether the conclusion cites the message for what was found in it."""
    if message.support.id not in conclusion.support.sources:
        return False
    ours, theirs = _list_telling_terms(conclusion), _list_telling_terms(message)
    return len(ours & theirs) >= _LEAST_SHARED * len(ours | theirs)


def _list_telling_terms(finding: Finding) -> frozenset[str]:
    terms = set(to_terms(finding.text)) - set(to_terms(finding.support.peer)) - _FRAME_TERMS
    return frozenset(term for term in terms if not _DATE.fullmatch(term))


def _join(known: Finding, repeat: Finding) -> Finding:
    told, untold = known, repeat
    if known.support.is_message and not repeat.support.is_message:
        told, untold = repeat, known
    cites = dict.fromkeys(told.cites + untold.cites)
    return replace(told, cites=tuple(cites), score=known.score)
