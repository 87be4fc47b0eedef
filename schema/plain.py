"""Reads what is plain in an answer without the machinery that a resolver needs.

A field is plain if it returns an attribute of its object, and so is all that is selected of what
it returns. Most of a page is: reading it field by field would cost several times as much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import Executor
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.guard import is_resolved

Complete = Callable[[Any], Any]
"""Turns a plain value into what is sent; raises whatever if it cannot be."""
Read = Callable[[Any], dict[str, Any]]

_SENT_AS_THEY_ARE = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


class _NotPlain(Exception):
    """The value is not what its type says; reading it field by field tells what is wrong."""


@dataclass(slots=True)
class _Plan:
    """How the selected fields of an object are read."""

    fields: GroupedFieldSet
    """Kept, since the plan is known by its identity."""
    read: Read | None
    """Reads those that are plain; None: there are none."""
    rest: GroupedFieldSet
    """Those that are not."""


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's, with a short way for what is plain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, int], _Plan] = {}

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        executor = super().build_per_event_executor(payload)
        # A copy that shares what belongs to its event alone: it would grow with each.
        executor._plans = {}  # type: ignore[attr-defined]
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
        plain = None if plan.read is None else _try(plan.read, source_value)
        if plain is None:
            return execute(parent_type, source_value, path, grouped_field_set, position_context)
        if not plan.rest:
            return plain
        rest = execute(parent_type, source_value, path, plan.rest, position_context)
        names = grouped_field_set.keys()
        return _merge_later(names, plain, rest) if isawaitable(rest) else _merge(names, plain, rest)

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
        """Returns how a field's value is sent; None: it is not plain."""
        if is_resolved(field) or "strawberry-definition" not in field.extensions:
            return None
        return self._find_value_completion(field.type, details)

    def _find_value_completion(
        self, type_: GraphQLOutputType, details: FieldDetailsList
    ) -> Complete | None:
        if isinstance(type_, GraphQLNonNull):
            return self._find_item_completion(type_.of_type, details)
        complete = self._find_item_completion(type_, details)
        if complete is None:
            return None
        return lambda value: None if value is None else complete(value)

    def _find_item_completion(self, type_: Any, details: FieldDetailsList) -> Complete | None:
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


def _try(read: Read, source: Any) -> dict[str, Any] | None:
    try:
        return read(source)
    except Exception:  # whatever it is: the long way meets it again, and tells it with its path
        return None


def _create_read(plain: list[tuple[str, str, Complete]]) -> Read:
    def read(source: Any) -> dict[str, Any]:
        return {name: complete(getattr(source, attr)) for name, attr, complete in plain}

    return read


def _create_leaf_completion(type_: GraphQLLeafType) -> Complete:
    coerce = type_.coerce_output_value
    as_it_is = _SENT_AS_THEY_ARE.get(type_) if isinstance(type_, GraphQLScalarType) else None

    def complete(value: Any) -> Any:
        if type(value) is as_it_is:
            return value
        sent = None if value is None else coerce(value)
        if sent is None:
            raise _NotPlain
        return sent

    return complete


def _create_list_completion(complete: Complete) -> Complete:
    def complete_list(value: Any) -> list[Any]:
        if type(value) is not list:
            raise _NotPlain
        return [complete(item) for item in value]

    return complete_list


def _create_object_completion(type_: GraphQLObjectType, read: Read) -> Complete:
    is_type_of: Callable[..., Any] | None = type_.is_type_of
    known: set[type] = set()

    def complete_object(value: Any) -> dict[str, Any]:
        if type(value) not in known:
            if value is None or (is_type_of is not None and is_type_of(value, None) is not True):
                raise _NotPlain
            known.add(type(value))
        return read(value)

    return complete_object


def _merge(names: Any, plain: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """Puts both into the order in which they were asked for."""
    return {name: plain[name] if name in plain else rest[name] for name in names}


async def _merge_later(names: Any, plain: dict[str, Any], rest: Any) -> dict[str, Any]:
    return _merge(names, plain, await rest)
