"""Reads what is plain in an answer without the machinery that a resolver needs.

A field is plain if it returns an attribute of its object, and so is all that is selected of what
it returns. Most of a page is: reading it field by field would cost several times as much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from itertools import repeat
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLField,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import Executor
from graphql.pyutils import Path, UndefinedType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.guard import is_resolved
from schema.scalars import COLUMNS

Result = TypeVar("Result")

Complete = Callable[[list[Any]], list[Any]]
"""Turns plain values of one field into what is sent of them; raises if one cannot be.

A column at a time: what all of them are is found out once, and most are sent as they are.
"""
Completions = dict[tuple[object, ...], Complete | None]
"""By type and the nodes of the document that select a value of it; None: it is not plain."""
Read = Callable[[list[Any]], list[dict[str, Any]]]

_SENT_AS_THEY_ARE = {"String": {str}, "ID": {str}, "Boolean": {bool}, "Int": {int}}
_NOTHING = frozenset((NoneType, UndefinedType))


class _NotPlain(Exception):
    """A value is not what its type says; reading it field by field tells what is wrong."""


@dataclass(slots=True)
class _Plan:
    """How the selected fields of objects of one type are read."""

    fields: GroupedFieldSet
    """Kept, since the plan is known by its identity."""
    read: Read | None
    """Reads those that are plain; None: there are none."""
    rest: GroupedFieldSet
    """Those that are not."""


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's, with a short way for what is plain."""

    def __init__(self, *args: Any, completions: Completions | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, int], _Plan] = {}
        self._completions = {} if completions is None else completions

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        executor = super().build_per_event_executor(payload)
        # A copy that shares what belongs to its event alone: it would grow with each.
        executor._plans = {}  # type: ignore[attr-defined]
        executor._completions = {}  # type: ignore[attr-defined]
        return executor

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        plan = self._get_plan(parent_type, grouped_field_set)
        execute = super().execute_fields
        read = _try(plan.read, [source_value])
        if read is None:
            return execute(parent_type, source_value, path, grouped_field_set, position_context)
        (plain,) = read
        if not plan.rest:
            return plain
        rest = execute(parent_type, source_value, path, plan.rest, position_context)
        names = grouped_field_set.keys()
        return _merge_later(names, plain, rest) if isawaitable(rest) else _merge(names, plain, rest)

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        complete = self._find_item_completion(return_type, field_details_list)
        completed = _try(complete, [result])
        if completed is not None:
            return completed[0]
        return super().complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _get_plan(self, type_: GraphQLObjectType, fields: GroupedFieldSet) -> _Plan:
        key = (type_.name, id(fields))
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._create_plan(type_, fields)
        return plan

    def _create_plan(self, type_: GraphQLObjectType, fields: GroupedFieldSet) -> _Plan:
        plain: list[tuple[str, str, Complete]] = []
        rest: GroupedFieldSet = {}
        for name, details in fields.items():
            field = self.schema.get_field(type_, details[0].node.name.value)
            complete = None if field is None else self._find_completion(field, details)
            if field is None or complete is None:
                rest[name] = details
            else:
                plain.append((name, _get_attribute(field), complete))
        return _Plan(fields, _create_read(plain) if plain else None, rest)

    def _find_completion(self, field: GraphQLField, details: FieldDetailsList) -> Complete | None:
        """Returns how a field's values are sent; None: it is not plain."""
        if is_resolved(field) or "strawberry-definition" not in field.extensions:
            return None
        return self._find_value_completion(field.type, details)

    def _find_value_completion(
        self, type_: GraphQLOutputType, details: FieldDetailsList
    ) -> Complete | None:
        if isinstance(type_, GraphQLNonNull):
            return self._find_item_completion(type_.of_type, details)
        complete = self._find_item_completion(type_, details)
        return None if complete is None else _create_nullable_completion(complete)

    def _find_item_completion(self, type_: Any, details: FieldDetailsList) -> Complete | None:
        key = (type_, *(id(each.node) for each in details))
        if key not in self._completions:
            self._completions[key] = self._create_item_completion(type_, details)
        return self._completions[key]

    def _create_item_completion(self, type_: Any, details: FieldDetailsList) -> Complete | None:
        if is_leaf_type(type_):
            return _create_leaf_completion(type_)
        if isinstance(type_, GraphQLList):
            complete = self._find_value_completion(type_.of_type, details)
            return None if complete is None else _create_list_completion(complete)
        if isinstance(type_, GraphQLObjectType):
            return self._find_object_completion(type_, details)
        return None

    def _find_object_completion(
        self, type_: GraphQLObjectType, details: FieldDetailsList
    ) -> Complete | None:
        fields, deferred, _ = self.collect_subfields(type_, details)
        plan = self._get_plan(type_, fields)
        if deferred or plan.rest or plan.read is None:
            return None
        return _create_object_completion(type_, plan.read)


def _get_attribute(field: GraphQLField) -> str:
    return str(field.extensions["strawberry-definition"].python_name)


def _try(read: Callable[[list[Any]], Result] | None, values: list[Any]) -> Result | None:
    if read is None:
        return None
    try:
        return read(values)
    except Exception:  # whatever it is: the long way meets it again, and tells it with its path
        return None


def _create_read(plain: list[tuple[str, str, Complete]]) -> Read:
    names = [name for name, _, _ in plain]
    columns = [(attrgetter(attribute), complete) for _, attribute, complete in plain]

    def read(sources: list[Any]) -> list[dict[str, Any]]:
        completed = [complete(list(map(get, sources))) for get, complete in columns]
        return list(map(dict, map(zip, repeat(names), zip(*completed, strict=True))))

    return read


def _create_leaf_completion(type_: GraphQLLeafType) -> Complete:
    coerce = COLUMNS.get(type_.name) or _create_column_coercion(type_)
    is_int = type_ is GraphQLInt
    as_they_are = _SENT_AS_THEY_ARE.get(type_.name)

    def complete(values: list[Any]) -> list[Any]:
        kinds = set(map(type, values))
        if kinds == as_they_are and (not is_int or _fit(values)):
            return values
        sent = coerce(values)
        if not _NOTHING.isdisjoint(kinds) or not _NOTHING.isdisjoint(map(type, sent)):
            raise _NotPlain
        return sent

    return complete


def _create_column_coercion(type_: GraphQLLeafType) -> Complete:
    coerce = type_.coerce_output_value
    return lambda values: list(map(coerce, values))


def _fit(values: list[int]) -> bool:
    """Tells whether all are Ints as GraphQL has them."""
    return min(values) >= GRAPHQL_MIN_INT and max(values) <= GRAPHQL_MAX_INT


def _create_nullable_completion(complete: Complete) -> Complete:
    def complete_nullable(values: list[Any]) -> list[Any]:
        there = [value for value in values if value is not None]
        completed = complete(there)
        if len(there) == len(values):
            return completed
        rest = iter(completed)
        return [None if value is None else next(rest) for value in values]

    return complete_nullable


def _create_list_completion(complete: Complete) -> Complete:
    def complete_lists(values: list[Any]) -> list[Any]:
        if set(map(type, values)) - {list}:
            raise _NotPlain
        return [complete(value) for value in values]

    return complete_lists


def _create_object_completion(type_: GraphQLObjectType, read: Read) -> Complete:
    is_type_of: Callable[..., Any] | None = type_.is_type_of
    known: set[type] = set()

    def complete_objects(values: list[Any]) -> list[Any]:
        for kind in set(map(type, values)) - known:
            example = next(value for value in values if type(value) is kind)
            if example is None or (is_type_of is not None and not is_type_of(example, None)):
                raise _NotPlain
            known.add(kind)
        return read(values)

    return complete_objects


def _merge(names: Any, plain: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """Puts both into the order in which they were asked for."""
    return {name: plain[name] if name in plain else rest[name] for name in names}


async def _merge_later(names: Any, plain: dict[str, Any], rest: Any) -> dict[str, Any]:
    return _merge(names, plain, await rest)
