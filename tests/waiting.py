"""Waiting for what must come, however long the machine takes."""

import asyncio
from collections.abc import Awaitable, Callable

TIMEOUT_S = 30.0


async def wait_until(is_so: Callable[[], Awaitable[bool]], *, timeout_s: float = TIMEOUT_S) -> None:
    """Looks again and again; fails the test if it never becomes so."""
    async with asyncio.timeout(timeout_s):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
