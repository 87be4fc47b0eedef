"""Relative dates made absolute."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from representation.builtin.date import DatedText, resolve_dates

MONDAY = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("He ate today", "He ate on 2026-03-02"),
        ("He left yesterday", "He left on 2026-03-01"),
        ("He goes tomorrow night", "He goes on the night of 2026-03-03"),
        ("He sings tonight", "He sings on the evening of 2026-03-02"),
        ("He sang last night", "He sang on the night of 2026-03-01"),
        ("He sang this morning", "He sang on the morning of 2026-03-02"),
        ("He left the day before yesterday", "He left on 2026-02-28"),
        ("He goes the day after tomorrow", "He goes on 2026-03-04"),
        ("He goes this Friday", "He goes on 2026-03-06"),
        ("He goes on this monday", "He goes on 2026-03-02"),
        ("He left last Friday", "He left on 2026-02-27"),
        ("He left last Monday evening", "He left on the evening of 2026-02-23"),
        ("He goes next Friday", "He goes on 2026-03-13"),
        ("He left last week", "He left in the week of 2026-02-23"),
        ("He goes next weekend", "He goes on the weekend of 2026-03-14"),
        ("He left last month", "He left in February 2026"),
        ("He goes next year", "He goes in 2027"),
        ("He left last May", "He left in May 2025"),
        ("He left last january", "He left in January 2026"),
        ("He goes next March", "He goes in March 2027"),
        ("He goes next summer", "He goes in the summer of 2026"),
        ("He left last summer", "He left in the summer of 2025"),
        ("He left last winter", "He left in the winter of 2025/26"),
        ("He left 3 days ago", "He left on 2026-02-27"),
        ("He left a couple of days ago", "He left on 2026-02-28"),
        ("He left two weeks ago", "He left in the week of 2026-02-16"),
        ("He left 3 months ago", "He left in December 2025"),
        ("He left a year ago", "He left in 2025"),
        ("He left about 2 years ago", "He left about 2024"),
        ("He will go in 3 days", "He will go on 2026-03-05"),
        ("In 2 months he will go", "In May 2026 he will go"),
        ("He goes 3 days from now", "He goes on 2026-03-05"),
    ],
)
def test_a_relative_date_becomes_absolute(text: str, resolved: str) -> None:
    assert resolve_dates(text, MONDAY).text == resolved


@pytest.mark.parametrize(
    "text",
    [
        "The meeting is on Friday",
        "He read it in 3 days",
        "He left a few days ago",
        "He left almost 2 years ago",
        "He left two or three years ago",
        "He left 1.5 years ago",
        "He left 2-3 days ago",
        "The last week was hard",
        "He moved twice in the last 3 years",
        "It was my last year there",
        "It was last week of June",
        "He missed last week's meeting",
        "Last but not least he left at last",
        "This may be wrong in a second",
        "He will march next march",
        "He wrote 'I leave tomorrow'",
        "See https://example.com/today",
        "He left 9999 years ago",
        "He left 3 days earlier",
    ],
)
def test_what_names_no_definite_time_stays(text: str) -> None:
    assert resolve_dates(text, MONDAY) == DatedText(text)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("Yesterday he left", "On 2026-03-01 he left"),
        ("yesterday he left", "on 2026-03-01 he left"),
        ("Yesterday was great", "2026-03-01 was great"),
        ("I think tomorrow will be hot", "I think 2026-03-03 will be hot"),
        ("The meeting tomorrow is off", "The meeting on 2026-03-03 is off"),
        ("Today's my birthday", "2026-03-02 is my birthday"),
        ("Yesterday's lunch was bad", "2026-03-01's lunch was bad"),
        ("He works until tomorrow", "He works until 2026-03-03"),
        ("It moved to next week", "It moved to the week of 2026-03-09"),
        ("He comes today or tomorrow", "He comes on 2026-03-02 or on 2026-03-03"),
    ],
)
def test_the_date_reads_naturally_in_its_place(text: str, resolved: str) -> None:
    assert resolve_dates(text, MONDAY).text == resolved


@pytest.mark.parametrize(
    ("moment", "text", "resolved"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), "He left a month ago", "He left in February 2026"),
        (datetime(2026, 1, 31, tzinfo=UTC), "He left last month", "He left in December 2025"),
        (datetime(2026, 1, 31, tzinfo=UTC), "He goes next month", "He goes in February 2026"),
        (datetime(2026, 12, 31, tzinfo=UTC), "He goes tomorrow", "He goes on 2027-01-01"),
        (datetime(2024, 2, 29, tzinfo=UTC), "He left a year ago", "He left in 2023"),
        (datetime(2024, 3, 1, tzinfo=UTC), "He left yesterday", "He left on 2024-02-29"),
        (
            datetime(2026, 1, 2, tzinfo=UTC),
            "He left last winter",
            "He left in the winter of 2024/25",
        ),
        (
            datetime(2026, 3, 1, tzinfo=UTC),
            "He goes next week",
            "He goes in the week of 2026-03-02",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "He left yesterday", "He left yesterday"),
        (datetime(9999, 12, 31, tzinfo=UTC), "He goes next year", "He goes next year"),
    ],
)
def test_the_ends_of_months_and_years_are_right(moment: datetime, text: str, resolved: str) -> None:
    assert resolve_dates(text, moment).text == resolved


def test_the_day_is_that_of_the_offset_of_the_moment() -> None:
    early = datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    dated = resolve_dates("He ate today", early)
    assert dated.text == "He ate on 2026-03-02"
    assert dated.valid_from == datetime(2026, 3, 2, tzinfo=early.tzinfo)
    assert resolve_dates("He ate today", early.astimezone(UTC)).text == "He ate on 2026-03-01"


@pytest.mark.parametrize(
    ("text", "valid_from", "valid_to"),
    [
        ("He ate today", (2026, 3, 2), (2026, 3, 3)),
        ("He ate this morning", (2026, 3, 2), (2026, 3, 3)),
        ("He was ill last week", (2026, 2, 23), (2026, 3, 2)),
        ("He was ill last month", (2026, 2, 1), (2026, 3, 1)),
        ("He was ill last year", (2025, 1, 1), (2026, 1, 1)),
        ("He rests on the weekend", None, None),
        ("He rests next weekend", (2026, 3, 14), (2026, 3, 16)),
        ("He lives here since last year", (2025, 1, 1), None),
        ("He works until tomorrow", None, (2026, 3, 4)),
        ("It is better than last year", None, None),
        ("He missed yesterday's lunch", None, None),
        ("He left about 2 years ago", None, None),
        ("He goes next summer", None, None),
        ("He comes today or tomorrow", None, None),
        ("He likes tea", None, None),
    ],
)
def test_a_single_definite_time_is_when_the_text_is_valid(
    text: str, valid_from: tuple[int, int, int] | None, valid_to: tuple[int, int, int] | None
) -> None:
    dated = resolve_dates(text, MONDAY)
    assert dated.valid_from == (valid_from and datetime(*valid_from, tzinfo=UTC))
    assert dated.valid_to == (valid_to and datetime(*valid_to, tzinfo=UTC))
