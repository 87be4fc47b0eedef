"""Asking models on account of a workspace: within its budget, and entered into its book."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.model_client.fault import BudgetSpent
from core.model_client.meter import metering
from models.usage import add_calls, get_day
from models.work import Lease
from workers.workshop import Workshop

LONGEST_PAUSE_S = 300.0
"""How often work that waits for tomorrow is looked at: the budget may have been raised."""


@asynccontextmanager
async def keep_account(workshop: Workshop, lease: Lease) -> AsyncIterator[None]:
    """Enters whatever models are asked in the block, also if it fails.

    Raises BudgetSpent instead if the workspace has nothing left for today. Calls that are made at
    the same moment do not know of each other, so the budget may be passed by what they take.
    """
    await _check_budget(workshop, lease)
    with metering() as calls:
        try:
            yield
        finally:
            if calls:
                await add_calls(workshop.pool, lease.workspace_id, calls)


async def _check_budget(workshop: Workshop, lease: Lease) -> None:
    settings = workshop.settings
    if settings.model_name is None or settings.model_daily_tokens is None:
        return
    day = await get_day(workshop.pool, lease.workspace_id)
    if day.tokens >= settings.model_daily_tokens:
        raise BudgetSpent(
            f"the workspace has used {day.tokens} of its {settings.model_daily_tokens} tokens of"
            f" today; it goes on at {day.ends_at:%Y-%m-%d %H:%M} UTC",
            wait_s=min(day.left_s, LONGEST_PAUSE_S),
            is_outage=False,
        )
