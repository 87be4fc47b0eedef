"""Hints that a workspace has news. They carry nothing and may be lost: readers also poll.

Thread-safe: workers and the API may run on different event loops of one process. What takes hints
to other processes is in core/bus.py.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID


class Listener:
    """Waits, on the event loop it was made on, for hints of one workspace."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._hinted = asyncio.Event()

    def notify(self) -> None:
        """Wakes the listener; hints that come while it is awake count as one."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hinted.set)

    async def wait(self, *, timeout_s: float) -> None:
        """Returns at the next hint, or after the timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._hinted.wait()
        except TimeoutError:
            return  # polling is what makes hints optional
        finally:
            self._hinted.clear()


class Hints:
    """Carries hints between the parts of one process, and hands them to who takes them further."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, set[Listener]] = defaultdict(set)
        self._publish: Callable[[UUID], None] | None = None

    def publish_with(self, publish: Callable[[UUID], None]) -> None:
        """Has what is told here told to other processes too."""
        self._publish = publish

    def notify(self, workspace_id: UUID) -> None:
        """Tells everybody who listens to the workspace to look; call it after the commit."""
        self.wake(workspace_id)
        if self._publish is not None:
            self._publish(workspace_id)

    def wake(self, workspace_id: UUID) -> None:
        """Tells the listeners of this process alone."""
        for listener in tuple(self._listeners.get(workspace_id, ())):
            listener.notify()

    @contextmanager
    def listen(self, workspace_id: UUID) -> Iterator[Listener]:
        """Registers a listener for the duration of the block."""
        listener = Listener()
        self._listeners[workspace_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[workspace_id].discard(listener)
            if not self._listeners[workspace_id]:
                del self._listeners[workspace_id]
