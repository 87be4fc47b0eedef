"""Tails that are turned by hand, so that what is sent does not depend on time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from core.hints import Hints
from core.position import START, Position
from models.database import Pool
from models.event import list_events
from resolvers.live import EVENTS_PER_READ, Follower, Interest, Place, Tail, Tails, Trail
from tests.waiting import wait_until


class HandFollower(Follower):
    """Says when it has nothing left to do."""

    def __init__(self, concerns: Interest, tail: Tail, trail: Trail) -> None:
        super().__init__(concerns, tail, trail)
        self.is_idle = asyncio.Event()

    def wake(self) -> None:
        self.is_idle.clear()
        super().wake()

    async def wait(self, place: Place) -> bool:
        if not self._news.is_set():
            self.is_idle.set()
        return await super().wait(place)


class HandTails(Tails):
    """Tells followers of events when a test says so, and waits until they have done with them."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, Hints(), poll_s=3_600)
        self._places: dict[UUID, Position] = {}
        self._stopped: dict[UUID, Tail] = {}
        self._followers: dict[UUID, set[HandFollower]] = {}

    @asynccontextmanager
    async def follow(
        self, workspace_id: UUID, concerns: Interest, trail: Trail
    ) -> AsyncIterator[Follower]:
        tail = self._stopped.setdefault(
            workspace_id, Tail(self._pool, self._hints, workspace_id, poll_s=self._poll_s)
        )
        follower = HandFollower(concerns, tail, trail)
        followers = self._followers.setdefault(workspace_id, set())
        followers.add(follower)
        tail.followers.add(follower)
        try:
            yield follower
        finally:
            followers.discard(follower)
            tail.followers.discard(follower)

    async def wait_for_followers(self, workspace_id: UUID, count: int) -> None:
        """Waits until so many follow, and have been sent what they begin with."""

        async def are_there() -> bool:
            return len(self._followers.get(workspace_id, ())) == count

        await wait_until(are_there)
        await self._wait_for_idleness(workspace_id)

    async def turn(self, workspace_id: UUID) -> None:
        """Tells of all that has happened since the last turn."""
        is_more_coming = True
        while is_more_coming:
            events, is_more_coming = await list_events(
                self._pool,
                workspace_id,
                after=self._places.get(workspace_id, START),
                limit=EVENTS_PER_READ,
            )
            for event in events:
                self._places[workspace_id] = event.position
                self._stopped[workspace_id].tell(event)
        await self._wait_for_idleness(workspace_id)

    async def _wait_for_idleness(self, workspace_id: UUID) -> None:
        for follower in tuple(self._followers.get(workspace_id, ())):
            await follower.is_idle.wait()
