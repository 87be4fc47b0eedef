"""What the events of a subscription leave behind: nothing."""

import gc
from collections.abc import AsyncGenerator

import strawberry

from schema.executor import EventExecutor
from schema.schema import create_schema

EVENTS = 10_000
SETTLED = 1_000


@strawberry.type
class Author:
    name: str


@strawberry.type
class Said:
    number: int
    author: Author


@strawberry.type
class Query:
    nothing: str


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def said(self) -> AsyncGenerator[Said, None]:
        for number in range(EVENTS):
            yield Said(number=number, author=Author(name="al"))


async def test_ten_thousand_events_leave_no_objects_behind() -> None:
    schema = strawberry.Schema(
        query=Query, subscription=Subscription, execution_context_class=EventExecutor
    )
    counts = []
    events = 0
    async for result in await schema.subscribe("subscription { said { number author { name } } }"):
        assert result.data == {"said": {"number": events, "author": {"name": "al"}}}
        events += 1
        if events in (SETTLED, EVENTS):
            gc.collect()
            counts.append(len(gc.get_objects()))
    assert events == EVENTS
    before, after = counts
    assert after - before < 500  # one object more per event would be 9,000


def test_the_schema_executes_events_so() -> None:
    assert create_schema().execution_context_class is EventExecutor
