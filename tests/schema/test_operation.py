"""What is read of an operation before it runs."""

import pytest

from schema.operation import Operation, read_operation

HEAD = "subscription($s: String!, $after: Int, $last: Int)"


@pytest.mark.parametrize(
    ("query", "starts"),
    [
        (f"{HEAD} {{ messages(session: $s, after: $after, last: $last) {{ kind }} }}",
         {"after", "last"}),
        (f"{HEAD} {{ m: messages(session: $s, after: $after, last: 4) {{ kind }} }}", {"after"}),
        (f"{HEAD} {{ messages(session: $after, after: $s) {{ kind }} }}", {"s"}),
        # It decides more than where to begin.
        (f"{HEAD} {{ messages(after: $after) {{ a: peers(first: $after) }} }}", set()),
        (f"{HEAD} {{ messages(after: $after) {{ ...F }} }} fragment F on E {{ p(last: $after) }}",
         set()),
        (f"{HEAD} {{ messages {{ peers(after: $after) }} }}", set()),
    ],
)  # fmt: skip
def test_variables_that_only_tell_where_to_begin_are_found(query: str, starts: set[str]) -> None:
    assert read_operation(query, None) == Operation(True, frozenset(starts))


def test_the_name_tells_which_operation_it_is() -> None:
    several = "query A { a } subscription B { b }"
    assert read_operation(several, "A") == Operation(False, frozenset())
    assert read_operation(several, "B") == Operation(True, frozenset())
    assert read_operation(several, "C") is None
    assert read_operation(several, None) is None


@pytest.mark.parametrize("query", ["", "{", "fragment F on Q { a }", "{ a }" + " " * 65_536])
def test_what_cannot_be_read_is_left_to_whoever_runs_it(query: str) -> None:
    assert read_operation(query, None) is None
