"""The database of a command that may run beside a server: that one's, or one of its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from core.data_directory import DataDirectoryInUse, VisitLock
from core.embedded_postgres import EmbeddedPostgres
from core.settings import Settings
from models.database import AWAY
from models.migrate import is_current
from server.runtime import run_database

PATIENCE_S = 30.0
"""How long the owner of a data directory may take until its database can be used, or to end."""
_POLL_S = 0.1
_NOT_YET = (*AWAY, asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError)
"""What is told by a database whose owner starts it, makes it, or ends."""


@asynccontextmanager
async def reach_database(settings: Settings) -> AsyncIterator[str]:
    """Yields the DSN of a migrated database; that of an embedded one which runs, as it is.

    Raises DataDirectoryInUse if its owner does not get it ready, or has tables of another version.
    """
    async with AsyncExitStack() as stack:
        if settings.database_url is not None:
            yield await stack.enter_async_context(run_database(settings))
        else:
            yield await _enter_embedded(stack, settings)


async def _enter_embedded(stack: AsyncExitStack, settings: Settings) -> str:
    visit = VisitLock(settings.data_dir)
    stack.callback(visit.release)
    patient_until = time.monotonic() + PATIENCE_S
    while True:
        try:
            dsn = await stack.enter_async_context(run_database(settings))
        except DataDirectoryInUse:
            dsn = EmbeddedPostgres(settings.data_dir).dsn()
            if visit.try_to_share() and await _is_usable(dsn):
                return dsn
            visit.release()
            if time.monotonic() > patient_until:
                raise
            await asyncio.sleep(_POLL_S)
        else:
            # Commands that came meanwhile use what this one started.
            stack.push_async_callback(_wait_for_visitors, visit)
            return dsn


async def _wait_for_visitors(visit: VisitLock) -> None:
    while not visit.try_to_take():  # noqa: ASYNC110, another process lets go
        await asyncio.sleep(_POLL_S)


async def _is_usable(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=PATIENCE_S)
        try:
            return await is_current(connection)
        finally:
            await connection.close(timeout=PATIENCE_S)
    except _NOT_YET:
        return False
