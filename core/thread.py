"""Blocking work off the event loop, by callers who may be cancelled."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def run_in_thread(work: Callable[[], Result]) -> Result:
    """Like asyncio.to_thread, but a cancelled caller waits: a thread can't be interrupted.

    Otherwise it would undo what is still being done: give a lock up while initdb is at work, close
    a pool that is being opened.
    """
    thread = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        raise
