"""Filters: a tree of conditions on the columns of one list, and the SQL it becomes.

Every condition is true or false of a row, never unknown, so that `not` is a complement. Values are
always bound; only names of columns, which are ours, become text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import orjson


class Operator(StrEnum):
    """How a column's value is held against the given one."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    CONTAINS = "contains"
    ICONTAINS = "icontains"
    STARTS_WITH = "startsWith"
    EXISTS = "exists"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison."""

    field: str
    operator: Operator
    value: Any
    label: str
    """What the caller calls it, for messages: `filter.or[1].name.in`."""
    path: tuple[str, ...] | None = None
    """Where in a JSON column: keys of objects and positions in arrays, from the outside in."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of its parts hold; without parts it holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """One of its parts holds; without parts it does not."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Its part does not hold."""

    part: "Condition"


Condition: TypeAlias = Comparison | Every | Some | Not

ANYTHING = Every()
NOTHING = Some()


class Kind(StrEnum):
    """What a column holds, by PostgreSQL's name of what values for it are bound as."""

    TEXT = "text"
    INTEGER = "int"
    FLAG = "bool"
    TIME = "timestamptz"
    ID = "uuid"
    JSON = "jsonb"


@dataclass(frozen=True, slots=True)
class Column:
    """An expression that conditions are about."""

    sql: str
    kind: Kind
    within: str = "{}"
    """A predicate around the comparison, for what a row has many of: it holds if one of them does,
    and so `ne` holds if none of them is equal."""


Columns: TypeAlias = Mapping[str, Column]

_SIGNS = {Operator.EQ: "=", Operator.GT: ">", Operator.GTE: ">=", Operator.LT: "<"}
_SIGNS |= {Operator.LTE: "<=", Operator.CONTAINS: "@>"}


@dataclass(frozen=True, slots=True)
class Where:
    """A predicate and what its parameters are bound to."""

    sql: str
    parameters: Sequence[object]
    next_parameter: int
    """The number of the first parameter after them."""


def to_where(condition: Condition, columns: Columns, *, first_parameter: int) -> Where:
    """Compiles a condition; KeyError: it names a field that the list does not have."""
    compiler = _Compiler(columns, first_parameter)
    sql = compiler.compile(condition)
    next_parameter = first_parameter + len(compiler.parameters)
    return Where(sql, compiler.parameters, next_parameter)


class _Compiler:
    def __init__(self, columns: Columns, first_parameter: int) -> None:
        self._columns = columns
        self._first_parameter = first_parameter
        self.parameters: list[object] = []

    def compile(self, condition: Condition) -> str:
        match condition:
            case Comparison():
                return self._compile_comparison(condition)
            case Every(parts):
                return self._join(" AND ", parts) if parts else "true"
            case Some(parts):
                return self._join(" OR ", parts) if parts else "false"
            case Not(part):
                return f"(NOT {self.compile(part)})"

    def _join(self, word: str, parts: Sequence[Condition]) -> str:
        return f"({word.join(self.compile(part) for part in parts)})"

    def _compile_comparison(self, test: Comparison) -> str:
        if test.operator is Operator.NE:
            return f"(NOT {self._compile_comparison(replace(test, operator=Operator.EQ))})"
        column = self._columns[test.field]
        if column.kind is Kind.JSON:
            comparison = self._compare_json(column, test)
        else:
            comparison = self._compare(column, test.operator, test.value)
        return f"({column.within.format(comparison)})"

    def _compare(self, column: Column, operator: Operator, value: object) -> str:
        if operator is Operator.IN:
            return f"{column.sql} = ANY ({self._bind(value, f'{column.kind}[]')})"
        bound = self._bind(value, column.kind)
        match operator:
            case Operator.CONTAINS:
                return f"strpos({column.sql}, {bound}) > 0"
            case Operator.ICONTAINS:
                return f"strpos(lower({column.sql}), lower({bound})) > 0"
            case Operator.STARTS_WITH:
                return f"starts_with({column.sql}, {bound})"
            case _:
                return f"{column.sql} {_SIGNS[operator]} {bound}"

    def _compare_json(self, column: Column, test: Comparison) -> str:
        path = self._bind(list(test.path or ()), "text[]")
        found = f"({column.sql} #> {path})"
        match test.operator:
            case Operator.EXISTS:
                return f"({found} IS NOT NULL) = {self._bind(test.value, 'bool')}"
            case Operator.IN:
                texts = [to_json(value) for value in test.value]
                return f"({found} = ANY ({self._bind(texts, 'jsonb[]')})) IS TRUE"
            case Operator.EQ | Operator.CONTAINS:
                bound = self._bind(to_json(test.value), "jsonb")
                return f"({found} {_SIGNS[test.operator]} {bound}) IS TRUE"
            case _:
                return f"({self._compare_order(column, path, test)}) IS TRUE"

    def _compare_order(self, column: Column, path: str, test: Comparison) -> str:
        """Compares numbers with numbers and text with text, by code point; nothing else."""
        found, sign = f"({column.sql} #> {path})", _SIGNS[test.operator]
        if isinstance(test.value, str):
            text, bound = f'({column.sql} #>> {path}) COLLATE "C"', self._bind(test.value, "text")
            return f"jsonb_typeof({found}) = 'string' AND {text} {sign} {bound}"
        bound = self._bind(to_json(test.value), "jsonb")
        return f"jsonb_typeof({found}) = 'number' AND {found} {sign} {bound}"

    def _bind(self, value: object, type_: str) -> str:
        self.parameters.append(value)
        return f"${self._first_parameter + len(self.parameters) - 1}::{type_}"


def to_json(value: object) -> str:
    """Writes a JSON value as PostgreSQL reads it."""
    return orjson.dumps(value).decode()
