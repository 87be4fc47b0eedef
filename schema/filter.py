"""Filters in GraphQL, and how they become conditions (models/filter.py)."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from core.errors import BadInput
from core.limits import FILTER_DEPTH
from models.filter import (
    ANYTHING,
    NOTHING,
    Comparison,
    Condition,
    Every,
    Not,
    Operator,
    Some,
)
from resolvers.filter import check_filter
from schema.level import Level

_IS = (
    " All that is given must hold, an empty list matches nothing, and null is refused: leave out"
    " what is not asked."
)
_AND = "All of these hold; an empty list: nothing matches."
_OR = "One of these holds; an empty list: nothing matches."
_NOT = "This does not hold."
_METADATA = "Something in `metadata`. For several things, put several filters into `and`."
_CREATED = "When it was created."
_BEFORE = "It comes before this."


@strawberry.input(description="What a text is." + _IS)
class StringFilter:
    eq: str | None = strawberry.field(default=UNSET, description="Exactly this; case counts.")
    ne: str | None = strawberry.field(default=UNSET, description="Not this.")
    in_: list[str] | None = strawberry.field(
        name="in", default=UNSET, description="One of these, at most 200."
    )
    contains: str | None = strawberry.field(
        default=UNSET, description="It has this somewhere; case counts."
    )
    icontains: str | None = strawberry.field(
        default=UNSET, description="It has this somewhere, in upper or lower case."
    )
    starts_with: str | None = strawberry.field(
        default=UNSET, description="It begins with this; case counts."
    )


@strawberry.input(description="What a number is." + _IS)
class IntFilter:
    eq: int | None = strawberry.field(default=UNSET, description="This.")
    ne: int | None = strawberry.field(default=UNSET, description="Not this.")
    in_: list[int] | None = strawberry.field(
        name="in", default=UNSET, description="One of these, at most 200."
    )
    gt: int | None = strawberry.field(default=UNSET, description="More than this.")
    gte: int | None = strawberry.field(default=UNSET, description="This or more.")
    lt: int | None = strawberry.field(default=UNSET, description="Less than this.")
    lte: int | None = strawberry.field(default=UNSET, description="This or less.")


@strawberry.input(description="When something was." + _IS)
class DateTimeFilter:
    eq: datetime | None = strawberry.field(default=UNSET, description="At this microsecond.")
    gt: datetime | None = strawberry.field(default=UNSET, description="After this.")
    gte: datetime | None = strawberry.field(default=UNSET, description="Then or after.")
    lt: datetime | None = strawberry.field(default=UNSET, description="Before this.")
    lte: datetime | None = strawberry.field(default=UNSET, description="Then or before.")


@strawberry.input(
    description=(
        "What is at one place of a JSON object. Where nothing is there, only `ne`, and `exists:"
        " false`, hold; a null that is there equals null. Numbers are ordered among numbers and"
        " texts among texts, by code point: dates in one spelling in the order of time. Values of"
        " other types are neither above nor below." + _IS
    )
)
class JSONFilter:
    path: list[str] = strawberry.field(
        description=(
            "Keys of objects and positions in arrays, from the outside in, at most 10, as in"
            ' `["languages", "0"]`. An empty list is the whole object.'
        )
    )
    eq: JSON | None = strawberry.field(
        default=UNSET, description="Equal to this value of any type; `1` equals `1.0`."
    )
    ne: JSON | None = strawberry.field(
        default=UNSET, description="Not equal to this, or not there."
    )
    in_: list[JSON] | None = strawberry.field(
        name="in", default=UNSET, description="Equal to one of these, at most 200."
    )
    gt: JSON | None = strawberry.field(default=UNSET, description="Above this number or text.")
    gte: JSON | None = strawberry.field(default=UNSET, description="This number or text, or above.")
    lt: JSON | None = strawberry.field(default=UNSET, description="Below this number or text.")
    lte: JSON | None = strawberry.field(default=UNSET, description="This number or text, or below.")
    contains: JSON | None = strawberry.field(
        default=UNSET,
        description=(
            "An array that has this value, or all values of this array; an object that has all"
            " entries of this object, to any depth."
        ),
    )
    exists: bool | None = strawberry.field(
        default=UNSET, description="Whether anything is there, null too."
    )


@strawberry.input(description="Which workspaces are listed." + _IS)
class WorkspaceFilter:
    and_: list["WorkspaceFilter"] | None = strawberry.field(
        name="and", default=UNSET, description=_AND
    )
    or_: list["WorkspaceFilter"] | None = strawberry.field(
        name="or", default=UNSET, description=_OR
    )
    not_: "WorkspaceFilter | None" = strawberry.field(name="not", default=UNSET, description=_NOT)
    name: StringFilter | None = strawberry.field(default=UNSET, description="Its name.")
    metadata: JSONFilter | None = strawberry.field(default=UNSET, description=_METADATA)
    created_at: DateTimeFilter | None = strawberry.field(default=UNSET, description=_CREATED)


@strawberry.input(description="Which peers are listed." + _IS)
class PeerFilter:
    and_: list["PeerFilter"] | None = strawberry.field(name="and", default=UNSET, description=_AND)
    or_: list["PeerFilter"] | None = strawberry.field(name="or", default=UNSET, description=_OR)
    not_: "PeerFilter | None" = strawberry.field(name="not", default=UNSET, description=_NOT)
    name: StringFilter | None = strawberry.field(default=UNSET, description="Its name.")
    metadata: JSONFilter | None = strawberry.field(default=UNSET, description=_METADATA)
    created_at: DateTimeFilter | None = strawberry.field(default=UNSET, description=_CREATED)
    observe_others: bool | None = strawberry.field(
        default=UNSET, description="Its own setting is this."
    )


@strawberry.input(description="Which sessions are listed." + _IS)
class SessionFilter:
    and_: list["SessionFilter"] | None = strawberry.field(
        name="and", default=UNSET, description=_AND
    )
    or_: list["SessionFilter"] | None = strawberry.field(name="or", default=UNSET, description=_OR)
    not_: "SessionFilter | None" = strawberry.field(name="not", default=UNSET, description=_NOT)
    name: StringFilter | None = strawberry.field(default=UNSET, description="Its name.")
    metadata: JSONFilter | None = strawberry.field(default=UNSET, description=_METADATA)
    created_at: DateTimeFilter | None = strawberry.field(default=UNSET, description=_CREATED)
    is_active: bool | None = strawberry.field(default=UNSET, description="Whether it is in use.")
    member: str | None = strawberry.field(
        default=UNSET, description="Name of a peer that is in it, or was."
    )


@strawberry.input(description="Which messages are listed." + _IS)
class MessageFilter:
    and_: list["MessageFilter"] | None = strawberry.field(
        name="and", default=UNSET, description=_AND
    )
    or_: list["MessageFilter"] | None = strawberry.field(name="or", default=UNSET, description=_OR)
    not_: "MessageFilter | None" = strawberry.field(name="not", default=UNSET, description=_NOT)
    author: StringFilter | None = strawberry.field(
        default=UNSET, description="Name of who said it."
    )
    content: StringFilter | None = strawberry.field(default=UNSET, description="What was said.")
    metadata: JSONFilter | None = strawberry.field(default=UNSET, description=_METADATA)
    sequence: IntFilter | None = strawberry.field(
        default=UNSET, description="Its place in the session."
    )
    created_at: DateTimeFilter | None = strawberry.field(
        default=UNSET, description="When it was said, as the sender dates it."
    )


@strawberry.input(
    description=(
        "Which conclusions are listed, of those that the vantage sees and as it sees them." + _IS
    )
)
class ConclusionFilter:
    and_: list["ConclusionFilter"] | None = strawberry.field(
        name="and", default=UNSET, description=_AND
    )
    or_: list["ConclusionFilter"] | None = strawberry.field(
        name="or", default=UNSET, description=_OR
    )
    not_: "ConclusionFilter | None" = strawberry.field(name="not", default=UNSET, description=_NOT)
    content: StringFilter | None = strawberry.field(default=UNSET, description="The statement.")
    level: list[Level] | None = strawberry.field(
        default=UNSET, description="One of these levels; an empty list: nothing matches."
    )
    session: StringFilter | None = strawberry.field(
        default=UNSET,
        description=(
            "Name of one of the sessions it rests on; `ne`: of none. To leave repetitions from"
            " elsewhere aside, use the argument `sessions`."
        ),
    )
    recorded_at: DateTimeFilter | None = strawberry.field(
        default=UNSET, description="When it was concluded."
    )
    is_manual: bool | None = strawberry.field(
        default=UNSET, description="Whether it was written by hand."
    )
    retired: bool | None = strawberry.field(
        default=UNSET, description="Whether something the vantage can see has superseded it."
    )


_OPERANDS = (StringFilter, IntFilter, DateTimeFilter, JSONFilter)


def to_condition(given: object | None) -> Condition:
    """Returns what a filter asks for, checked; none asks for nothing in particular."""
    return ANYTHING if given is None else check_filter(_to_condition(given, "filter", FILTER_DEPTH))


def _to_condition(given: object, label: str, depth_left: int) -> Condition:
    if not depth_left:
        raise BadInput(f"filter is nested deeper than {FILTER_DEPTH} levels")
    parts: list[Condition] = []
    for name, value, at in _list_given(given, label):
        if name == "not_":
            parts.append(Not(_to_condition(value, at, depth_left - 1)))
        elif name in ("and_", "or_"):
            inner = tuple(
                _to_condition(each, f"{at}[{place}]", depth_left - 1)
                for place, each in enumerate(value)
            )
            parts.append(Every(inner) if inner and name == "and_" else Some(inner))
        elif isinstance(value, _OPERANDS):
            parts += _list_comparisons(name, value, at)
        else:
            parts.append(_compare(name, value, at))
    return Every(tuple(parts))


def _list_comparisons(field: str, operands: object, label: str) -> Iterator[Comparison]:
    path = tuple(operands.path) if isinstance(operands, JSONFilter) else None
    for name, value, at in _list_given(operands, label):
        if name != "path":
            operator = Operator(to_camel_case(name.rstrip("_")))
            yield Comparison(field, operator, value, at, path)


def _compare(field: str, value: Any, label: str) -> Condition:
    if isinstance(value, list):
        names = [each.name if isinstance(each, Enum) else each for each in value]
        return Comparison(field, Operator.IN, names, label) if names else NOTHING
    return Comparison(field, Operator.EQ, value, label)


def _list_given(given: object, label: str) -> Iterator[tuple[str, Any, str]]:
    """Yields what was given: its name here, its value, and what the caller calls it."""
    for name, value in vars(given).items():
        at = f"{label}.{to_camel_case(name.rstrip('_'))}"
        if value is UNSET:
            continue
        if value is None and not (isinstance(given, JSONFilter) and name in ("eq", "ne")):
            raise BadInput(f"{at} is null; give a value, or leave it out")
        yield name, value, at
