"""The times that a query names: "yesterday", "last May", "on 7 May 2023", "in 2022"."""

import re
from calendar import month_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from representation.builtin.relative import RULES
from representation.builtin.span import Span, to_day, to_month, to_year

TOLD_WITHIN = timedelta(days=3)
"""What happened is mostly told when it does, or in the days after."""

_MONTHS = {name.lower(): number for number, name in enumerate(month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LATEST = date(9000, 1, 1)
"""Nobody means a later day, and those just before the year 10000 cannot be reckoned with."""
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
# "may" and "march" alone are verbs more often than months.
_ABSOLUTE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}-(?P<number>\d{{1,2}})-(?P<day>\d{{1,2}})\b",
        rf"\b{_DAY}\s(?:of\s)?(?P<month>{_NAMES})\b\.?(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{_NAMES})\.?\s{_DAY}\b(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{_NAMES})\b\.?,?\s(?:of\s)?{_YEAR}\b",
        rf"\b(?:in|during|since|of)\s(?P<month>{_NAMES})\b",
        rf"\b{_YEAR}\b",
    )
)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From one moment to before another."""

    start: datetime
    end: datetime

    def tells_of(self, said_at: datetime) -> bool:
        """Tells whether what is said at a moment may tell of what happened within the span."""
        return self.start <= said_at < self.end + TOLD_WITHIN


def list_times(query: str, now: datetime) -> list[TimeSpan]:
    """Returns the spans that a query names; days are those of `now`'s own clock."""
    spans: list[TimeSpan] = []
    taken: list[tuple[int, int]] = []
    for start, end, span in _list_spans(query, now.date()):
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        if span.first and span.end:  # a season has none: it depends on the place
            spans.append(_to_time_span(span.first, span.end, now))
    return spans


def _list_spans(query: str, today: date) -> Iterator[tuple[int, int, Span]]:
    """Yields what the rules find, those first that say most; where they stand in the query."""
    for pattern, resolve in RULES:
        for match in pattern.finditer(query):
            try:
                span = resolve(match, today)
            except (ValueError, OverflowError):  # before the year 1, or after 9999
                continue
            if span is not None and (span.first or date.min) < _LATEST:
                yield match.start(), match.end(), span
    for pattern in _ABSOLUTE:
        for match in pattern.finditer(query):
            try:
                span = _read_date(match, today)
            except ValueError:  # no such day
                continue
            yield match.start(), match.end(), span


def _read_date(match: re.Match[str], today: date) -> Span:
    """A day, a month or a year; without a year, the last one that has begun by today."""
    told = match.groupdict()
    year, day = told.get("year"), told.get("day")
    month = int(told.get("number") or 0) or _MONTHS.get((told.get("month") or "").lower())
    if not month:
        return to_year(int(year or today.year))
    first = date(int(year or today.year), month, int(day or 1))
    if year is None and first > today:
        first = first.replace(year=first.year - 1)
    return to_day(first) if day else to_month(first, 0)


def _to_time_span(first: date, end: date, now: datetime) -> TimeSpan:
    return TimeSpan(
        datetime.combine(first, time(), tzinfo=now.tzinfo),
        datetime.combine(end, time(), tzinfo=now.tzinfo),
    )
