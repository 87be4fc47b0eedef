"""Positions: their order, and the text that clients carry them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.position import START, Position

LARGEST = (1 << 63) - 1
numbers = st.integers(0, LARGEST)
positions = st.builds(Position, numbers) | st.builds(Position, numbers, numbers)


@given(positions)
def test_a_position_is_read_from_what_it_was_written_as(position: Position) -> None:
    assert Position.parse(str(position)) == position


@given(positions, positions)
def test_positions_are_ordered_by_transaction_and_then_by_row(one: Position, two: Position) -> None:
    assert (one < two) == ((one.transaction, one.row) < (two.transaction, two.row))


@given(numbers, numbers)
def test_a_transaction_is_at_or_after_all_its_rows(transaction: int, row: int) -> None:
    assert Position(transaction, row) <= Position(transaction)


@given(positions)
def test_the_start_is_before_everything(position: Position) -> None:
    assert position >= START


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "-", "-1", "1-", "1-2-3", "+1", " 1", "1 ", "1\n", "1_0", "0x1", "A", "01",
        "1-02", "\u0661", "1.0", "é", "\ud800", "8000000000000000", "1-8000000000000000", "f" * 17,
        "1-7fffffffffffffff",
    ],
)  # fmt: skip
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Position.parse(text)
    assert str(refusal.value) == f'"{text}" is not a position; use one this API returned'


@given(st.text())
def test_no_two_texts_are_the_same_position(text: str) -> None:
    try:
        position = Position.parse(text)
    except BadInput:
        return
    assert str(position) == text
