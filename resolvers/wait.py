"""Waiting for background work, woken by hints."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from core.limits import WAIT_MS, check_range
from core.position import Position
from models.work import ask_for_derivation, get_derived_position
from resolvers.services import Services


async def ask(services: Services, workspace_id: UUID, session_id: UUID | None) -> None:
    """Makes what is pending in a session, or in all, due now."""
    for kind, subject_id in await ask_for_derivation(services.pool, workspace_id, session_id):
        services.wake_ups.wake(kind, subject_id)


async def wait_until(
    services: Services,
    workspace_id: UUID,
    is_done: Callable[[], Awaitable[bool]],
    *,
    max_wait_ms: int,
) -> None:
    """Waits until something is so in a workspace, but no longer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + max_wait_ms / 1000
    with services.hints.listen(workspace_id) as listener:
        while (left := deadline - loop.time()) > 0 and not await is_done():
            await listener.wait(timeout_s=min(left, services.settings.poll_s))


async def wait_for_position(
    services: Services, workspace_id: UUID, *, wanted: Position | None, max_wait_ms: int
) -> Position:
    """Waits until everything up to `wanted` is derived, but no longer; returns how far it is.

    Whoever is willing to wait does not wait for a batch to fill: what is pending becomes due.
    """
    check_range("maxWaitMs", max_wait_ms, least=0, most=WAIT_MS)

    async def is_reached() -> bool:
        return wanted is None or await get_derived_position(services.pool, workspace_id) >= wanted

    if wanted is not None and max_wait_ms > 0:
        await ask(services, workspace_id, None)
        await wait_until(services, workspace_id, is_reached, max_wait_ms=max_wait_ms)
    return await get_derived_position(services.pool, workspace_id)
