"""A representation as text for a prompt."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tokens import count_tokens
from representation.text import Known, RepresentationText, write_representation

MONDAY = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
TEA = Known("bob loves tea", MONDAY, 1)
EGGS = Known("bob ate eggs", MONDAY, 3)

known = st.builds(Known, st.text(min_size=1, max_size=30), st.just(MONDAY), st.integers(1, 3))


@pytest.mark.parametrize(
    ("observer", "heading"),
    [
        (None, "What is known about bob, newest first:"),
        ("bob", "What bob said about themselves, newest first:"),
        ("alice", "What alice knows about bob, newest first:"),
    ],
)
def test_the_heading_says_whose_view_it_is(observer: str | None, heading: str) -> None:
    written = write_representation("bob", observer, [TEA, EGGS])
    assert written.text == (
        f"{heading}\n- bob loves tea (said 2026-03-02)\n- bob ate eggs (said 2026-03-02, 3 times)"
    )
    assert (written.token_count, written.statement_count) == (count_tokens(written.text), 2)


@pytest.mark.parametrize("budget", [None, 0, 1000])
def test_nothing_known_is_no_text_at_all(budget: int | None) -> None:
    nothing = RepresentationText("", 0, 0)
    assert write_representation("bob", None, [], budget_tokens=budget) == nothing


def test_a_budget_for_less_than_one_statement_gives_no_heading_either() -> None:
    one = write_representation("bob", None, [TEA])
    tight = write_representation("bob", None, [TEA, EGGS], budget_tokens=one.token_count)
    assert tight == one
    too_tight = write_representation("bob", None, [TEA], budget_tokens=one.token_count - 1)
    assert too_tight == RepresentationText("", 0, 0)


@given(st.lists(known, max_size=6), st.integers(0, 200))
def test_the_text_is_the_longest_beginning_that_fits(statements: list[Known], budget: int) -> None:
    written = write_representation("bob", None, statements, budget_tokens=budget)
    count = written.statement_count
    assert written.token_count == count_tokens(written.text) <= budget
    assert written == write_representation("bob", None, statements[:count])
    if count < len(statements):
        longer = write_representation("bob", None, statements[: count + 1])
        assert longer.token_count > budget
