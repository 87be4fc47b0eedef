"""What is plain is read the short way, and nobody can tell by the answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, execute_sync, parse
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.plain import PlainExecutor
from schema.scalars import SCALARS, serialize_time, serialize_times


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.interface
class Thing:
    id: strawberry.ID


@strawberry.type
class Leaf(Thing):
    number: int | None
    text: str
    flag: bool
    ratio: float
    at: datetime
    data: JSON
    colour: Colour
    children: list["Leaf | None"]
    other: "Leaf | None"
    tags: list[list[str | None]] | None

    @strawberry.field
    def asked(self) -> str:
        return f"asked of {self.text}"


@strawberry.type
class Query:
    things: list[Thing] = strawberry.field(resolver=lambda root: root)
    leaves: list[Leaf] = strawberry.field(resolver=lambda root: root)
    first: Leaf | None = strawberry.field(resolver=lambda root: root[0] if root else None)


SCHEMA = strawberry.Schema(
    query=Query, types=[Leaf], config=StrawberryConfig(scalar_map=SCALARS)
)._schema

PLAIN = "id number text flag ratio at data colour tags"
OPERATIONS = (
    f"{{ leaves {{ {PLAIN} }} }}",
    f"{{ leaves {{ b: text a: number __typename {PLAIN} asked }} }}",
    f"{{ first {{ {PLAIN} other {{ {PLAIN} children {{ id text }} }} children {{ {PLAIN} }} }} }}",
    "{ leaves { children { asked other { asked text } } text } }",
    "{ things { id __typename ... on Leaf { text number other { id } } } }",
    "query($no: Boolean = false) { leaves { text @include(if: $no) number id @skip(if: $no) } }",
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TIMES = st.datetimes(
    min_value=datetime(2, 1, 1),
    max_value=datetime(9998, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)


ODD = st.sampled_from([None, "x", 2**40, 1.5, object(), [], Colour])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.text(max_size=3),
    "number": st.none() | st.integers(-5, 5),
    "text": st.text(max_size=3),
    "flag": st.booleans(),
    "ratio": st.floats(allow_nan=False, allow_infinity=False),
    "at": TIMES,
    "data": st.sampled_from([{}, {"a": [1]}, "x"]),
    "colour": st.just(Colour.RED),
    "tags": st.none() | st.lists(st.lists(st.none() | st.text(max_size=2), max_size=2), max_size=2),
}


@st.composite
def leaves(draw: st.DrawFn, depth: int = 2) -> Leaf:
    """A tree of what the types say, with now and then a value that it cannot be."""
    values = {name: draw(field) for name, field in FIELDS.items()}
    below = st.none() | leaves(depth - 1) if depth else st.none()
    values |= {"children": draw(st.lists(below, max_size=2)), "other": draw(below)}
    if draw(st.integers(0, 7)) == 0:
        values[draw(st.sampled_from(sorted(values)))] = draw(ODD)
    return Leaf(**values)


@dataclass(frozen=True)
class Answer:
    data: Any
    errors: list[tuple[str, Any]]


def answer(executor: type[Any], operation: str, root: Any) -> Answer:
    result = execute_sync(SCHEMA, parse(operation), root_value=root, executor_class=executor)
    errors = sorted((error.message, error.path) for error in result.errors or ())
    return Answer(result.data, errors)


@settings(deadline=None)
@given(root=st.lists(leaves(), max_size=3))
def test_the_answer_is_the_same_whatever_is_in_it(root: list[Leaf]) -> None:
    for operation in OPERATIONS:
        expected = answer(StrawberryGraphQLCoreExecutionContext, operation, root)
        found = answer(PlainExecutor, operation, root)
        assert found == expected
        assert str(found.data) == str(expected.data)  # in the same order too


def test_what_was_found_out_about_a_document_holds_for_the_next_answer() -> None:
    document = parse(OPERATIONS[0])
    completions: dict[Any, Any] = {}
    for text in ("one", "two"):
        leaf = create_leaf(text)
        result = execute(
            SCHEMA, document, [leaf], executor_class=PlainExecutor, completions=completions
        )
        assert isinstance(result, ExecutionResult)
        assert result.data is not None
        assert result.data["leaves"][0]["text"] == text
        found = dict(completions)
    assert completions == found


def test_plain_fields_are_read_without_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[str] = []
    execute_field = PlainExecutor.execute_field

    def note(self: PlainExecutor, type_: Any, source: Any, details: Any, *more: Any) -> Any:
        resolved.append(details[0].node.name.value)
        return execute_field(self, type_, source, details, *more)

    monkeypatch.setattr(PlainExecutor, "execute_field", note)
    answer(PlainExecutor, "{ leaves { text other { text } asked } }", [create_leaf("a")])
    assert resolved == ["leaves", "asked"]


@settings(deadline=None)
@given(st.lists(TIMES))
def test_times_are_written_alike_one_by_one_and_together(times: list[datetime]) -> None:
    written = [time.astimezone(UTC).isoformat().replace("+00:00", "Z") for time in times]
    assert serialize_times(times) == written
    assert [serialize_time(time) for time in times] == written


def create_leaf(text: str) -> Leaf:
    return Leaf(
        id=strawberry.ID("1"), number=1, text=text, flag=True, ratio=1.5, at=NOW, data={},
        colour=Colour.RED, children=[], other=None, tags=None,
    )  # fmt: skip
