"""Following a workspace: one tail reads its new events and wakes the followers they concern.

A follower registers its interest before it reads the state it starts from, and reads from its own
place in the truth whenever it is woken. What happens between the two is therefore never missed,
and what it has sent already is never sent again. Wake-ups coalesce, so a slow follower costs
nothing but its place.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import structlog

from core.hints import Hints
from core.position import START, Position
from models.database import Pool
from models.event import EventKind, EventRow, get_newest_event, list_events
from models.workspace import has_workspace

EVENTS_PER_READ = 1_000
UNSETTLED_WAIT_S = 0.005
"""How long to wait for an open transaction before looking again."""

_CHANGES = (EventKind.MESSAGE_CHANGED, EventKind.MESSAGES_DELETED)

_log = structlog.get_logger(__name__)

Interest = Callable[[EventRow], bool]
"""Tells whether an event concerns a follower."""


Place = Hashable
"""How far a stream is. Two streams of one question at equal places go on alike."""


def _ignore() -> None:
    """What happens at a rest that nobody watches."""


@dataclass(slots=True, eq=False)
class Trail:
    """Where one stream is, told by who makes its events to who sends them.

    It moves right before each event, and rests when all there is was sent. A stream whose trail
    has a `start` goes on from that place, whatever it was asked to begin with.
    """

    start: Place | None = None
    on_rest: Callable[[], None] = _ignore
    place: Place | None = None
    after: str | None = None
    """The token of the last event that was got: what is asked to begin with counts less."""
    token: str | None = None
    """What a client goes on from after the next event; None: it begins anew."""

    def move(self, place: Place, token: object = None) -> None:
        """Tells that the next event leads to this place."""
        self.place = place
        self.token = None if token is None else str(token)

    def rest(self, place: Place) -> None:
        """Tells that all up to this place was sent, and that the stream waits for news."""
        self.place = place
        self.on_rest()


@dataclass(slots=True, eq=False)
class Follower:
    """Somebody who waits for events that concern them."""

    concerns: Interest
    tail: "Tail"
    trail: Trail
    passed: Position | None = None
    """For whom every position is a place: the last one, also of what is of no concern."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _is_over: bool = False
    _is_waiting: bool = False

    def wake(self) -> None:
        self._news.set()

    def end(self) -> None:
        """Tells that nothing will come any more."""
        self._is_over = True
        self._news.set()

    def pass_by(self, position: Position) -> None:
        """Tells that what happened up to here concerns somebody else."""
        is_resting = self._is_waiting and not self._news.is_set()
        if is_resting and self.passed is not None and self.passed < position:
            self.passed = position
            self.trail.rest(position)

    async def wait(self, place: Place) -> bool:
        """Rests until there was news since the last wait ended; False: the workspace is gone."""
        self._is_waiting = True
        self.trail.rest(place)
        await self._news.wait()
        self._is_waiting = False
        self._news.clear()
        return not self._is_over


class Tail:
    """Reads one workspace's events once for all its followers."""

    def __init__(self, pool: Pool, hints: Hints, workspace_id: UUID, *, poll_s: float) -> None:
        self._pool = pool
        self._hints = hints
        self._workspace_id = workspace_id
        self._poll_s = poll_s
        self.followers: set[Follower] = set()
        self._start = START
        self._changes: dict[UUID, Position] = {}

    def get_change(self, session_id: UUID) -> Position:
        """Returns the newest position at which messages of a session were changed or deleted.

        Or, if none were while this runs, where it began: the same for all who follow.
        """
        return self._changes.get(session_id, self._start)

    async def run(self, started: asyncio.Event) -> None:
        """Reads until cancelled; `started` is set once nothing later can be missed."""
        with self._hints.listen(self._workspace_id) as listener:
            position = self._start = await get_newest_event(self._pool, self._workspace_id)
            started.set()
            while True:
                await listener.wait(timeout_s=self._poll_s)
                position = await self._read(position)

    async def _read(self, position: Position) -> Position:
        is_more_coming = True
        while is_more_coming:
            try:
                events, is_more_coming = await list_events(
                    self._pool, self._workspace_id, after=position, limit=EVENTS_PER_READ
                )
                # Its events go with it, so nothing else would tell.
                if not events and not await has_workspace(self._pool, self._workspace_id):
                    self._end()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                # The database is away. Followers wait; the next poll goes on from the same place.
                _log.warning("events not read", error=repr(error))
                return position
            for event in events:
                self.tell(event)
            if events:
                position = events[-1].position
            elif is_more_coming:
                await asyncio.sleep(UNSETTLED_WAIT_S)
        return position

    def _end(self) -> None:
        for follower in self.followers:
            follower.end()

    def tell(self, event: EventRow) -> None:
        """Wakes those whom an event concerns."""
        if event.kind in _CHANGES and event.session_id is not None:
            self._changes[event.session_id] = event.position
        # A copy: whoever passes by an event may join others at their place, and end.
        for follower in tuple(self.followers):
            if follower.concerns(event):
                follower.wake()
            else:
                follower.pass_by(event.position)


class Tails:
    """The tails of one process, each running while somebody follows its workspace."""

    def __init__(self, pool: Pool, hints: Hints, *, poll_s: float) -> None:
        self._pool = pool
        self._hints = hints
        self._poll_s = poll_s
        self._tails: dict[UUID, tuple[Tail, asyncio.Event, asyncio.Task[None]]] = {}

    @asynccontextmanager
    async def follow(
        self, workspace_id: UUID, concerns: Interest, trail: Trail
    ) -> AsyncIterator[Follower]:
        """Registers a follower for the block; every later event that concerns it wakes it."""
        tail, started, task = self._get_tail(workspace_id)
        follower = Follower(concerns, tail, trail)
        tail.followers.add(follower)
        try:
            await _wait_for_start(started, task)
            yield follower
        finally:
            tail.followers.discard(follower)
            if not tail.followers and self._tails.get(workspace_id, (None,))[0] is tail:
                del self._tails[workspace_id]
                task.cancel()

    async def close(self) -> None:
        """Ends every tail."""
        tasks = [task for _, _, task in self._tails.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _get_tail(self, workspace_id: UUID) -> tuple[Tail, asyncio.Event, asyncio.Task[None]]:
        if workspace_id not in self._tails:
            tail = Tail(self._pool, self._hints, workspace_id, poll_s=self._poll_s)
            started = asyncio.Event()
            task = asyncio.create_task(tail.run(started))
            self._tails[workspace_id] = (tail, started, task)
        return self._tails[workspace_id]


async def _wait_for_start(started: asyncio.Event, task: asyncio.Task[None]) -> None:
    """Waits until the tail reads; raises what kept it from doing so."""
    waiting = asyncio.create_task(started.wait())
    try:
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        if not started.is_set():
            task.result()
    finally:
        waiting.cancel()
