"""What was said is concluded once, however many watch (semantics.md, rule 4)."""

from benchmarks.observers import OBSERVERS, Derived, derive_before
from benchmarks.rig import create_services

MESSAGES = 200


async def test_calls_and_rows_do_not_grow_with_the_observers(dsn: str) -> None:
    async with create_services(dsn) as services:
        derived = [await derive_before(services, count, MESSAGES) for count in OBSERVERS]
    first = derived[0]
    assert first.cost.calls >= 2
    assert first.cost.rows["conclusion"] > MESSAGES / 2
    assert first.cost.rows["work_item"] == 0
    assert [each.cost for each in derived] == [first.cost] * len(OBSERVERS)
    assert all(sees_the_same(each, first.seen[0]) for each in derived)


def sees_the_same(derived: Derived, count: int) -> bool:
    return derived.seen == [count] * (derived.observers - 1) and count > 0
