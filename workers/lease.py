"""Working under a lease: it is renewed while the work goes on, and lost work is dropped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from models.work import Lease, renew_lease
from workers.workshop import Workshop

RENEWALS_PER_LEASE = 3

_log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Somebody else has taken the item; whatever was made under the lease is not to be written."""


@asynccontextmanager
async def hold_lease(workshop: Workshop, lease: Lease) -> AsyncIterator[None]:
    """Renews the lease during the block; raises LeaseLost in it once it is somebody else's."""
    worker = asyncio.current_task()
    if worker is None:
        raise RuntimeError("a lease is held by a task")
    renewing = asyncio.create_task(_renew(workshop, lease, worker))
    try:
        yield
    except asyncio.CancelledError:
        if not renewing.done() or renewing.cancelled():
            raise
        worker.uncancel()
        raise LeaseLost(f"{lease.kind} of {lease.subject_id}") from None
    finally:
        renewing.cancel()


async def _renew(workshop: Workshop, lease: Lease, worker: "asyncio.Task[Any]") -> None:
    """Ends only by cancelling the worker, because the lease is lost."""
    while True:
        await asyncio.sleep(workshop.settings.lease_s / RENEWALS_PER_LEASE)
        try:
            if not await renew_lease(workshop.pool, lease, lease_s=workshop.settings.lease_s):
                worker.cancel()  # it waits inside the block, or this would have been cancelled
                return
        except Exception as error:
            # The next renewal may still come in time; if not, the fence keeps the result out.
            _log.warning("lease not renewed", kind=lease.kind, error=type(error).__name__)
