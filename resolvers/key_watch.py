"""Tells streams that the key they were opened with is revoked, expired or gone.

One question to the database for all streams of the process: at once when a key is revoked here,
and every few seconds for what happens elsewhere and for keys that expire.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from models.database import AWAY, Pool
from models.key import list_valid_ids

TASK = "key watch"

_log = structlog.get_logger(__name__)


class KeyWatch:
    """Watches the keys of all streams of one process, while there are any."""

    def __init__(self, pool: Pool, *, poll_s: float) -> None:
        self._pool = pool
        self._poll_s = poll_s
        self._endings: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, key_id: UUID | None) -> AsyncIterator[asyncio.Event]:
        """Yields an event that is set once the key has ended; without a key it never is.

        A key that ended just before is found out too.
        """
        ending = asyncio.Event()
        if key_id is None:
            yield ending
            return
        self._endings[key_id].add(ending)
        self.look()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=TASK)
        try:
            yield ending
        finally:
            self._endings[key_id].discard(ending)
            if not self._endings[key_id]:
                del self._endings[key_id]
            if not self._endings and self._task is not None:
                self._task.cancel()
                self._task = None

    def look(self) -> None:
        """Looks now instead of in a while; call it after a key was revoked."""
        self._look.set()

    async def close(self) -> None:
        """Stops looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._poll_s):
                    await self._look.wait()
            except TimeoutError:
                pass  # it is time to look anyway
            self._look.clear()
            await self._end_those_gone()

    async def _end_those_gone(self) -> None:
        watched = list(self._endings)
        try:
            valid = await list_valid_ids(self._pool, watched)
        except AWAY as error:
            _log.warning("keys not checked", error=repr(error))
            return
        for key_id in watched:
            if key_id not in valid:
                for ending in self._endings.get(key_id, ()):
                    ending.set()
