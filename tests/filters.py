"""What filters mean, spelled out in plain Python over rows as dictionaries; filters at random."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

MISSING = object()
Row = Mapping[str, Any]


def fits(given: Mapping[str, Any], row: Row) -> bool:
    """Tells whether a row fits a filter. A list in a row stands for many, of which one may fit."""
    return all(_holds(name, told, row) for name, told in given.items())


def _holds(name: str, told: Any, row: Row) -> bool:
    if name == "and":
        return bool(told) and all(fits(each, row) for each in told)
    if name == "or":
        return any(fits(each, row) for each in told)
    if name == "not":
        return not fits(told, row)
    value = row[name]
    if isinstance(told, list):
        return value in told
    if not isinstance(told, dict):
        return told in value if isinstance(value, list) else bool(value == told)
    if "path" in told:
        found = _find(value, told["path"])
        return all(_compare_json(op, found, x) for op, x in told.items() if op != "path")
    return all(_compare_any(op, value, x) for op, x in told.items())


def _compare_any(operator: str, value: Any, given: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    if operator == "ne":
        return given not in values
    return any(_compare(operator, each, given) for each in values)


def _compare(operator: str, value: Any, given: Any) -> bool:
    if isinstance(value, datetime):
        given = datetime.fromisoformat(given)
    match operator:
        case "eq":
            return bool(value == given)
        case "in":
            return value in given
        case "contains":
            return given in value
        case "icontains":
            return given.lower() in value.lower()
        case "startsWith":
            return bool(value.startswith(given))
        case "gt":
            return bool(value > given)
        case "gte":
            return bool(value >= given)
        case "lt":
            return bool(value < given)
        case "lte":
            return bool(value <= given)
    raise AssertionError(operator)


def _compare_json(operator: str, value: Any, given: Any) -> bool:
    there = value is not MISSING
    match operator:
        case "exists":
            return there is given
        case "eq":
            return there and _is_same(value, given)
        case "ne":
            return not (there and _is_same(value, given))
        case "in":
            return there and any(_is_same(value, each) for each in given)
        case "contains":
            return there and (_has(value, given) or _has_element(value, given))
    if _get_type(value) is not _get_type(given):
        return False
    return _compare(operator, value, given)


def _find(value: Any, path: list[str]) -> Any:
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return MISSING
    return value


def _get_type(value: Any) -> type:
    return float if type(value) in (int, float) else type(value)


def _is_same(value: Any, given: Any) -> bool:
    if _get_type(value) is not _get_type(given):
        return False
    if isinstance(value, dict):
        return value.keys() == given.keys() and all(_is_same(value[k], given[k]) for k in value)
    if isinstance(value, list):
        return len(value) == len(given) and all(map(_is_same, value, given))
    return bool(value == given)


def _has_element(value: Any, given: Any) -> bool:
    is_scalar = not isinstance(given, dict | list)
    return is_scalar and isinstance(value, list) and any(_is_same(each, given) for each in value)


def _has(value: Any, given: Any) -> bool:
    if isinstance(value, dict) and isinstance(given, dict):
        return all(key in value and _has(value[key], given[key]) for key in given)
    if isinstance(value, list) and isinstance(given, list):
        return all(any(_has(each, wanted) for each in value) for wanted in given)
    return _is_same(value, given)


SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 1.0, 2.5, -3, "", "a", "b", "B", "é", "10"])
KEYS = st.sampled_from(["a", "b", "0", "1", "é"])


def contain(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draws what is inside, or arrays and objects of it."""
    return inner | st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)


VALUES = contain(contain(SCALARS))
ORDERED = st.sampled_from([-3, 0, 1, 1.5, 2.5, "", "a", "b", "é"])


def choose(**operands: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draws one to two of the operands."""
    names = st.lists(st.sampled_from(sorted(operands)), min_size=1, max_size=2, unique=True)
    return names.flatmap(lambda drawn: st.fixed_dictionaries({n: operands[n] for n in drawn}))


def draw_text(texts: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Draws StringFilter around some texts."""
    text = st.sampled_from(texts)
    part = text.flatmap(lambda whole: st.sampled_from([whole[:2], whole[1:3], whole.swapcase()]))
    return choose(
        eq=text, ne=text, in_=st.lists(text, max_size=3), contains=part, icontains=part,
        startsWith=part,
    ).map(_spell)  # fmt: skip


def draw_json() -> st.SearchStrategy[dict[str, Any]]:
    """Draws JSONFilter."""
    operands = choose(
        eq=VALUES, ne=VALUES, in_=st.lists(VALUES.filter(lambda v: v is not None), max_size=3),
        gt=ORDERED, gte=ORDERED, lt=ORDERED, lte=ORDERED, exists=st.booleans(),
        contains=VALUES.filter(lambda v: v is not None),
    )  # fmt: skip
    paths = st.lists(KEYS, max_size=3)
    return st.tuples(operands, paths).map(lambda drawn: _spell(drawn[0]) | {"path": drawn[1]})


def draw_order(values: list[Any], *, with_sets: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Draws IntFilter, or without sets DateTimeFilter, around some values."""
    value = st.sampled_from(values)
    operands = {"eq": value, "gt": value, "gte": value, "lt": value, "lte": value}
    if with_sets:
        operands |= {"ne": value, "in_": st.lists(value, max_size=3)}
    return choose(**operands).map(_spell)


def draw_filter(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draws filters on the fields, combined by and, or, not."""
    drawn = choose(**fields)
    for _ in range(2):
        inner = st.lists(drawn, max_size=3)
        drawn = choose(and_=inner, or_=inner, not_=drawn, **fields).map(_spell)
    return drawn


def _spell(drawn: dict[str, Any]) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in drawn.items()}
