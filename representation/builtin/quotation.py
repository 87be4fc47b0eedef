"""Stretches of a text that are not the author's own running words: quotes, code, addresses."""

import re
from bisect import bisect_right

# Every alternative stops at its own opening mark, so that a search stays linear.
QUOTATION = (
    r'"[^"\n]*"'
    r"|“[^“”\n]*”"
    r"|«[^«»\n]*»"
    r"|「[^「」\n]*」"
    r"|『[^『』\n]*』"
    r"|`[^`\n]*`"
    r"|(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w))*+'(?!\w)"
    r"|(?<!\w)‘(?:[^‘’\n]|(?<=\w)’(?=\w))*+’(?!\w)"
    r"|(?<!\w)(?:https?://|www\.)\S*[^\s.,;:!?…)\]}'\"”’*]"
)

_QUOTATION = re.compile(QUOTATION)

Span = tuple[int, int]


def list_quotations(text: str) -> tuple[Span, ...]:
    """Returns the start and end of every quotation, in order."""
    return tuple(match.span() for match in _QUOTATION.finditer(text))


def is_quoted(spans: tuple[Span, ...], start: int) -> bool:
    """Returns whether the position lies in one of the spans, which are in order."""
    following = bisect_right(spans, start, key=lambda span: span[0])
    return following > 0 and start < spans[following - 1][1]


def to_unquoted(text: str) -> str:
    """Returns the text with every quotation replaced by a dash, to look for words outside them."""
    return _QUOTATION.sub("–", text)
