"""Checks filters before they are compiled: their size, and values that nothing can equal."""

from collections.abc import Iterator
from typing import Any

from core.errors import BadInput
from core.limits import (
    FILTER_CONDITIONS,
    FILTER_PATH,
    FILTER_VALUES,
    QUERY_CHARACTERS,
    check_json,
    check_text,
)
from models.filter import Comparison, Condition, Every, Not, Operator, Some

_ORDERED = frozenset((Operator.GT, Operator.GTE, Operator.LT, Operator.LTE))


def check_filter(condition: Condition) -> Condition:
    """Returns the condition; raises BadInput if it is too large or compares with nonsense."""
    comparisons = list(list_comparisons(condition))
    if len(comparisons) > FILTER_CONDITIONS:
        raise BadInput(f"filter has {len(comparisons)} conditions, at most {FILTER_CONDITIONS}")
    for comparison in comparisons:
        if comparison.path is None:
            _check_values(comparison)
        else:
            _check_json(comparison, comparison.path)
    return condition


def list_comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yields all comparisons in a condition, from left to right."""
    match condition:
        case Comparison():
            yield condition
        case Not(part):
            yield from list_comparisons(part)
        case Every(parts) | Some(parts):
            for each in parts:
                yield from list_comparisons(each)


def _check_values(comparison: Comparison) -> None:
    for label, value in _list_values(comparison):
        if isinstance(value, str):
            if len(value) > QUERY_CHARACTERS:
                raise BadInput(
                    f"{label} is {len(value)} characters long, at most {QUERY_CHARACTERS}"
                )
            check_text(label, value)


def _check_json(comparison: Comparison, path: tuple[str, ...]) -> None:
    at = comparison.label.rpartition(".")[0]
    if len(path) > FILTER_PATH:
        raise BadInput(f"{at}.path has {len(path)} entries, at most {FILTER_PATH}")
    for place, key in enumerate(path):
        check_text(f"{at}.path[{place}]", key)
    for label, value in _list_values(comparison):
        check_json(label, value)
        is_ordered = isinstance(value, int | float | str) and not isinstance(value, bool)
        if comparison.operator in _ORDERED and not is_ordered:
            raise BadInput(f"{label} is neither a number nor text; nothing else has an order")


def _list_values(comparison: Comparison) -> Iterator[tuple[str, Any]]:
    """Yields each given value with what the caller calls it."""
    if comparison.operator is not Operator.IN:
        yield comparison.label, comparison.value
        return
    count = len(comparison.value)
    if count > FILTER_VALUES:
        raise BadInput(f"{comparison.label} has {count} entries, at most {FILTER_VALUES}")
    for place, value in enumerate(comparison.value):
        yield f"{comparison.label}[{place}]", value
