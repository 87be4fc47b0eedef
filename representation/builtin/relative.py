"""The relative expressions of time that are understood, and the span that each names on a day.

"This Friday" is the first one from today on, "last Friday" the one before today, "next Friday" the
one of the next week; weeks begin on Monday. "Last" and "next" month names are the nearest ones.
Seasons are those of the north. What is vague ("a few days ago") or told from another moment
("the next day") is not listed, and stays as it is.
"""

import re
from calendar import day_name, month_name
from collections.abc import Callable
from datetime import date, timedelta

from representation.builtin.span import (
    SEASONS,
    Span,
    to_day,
    to_month,
    to_season,
    to_week,
    to_weekend,
    to_year,
)

Resolve = Callable[[re.Match[str], date], Span | None]

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NUMBERS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a": 1, "an": 1}
_NUMBERS |= {"a couple": 2, "a couple of": 2}

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_TURNS = {"last": -1, "this": 0, "next": 1}
_WEEKDAYS = tuple(name.lower() for name in day_name)
_MONTHS = tuple(name.lower() for name in month_name)
_SEASON_STARTS = dict(zip(SEASONS, (3, 6, 9, 0), strict=True))

_PART = r"(?:\s(?P<part>morning|afternoon|evening|night))?"
_TURN = r"\b(?P<turn>last|this|next)\s"
_COUNT = rf"\b(?P<count>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s"
_UNIT = r"(?P<unit>day|week|month|year)s?\b"


def _resolve_far_day(match: re.Match[str], today: date) -> Span:
    return to_day(today + timedelta(days=2 if match["side"].lower() == "after tomorrow" else -2))


def _resolve_day(match: re.Match[str], today: date) -> Span:
    return to_day(today + timedelta(days=_DAYS[match["day"].lower()]), _part_of(match))


def _resolve_part(match: re.Match[str], today: date) -> Span:
    part, expression = _part_of(match), match[0].lower()
    if expression == "tonight":
        return to_day(today, "evening")
    return to_day(today - timedelta(days=expression.startswith("last")), part)


def _resolve_weekday(match: re.Match[str], today: date) -> Span:
    weekday, turn = _WEEKDAYS.index(match["weekday"].lower()), match["turn"].lower()
    ahead = (weekday - today.weekday()) % 7
    days = {"this": ahead, "last": ahead - 7, "next": weekday - today.weekday() + 7}[turn]
    return to_day(today + timedelta(days=days), _part_of(match))


def _resolve_unit(match: re.Match[str], today: date) -> Span:
    turn = _TURNS[match["turn"].lower()]
    if match["unit"].lower() == "weekend":
        return to_weekend(today + timedelta(days=7 * turn))
    return _shift(today, match["unit"].lower(), turn)


def _resolve_month(match: re.Match[str], today: date) -> Span:
    turn = match["turn"].lower()
    ahead = _MONTHS.index(match["month"].lower()) - today.month
    if turn == "last" and ahead >= 0:
        ahead -= 12
    elif turn == "next" and ahead <= 0:
        ahead += 12
    return to_month(today, ahead)


def _resolve_season(match: re.Match[str], today: date) -> Span:
    season, turn = match["season"].lower().replace("fall", "autumn"), match["turn"].lower()
    # In months since December, so that no season runs over the end of a year.
    year, month = divmod(today.year * 12 + today.month, 12)
    start = _SEASON_STARTS[season]
    if turn == "last":
        year -= month < start + 3
    elif turn == "next":
        year += month >= start
    return to_season(season, year - (season == "winter"))


def _resolve_ago(match: re.Match[str], today: date) -> Span:
    return _shift(today, match["unit"].lower(), -_count_of(match))


def _resolve_ahead(match: re.Match[str], today: date) -> Span:
    return _shift(today, match["unit"].lower(), _count_of(match))


def _resolve_announced(match: re.Match[str], today: date) -> Span | None:
    """Returns None where "in three days" may tell how long something took.

    What makes it a time to come stands before it, or behind it where it opens the sentence.
    """
    is_ahead = _FUTURE.search(match.string[: match.start() or None])
    return _resolve_ahead(match, today) if is_ahead else None


def _part_of(match: re.Match[str]) -> str | None:
    return match["part"].lower() if match["part"] else None


def _count_of(match: re.Match[str]) -> int:
    count = match["count"].lower()
    return int(count) if count.isdigit() else _NUMBERS[count]


def _shift(today: date, unit: str, count: int) -> Span:
    match unit:
        case "day":
            return to_day(today + timedelta(days=count))
        case "week":
            return to_week(today + timedelta(days=7 * count))
        case "month":
            return to_month(today, count)
        case _:
            return to_year(today.year + count)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_FUTURE = _compile(
    r"\b(?:will|won't|shall|gonna|going to|leaving|moving|starting|due)\b|['’]ll\b"
    r"|\b(?:is|are|am|be|back)\s$|['’](?:m|s|re)\s$|\b(?:am|are|is|['’]m|['’]re|['’]s)\s\w+ing\b"
)
# "this may", "next march": only the capital tells these two from verbs.
_MONTH = rf"(?P<month>May|March|(?i:{'|'.join(sorted({*month_name[1:]} - {'May', 'March'}))}))"

RULES: tuple[tuple[re.Pattern[str], Resolve], ...] = (
    (_compile(r"\b(?:the )?day (?P<side>before yesterday|after tomorrow)\b"), _resolve_far_day),
    (_compile(rf"\b(?P<day>yesterday|today|tomorrow)\b{_PART}\b"), _resolve_day),
    (
        _compile(r"\b(?:tonight|(?:last|this) (?P<part>morning|afternoon|evening|night))\b"),
        _resolve_part,
    ),
    (_compile(rf"{_TURN}(?P<weekday>{'|'.join(_WEEKDAYS)})\b{_PART}\b"), _resolve_weekday),
    (_compile(rf"{_TURN}(?P<unit>week|month|year|weekend)\b"), _resolve_unit),
    (_compile(rf"{_TURN}(?P<season>spring|summer|autumn|fall|winter)\b"), _resolve_season),
    (re.compile(rf"(?i:{_TURN}){_MONTH}\b"), _resolve_month),
    (_compile(rf"{_COUNT}{_UNIT}\sago\b"), _resolve_ago),
    (_compile(rf"{_COUNT}{_UNIT}\sfrom\s(?:now|today)\b"), _resolve_ahead),
    (_compile(rf"\bin\s{_COUNT}{_UNIT}(?!['’]|\sago|\sfrom)"), _resolve_announced),
)
