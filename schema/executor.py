"""How one event of a subscription is executed."""

import asyncio
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, TypeVar, cast

from graphql import Executor

from schema.plain import PlainExecutor

T = TypeVar("T")


class EventExecutor(PlainExecutor):
    """Ours, whose events share nothing that grows, and are executed to their end.

    graphql-core makes the executor of an event by copying the subscription's, with a reference to
    the same cache of collected fields. The keys are made anew for each event, so that the cache
    grows by some 2.5 KB with each, until the subscription ends. And what it has begun to gather
    when it is cancelled it never awaits, which Python warns of.
    """

    _is_event = False

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        executor = cast("EventExecutor", super().build_per_event_executor(payload))  # a copy
        executor._relevant_sub_fields = {}
        executor._is_event = True
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        result = super().execute_operation(serially)
        return _finish(result) if self._is_event and isawaitable(result) else result


async def _finish(awaitable: Awaitable[T]) -> T:
    """Awaits to the end, also if whoever waits for it is cancelled, and only then is."""
    execution = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(execution)
    except asyncio.CancelledError:
        await asyncio.wait({execution})
        raise
