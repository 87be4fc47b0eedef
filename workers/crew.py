"""A crew of workers in this process: Dramatiq's threads, their event loop, and the sweeper."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

import dramatiq
import structlog
from dramatiq.asyncio import EventLoopThread

from core.hints import Hints
from core.queue import ACTOR, QUEUE, send_wake_up
from core.settings import Settings
from core.thread import run_in_thread
from models.database import open_pool
from models.work import take_due_work
from representation.reasoner import Reasoner
from workers.actor import look_at_subject
from workers.workshop import Workshop

SWEPT_AT_ONCE = 500
WAKE_UP_LOST_S = 5.0
"""After how long a wake-up that nobody followed is sent again."""
START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
"""How long running work may take to end before it is interrupted."""

_log = structlog.get_logger(__name__)


class Crew:
    """Starts and stops workers. They work on an event loop of their own, so several can be."""

    def __init__(
        self,
        settings: Settings,
        dsn: str,
        *,
        broker: dramatiq.Broker,
        hints: Hints,
        reasoner: Reasoner,
    ) -> None:
        self._settings = settings
        self._dsn = dsn
        self._broker = broker
        self._hints = hints
        self._reasoner = reasoner
        self._worker = dramatiq.Worker(
            broker, worker_timeout=100, worker_threads=settings.worker_threads
        )
        self._loop = EventLoopThread(logging.getLogger(__name__))
        self._workshop: Workshop | None = None
        self._sweeper: asyncio.Task[None] | None = None
        dramatiq.actor(broker=broker, actor_name=ACTOR, queue_name=QUEUE)(self._look)

    @property
    def is_working(self) -> bool:
        """Whether the sweeper runs, and with it the event loop that the work is done on."""
        return self._sweeper is not None and not self._sweeper.done()

    async def start(self) -> None:
        """Starts the workers; from then on they take what is due. Leaves nothing if it fails."""
        try:
            await run_in_thread(self._start)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Lets running work end, for a while; what is left is interrupted and given back."""
        await run_in_thread(self._stop)

    def _start(self) -> None:
        self._loop.start(timeout=START_TIMEOUT_S)
        self._loop.run_coroutine(self._open())
        self._worker.start()

    def _stop(self) -> None:
        self._worker.stop(int(STOP_TIMEOUT_S * 1000))
        if self._loop.is_alive():
            self._loop.run_coroutine(self._close())
            self._loop.stop()  # type: ignore[no-untyped-call]

    async def _open(self) -> None:
        pool = await open_pool(self._dsn, connections=self._settings.database_connections)
        self._workshop = Workshop(self._settings, pool, self._hints, self._reasoner)
        self._sweeper = asyncio.create_task(self._sweep(self._workshop))

    async def _close(self) -> None:
        """Ends whatever still runs on the loop: the sweeper, and work that did not end in time."""
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._workshop is not None:
            await self._workshop.reasoner.close()
            self._workshop.pool.terminate()

    def _look(self, kind: str, subject: str) -> None:
        """Called by Dramatiq's threads for each wake-up."""
        if self._workshop is not None:
            self._loop.run_coroutine(look_at_subject(self._workshop, kind, UUID(subject)))

    async def _sweep(self, workshop: Workshop) -> None:
        """Sends wake-ups for whatever is due, again and again: no lost one is lost for long."""
        while True:
            try:
                due = await take_due_work(
                    workshop.pool, limit=SWEPT_AT_ONCE, lost_after_s=WAKE_UP_LOST_S
                )
                await run_in_thread(lambda due=due: self._send(due))  # type: ignore[misc]
            except Exception as error:
                # The database, or any broker's errors: once it is back, the next sweep finds it.
                _log.warning("due work not woken", error=type(error).__name__)
            await asyncio.sleep(self._settings.sweep_s)

    def _send(self, due: Sequence[tuple[str, UUID]]) -> None:
        for kind, subject_id in due:
            send_wake_up(self._broker, kind, subject_id)
