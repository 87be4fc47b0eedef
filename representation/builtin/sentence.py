"""Cutting a message into sentences.

Quotations, brackets, abbreviations, decimals and addresses are kept whole; a line, and an item of
a list, is a sentence of its own. Code blocks and lines quoted from other messages ("> ...") are
left out: they are not what the author says.
"""

import re
from collections.abc import Iterator

from representation.builtin.lexicon import to_word_set
from representation.builtin.quotation import QUOTATION, Span, is_quoted

LONGEST_SENTENCE = 1_000
"""In characters; what is longer is no sentence that rules could read."""

_WRAPPED_LINE = 60
"""A line at least as long, without a mark at its end, goes on in a line in lower case."""

_FENCE = re.compile(r"\s*```\w*\s*$")
_LIST_MARK = re.compile(r"^\s*(?:[-*•‣◦–—+]|#{1,6}|\(?\d{1,3}[.)]|[a-z]\))\s+(?:\[[ xX]\]\s+)?")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*\n]+)(?<=\S)\1(?![\w*])")
# The run after the marks is bounded, and starts nowhere but at the first mark: linear time.
_END = re.compile(
    r"(?<![.!?…])(?P<marks>[.!?…]++)(?P<closing>[^\w\s]{0,16})(?=\s|$)"
    r"|[。！？｡]++[」』”’）)]*"
)
_WHOLE = re.compile(QUOTATION + r"|(?<![:;=-])\([^()\n]*\)")

_NEVER_LAST = to_word_set(
    "dr mr mrs ms prof st sgt capt gen col lt rev hon e.g i.e eg ie vs approx cf fig est"
)
_SELDOM_LAST = to_word_set("etc a.m p.m u.s u.k u.n inc ltd co corp jr sr dept ph.d")
_BEFORE_NUMBER = to_word_set("no jan feb mar apr jun jul aug sep sept oct nov dec p pp vol ch")


def split_sentences(text: str) -> tuple[str, ...]:
    """Returns the sentences in order, with single blanks and without list marks."""
    return tuple(
        sentence
        for line in _list_lines(text)
        for part in _split_line(line)
        if (sentence := " ".join(part.split()))
    )


def cut_text(text: str, limit: int = LONGEST_SENTENCE) -> Iterator[str]:
    """Yields pieces no longer than the limit, cut at blanks where there are any."""
    start = 0
    while len(text) - start > limit:
        blank = text.rfind(" ", start + 1, start + limit)
        end = blank if blank > 0 else start + limit
        yield text[start:end].strip()
        start = end
    yield text[start:].strip()


def ends_in_abbreviation(text: str) -> bool:
    """Returns whether the full stop at the end belongs to the last word."""
    word = text.rsplit(maxsplit=1)[-1].rstrip(".").lower() if text.strip() else ""
    return word in _NEVER_LAST or word in _SELDOM_LAST


def _list_lines(text: str) -> Iterator[str]:
    line = ""
    for following in _list_prose(text):
        if len(line) >= _WRAPPED_LINE and _goes_on(line, following):
            line = f"{line} {following}"
            continue
        yield line
        line = following
    yield line


def _goes_on(line: str, following: str) -> bool:
    return (line[-1].isalnum() or line[-1] in ",-") and bool(re.match(r"(?!i\b)[a-z]", following))


def _list_prose(text: str) -> Iterator[str]:
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    code = {
        number
        for first, last in zip(fences[::2], fences[1::2], strict=False)
        for number in range(first, last + 1)
    }
    for number, line in enumerate(lines):
        if number not in code and not line.lstrip().startswith(">"):
            yield _EMPHASIS.sub(r"\2", _LIST_MARK.sub("", line, count=1)).strip()


def _split_line(line: str) -> Iterator[str]:
    whole = tuple(match.span() for match in _WHOLE.finditer(line))
    start = 0
    for match in _END.finditer(line):
        if _ends_sentence(line, start, match, whole):
            yield line[start : match.end()]
            start = match.end()
    yield line[start:]


def _ends_sentence(line: str, start: int, match: re.Match[str], whole: tuple[Span, ...]) -> bool:
    goes_on_small = line[match.end() : match.end() + 2].strip()[:1].islower()
    if is_quoted(whole, match.start()):
        return not is_quoted(whole, match.end()) and not goes_on_small
    marks = match["marks"]
    if marks == ".":
        return not _is_abbreviation(line, start, match)
    if marks in ("...", "…"):
        return not goes_on_small
    return not (match["closing"] or "").endswith((",", ";", ":"))


def _is_abbreviation(line: str, start: int, match: re.Match[str]) -> bool:
    blank = line.rfind(" ", start, match.start())
    word = line[max(blank + 1, start) : match.start()].lstrip("(\"'“‘")
    following = line[match.end() : match.end() + 2].strip()[:1]
    if word.lower() in _NEVER_LAST:
        return True
    if word.lower() in _SELDOM_LAST:
        return bool(following) and not following.isupper()
    if word.lower() in _BEFORE_NUMBER:
        return following.isdigit()
    return len(word) == 1 and word.isupper() and word != "I" and following.isupper()
