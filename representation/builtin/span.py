"""Stretches of the calendar, from days to years, and how to name them."""

from calendar import month_name
from dataclasses import dataclass
from datetime import date, timedelta

SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to before `end`; a season has none, as they depend on the place."""

    name: str
    preposition: str
    first: date | None = None
    end: date | None = None


def to_day(day: date, part: str | None = None) -> Span:
    """Returns the day. A part of it ("morning") is named, and lasts the whole day."""
    name = f"the {part} of {day.isoformat()}" if part else day.isoformat()
    return Span(name, "on", day, day + timedelta(days=1))


def to_week(day: date) -> Span:
    """Returns the week around the day, from Monday, named by that Monday."""
    monday = day - timedelta(days=day.weekday())
    return Span(f"the week of {monday.isoformat()}", "in", monday, monday + timedelta(days=7))


def to_weekend(day: date) -> Span:
    """Returns Saturday and Sunday of the week around the day, named by that Saturday."""
    saturday = day + timedelta(days=5 - day.weekday())
    name = f"the weekend of {saturday.isoformat()}"
    return Span(name, "on", saturday, saturday + timedelta(days=2))


def to_month(day: date, months: int = 0) -> Span:
    """Returns the month of the day, moved by so many months; its length plays no part."""
    first = _shift_month(day, months)
    return Span(f"{month_name[first.month]} {first.year}", "in", first, _shift_month(first, 1))


def to_year(year: int) -> Span:
    return Span(str(year), "in", date(year, 1, 1), date(year + 1, 1, 1))


def to_season(season: str, year: int) -> Span:
    """Returns the northern season; a winter is named by both its years, and begins in `year`."""
    years = f"{year}/{(year + 1) % 100:02}" if season == "winter" else str(year)
    return Span(f"the {season} of {years}", "in")


def _shift_month(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
