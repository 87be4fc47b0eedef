"""Relative dates in a sentence, made absolute by the moment at which it was said.

The day is the one that the moment's own offset gives. Times inside quotations stay as they are:
when somebody else said them is not known. A sentence with a single resolved time is valid during
it, from 00:00 of its first day to 00:00 of the day after its last ("since" leaves the end open,
"until" the beginning); with several, or with one that is only compared with, no validity is told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from representation.builtin.lexicon import to_word_set
from representation.builtin.quotation import is_quoted, list_quotations
from representation.builtin.relative import RULES
from representation.builtin.span import Span


@dataclass(frozen=True, slots=True)
class DatedText:
    """A text without the relative dates that could be resolved, and when it is valid."""

    text: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    span: Span


# After these the time stands without a preposition of its own.
_PREPOSITIONS = to_word_set(
    "on in by until till since from for before after than of during through throughout to between "
    "about around roughly approximately starting beginning all"
)
_WITHIN = to_word_set("on in during for throughout all")
_SINCE = to_word_set("since from starting beginning")
_UNTIL = to_word_set("until till through")

# "The last week", "my next month" are counted from elsewhere.
_DETERMINERS = to_word_set(
    "the a an my your his her our their its every each this these those very"
)
# "Two or three years ago", "almost a year ago" name no definite time.
_VAGUE_WORDS = to_word_set("or to and half almost nearly over under least most than –")
_DAY_WORD = re.compile(r"yesterday|today|tomorrow|tonight|the day|day", re.IGNORECASE)
_CLAUSE_WORDS = to_word_set("think thought that hope believe know because and but say said")
_IS = re.compile(r"\s(?:is|was|will|has|had|isn't|wasn't|won't|would|seems|marks|felt)\b")
_CONTRACTED_IS = re.compile(
    r"^(today|tomorrow|tonight)['’]s (?=(?:my|the|a|an|our|not)\b)", re.IGNORECASE
)


def resolve_dates(sentence: str, moment: datetime) -> DatedText:
    """Returns the sentence with absolute dates; `moment` is aware."""
    text = _CONTRACTED_IS.sub(r"\1 is ", sentence)
    mentions = sorted(_list_mentions(text, moment.date()), key=lambda mention: mention.start)
    parts, position = [], 0
    for mention in mentions:
        parts += [text[position : mention.start], _to_phrase(text, mention)]
        position = mention.end
    resolved = "".join([*parts, text[position:]])
    if len(mentions) != 1:
        return DatedText(resolved)
    return DatedText(resolved, *_find_validity(text, mentions[0], moment))


def _list_mentions(text: str, today: date) -> list[_Mention]:
    quotations = list_quotations(text)
    mentions: list[_Mention] = []
    for match, span in _list_matches(text, today):
        taken = any(
            mention.start < match.end() and match.start() < mention.end for mention in mentions
        )
        if not taken and not is_quoted(quotations, match.start()) and _is_meant(match, span):
            mentions.append(_Mention(match.start(), match.end(), span))
    return mentions


def _list_matches(text: str, today: date) -> Iterator[tuple[re.Match[str], Span]]:
    for pattern, resolve in RULES:
        for match in pattern.finditer(text):
            try:
                span = resolve(match, today)
            except (ValueError, OverflowError):  # before the year 1, or after 9999
                continue
            # East of Greenwich its first moment would lie before the year 1.
            if span and span.first != date.min:
                yield match, span


def _is_meant(match: re.Match[str], span: Span) -> bool:
    if _DAY_WORD.match(match[0]):
        return True
    following = match.string[match.end() :]
    if following.startswith(" of ") or (following[:2] in ("'s", "’s") and " of " in span.name):
        return False
    before = match.string[: match.start()]
    is_counted = "count" in match.re.groupindex
    unlike = _VAGUE_WORDS if is_counted else _DETERMINERS
    # "1.5 years ago", "2-3 days ago"
    return _find_word_before(before) not in unlike and not before.endswith((".", "-", ","))


def _find_word_before(text: str) -> str:
    words = text.rsplit(maxsplit=1)
    return words[-1].lstrip("(\"'“").lower() if words else ""


def _to_phrase(text: str, mention: _Mention) -> str:
    span, before = mention.span, _find_word_before(text[: mention.start])
    if before in _PREPOSITIONS or _is_bare(text, mention, before):
        phrase = span.name
    else:
        phrase = f"{span.preposition} {span.name}"
    starts_large = mention.start == 0 and text[0].isupper()
    return phrase[0].upper() + phrase[1:] if starts_large else phrase


def _is_bare(text: str, mention: _Mention, before: str) -> bool:
    following = text[mention.end :]
    if following[:2] in ("'s", "’s"):
        return True
    opens_clause = not before or before in _CLAUSE_WORDS or before.endswith(",")
    return opens_clause and bool(_IS.match(following))


def _find_validity(
    text: str, mention: _Mention, moment: datetime
) -> tuple[datetime | None, datetime | None]:
    span, before = mention.span, _find_word_before(text[: mention.start])
    is_other = before in _PREPOSITIONS - _WITHIN - _SINCE - _UNTIL
    if (
        span.first is None
        or span.end is None
        or is_other
        or text[mention.end :][:2] in ("'s", "’s")
    ):
        return None, None
    first = datetime.combine(span.first, time(), tzinfo=moment.tzinfo)
    end = datetime.combine(span.end, time(), tzinfo=moment.tzinfo)
    return (None if before in _UNTIL else first), (None if before in _SINCE else end)
