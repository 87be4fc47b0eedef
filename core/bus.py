"""Takes hints from process to process, over a line: PostgreSQL (models/hint.py) or Redis.

Hints gather while others are on their way, so that writers in a hurry cost a statement now and
then, not one each. Whatever fails costs the time until the next poll, and is tried again.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

import structlog

CHANNEL = "vantage_hint"
"""One for all: each further channel costs every writer (NOTIFY looks at all listeners)."""
GATHER_S = 0.01
"""How long hints gather after some were sent. The first after a pause goes at once."""
HEARTBEAT_S = 10.0
"""How often a line has to show that what is sent is also heard."""
ANSWER_S = 5.0
"""How long a line may take for anything."""
RETRY_S, LONGEST_RETRY_S = 0.5, 30.0
"""After how long another line is tried: twice as long each time."""

_log = structlog.get_logger(__name__)

Hear = Callable[[str], None]


class Line(Protocol):
    """A connection to what hands each text to every process on the channel, the sender too."""

    async def send(self, texts: Sequence[str]) -> None: ...


OpenLine = Callable[[Hear], AbstractAsyncContextManager[Line]]


class Bus:
    """The end of the bus in one process. `wake` gets the workspaces that others hinted at."""

    def __init__(self, open_line: OpenLine, wake: Callable[[UUID], None]) -> None:
        self._open_line = open_line
        self._wake = wake
        self._name = uuid.uuid4().hex
        """Marks what comes from here: it was told here already."""
        self._loop = asyncio.get_running_loop()
        self._gathered: dict[UUID, None] = {}
        self._has_gathered = asyncio.Event()
        self._heard_itself = asyncio.Event()
        self._retry_s = RETRY_S

    def publish(self, workspace_id: UUID) -> None:
        """Tells the other processes, soon; from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._gather, workspace_id)

    async def wait_until_heard(self) -> None:
        """Returns once what is sent is heard, or when that takes too long: it may come later."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._heard_itself.wait()
        except TimeoutError:
            return  # run() logs why, and polling goes on meanwhile

    async def run(self) -> None:
        """Carries hints until cancelled, over one line after another if need be."""
        while True:
            try:
                async with self._open_line(self._hear) as line:
                    await self._carry(line)
            except Exception as error:
                # Whatever the line's library raises: hints may be lost, and the next line is tried.
                _log.warning("hints do not reach other processes", error=repr(error))
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)

    def _gather(self, workspace_id: UUID) -> None:
        self._gathered[workspace_id] = None
        self._has_gathered.set()

    def _hear(self, text: str) -> None:
        sender, _, workspace = text.partition(" ")
        if sender == self._name:
            self._heard_itself.set()
        elif workspace:
            self._wake(UUID(workspace))

    async def _carry(self, line: Line) -> None:
        while True:
            await self._check(line)
            self._retry_s = RETRY_S
            beats_at = self._loop.time() + HEARTBEAT_S
            while self._loop.time() < beats_at and await self._wait_for_some(until=beats_at):
                gathered, self._gathered = self._gathered, {}
                await self._send(line, [f"{self._name} {id_.hex}" for id_ in gathered])
                await asyncio.sleep(GATHER_S)

    async def _check(self, line: Line) -> None:
        """Raises TimeoutError if we do not hear ourselves: poolers and dead peers say nothing."""
        self._heard_itself.clear()
        await self._send(line, [self._name])
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._heard_itself.wait()
        except TimeoutError:
            raise TimeoutError("what is sent is not heard") from None

    async def _send(self, line: Line, texts: Sequence[str]) -> None:
        async with asyncio.timeout(ANSWER_S):
            await line.send(texts)

    async def _wait_for_some(self, *, until: float) -> bool:
        """Tells whether hints have gathered by then."""
        try:
            async with asyncio.timeout_at(until):
                await self._has_gathered.wait()
        except TimeoutError:
            return False
        self._has_gathered.clear()
        return True
