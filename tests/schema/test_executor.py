"""What the events of a subscription leave behind: nothing."""

import gc
from collections.abc import AsyncGenerator

import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

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


async def count_objects_left(execution_context: type[StrawberryGraphQLCoreExecutionContext]) -> int:
    """Executes the events; returns how many more objects there are after most of them."""
    schema = strawberry.Schema(
        query=Query, subscription=Subscription, execution_context_class=execution_context
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
    return after - before


async def test_ten_thousand_events_leave_no_objects_behind() -> None:
    assert await count_objects_left(EventExecutor) < 500  # one more per event would be 9,000


async def test_without_our_executor_each_event_leaves_some() -> None:
    """Once this fails, graphql-core does not leak any more: the executor's cache can go."""
    assert await count_objects_left(StrawberryGraphQLCoreExecutionContext) > EVENTS - SETTLED


def test_the_schema_executes_events_so() -> None:
    assert create_schema().execution_context_class is EventExecutor
