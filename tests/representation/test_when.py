"""Times in queries."""

from datetime import UTC, date, datetime

import pytest

from representation.when import list_times

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("query", "spans"),
    [
        ("What did I do yesterday?", [(date(2026, 5, 19), date(2026, 5, 20))]),
        ("where were we last may", []),  # without its capital it may be the verb
        ("Where were we last May?", [(date(2025, 5, 1), date(2025, 6, 1))]),
        ("What happened last week?", [(date(2026, 5, 11), date(2026, 5, 18))]),
        ("on 7 May 2023", [(date(2023, 5, 7), date(2023, 5, 8))]),
        ("on the 7th of May, 2023", [(date(2023, 5, 7), date(2023, 5, 8))]),
        ("May 7, 2023", [(date(2023, 5, 7), date(2023, 5, 8))]),
        ("on 2023-05-07", [(date(2023, 5, 7), date(2023, 5, 8))]),
        ("in May 2023", [(date(2023, 5, 1), date(2023, 6, 1))]),
        ("in Sept. 2023", [(date(2023, 9, 1), date(2023, 10, 1))]),
        ("in march", [(date(2026, 3, 1), date(2026, 4, 1))]),
        ("in June", [(date(2025, 6, 1), date(2025, 7, 1))]),  # the last that has begun
        ("on 3 June", [(date(2025, 6, 3), date(2025, 6, 4))]),
        ("in 2022", [(date(2022, 1, 1), date(2023, 1, 1))]),
        ("between 2020 and 2022",
         [(date(2020, 1, 1), date(2021, 1, 1)), (date(2022, 1, 1), date(2023, 1, 1))]),
        ("last summer", []),  # when summer is depends on the place
        ("on 31 February 2023", [(date(2023, 2, 1), date(2023, 3, 1))]),  # there is no such day
        ("on 29 February", []),
        ("we may march on", []),
        ("9999 years ago", []),
        ("7990 years from now", []),
        ("flight 4711", []),
    ],
)  # fmt: skip
def test_a_query_names_times(query: str, spans: list[tuple[date, date]]) -> None:
    assert [(span.start.date(), span.end.date()) for span in list_times(query, NOW)] == spans


def test_what_happened_is_told_then_or_in_the_days_after() -> None:
    [span] = list_times("on 7 May 2023", NOW)

    def tells(day: int, month: int = 5) -> bool:
        return span.tells_of(datetime(2023, month, day, 12, tzinfo=UTC))

    assert [tells(day) for day in (6, 7, 8, 9, 10, 11)] == [False, True, True, True, True, False]
