"""The places of a stream: from each of them another one goes on as the first did."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from core.hints import Hints
from core.position import START
from core.queue import WakeUps, create_broker
from models.database import Pool
from representation.builtin.reasoner import BuiltinReasoner
from resolvers.event import follow_events
from resolvers.key_watch import KeyWatch
from resolvers.live import Tails, Trail
from resolvers.message import MessageChange, follow_messages
from resolvers.services import Services
from tests.client import TIMEOUT_S, Client, Workspace
from tests.conftest import create_settings
from tests.room import create_outbox

Follow = Callable[[Services, Workspace, Trail], AsyncGenerator[Any, None]]


def follow_all_messages(
    services: Services, workspace: Workspace, trail: Trail
) -> AsyncGenerator[Any, None]:
    return follow_messages(
        services, workspace.name, "s", after=0, last=None, vantage=None, trail=trail
    )


def follow_all_events(
    services: Services, workspace: Workspace, trail: Trail
) -> AsyncGenerator[Any, None]:
    return follow_events(
        services,
        workspace.name,
        after=str(START),
        kinds=None,
        session="s",
        peer=None,
        trail=trail,
    )


@asynccontextmanager
async def run_services(pool: Pool, dsn: str) -> AsyncIterator[Services]:
    settings = create_settings(dsn)
    hints = Hints()
    tails = Tails(pool, hints, poll_s=settings.poll_s)
    try:
        yield Services(
            settings=settings,
            pool=pool,
            hints=hints,
            wake_ups=WakeUps(create_broker(None)),
            reasoner=BuiltinReasoner(),
            outbox=create_outbox(pool),
            tails=tails,
            key_watch=KeyWatch(pool, poll_s=settings.poll_s),
        )
    finally:
        await tails.close()


def split(told: list[Any]) -> tuple[list[Any], list[Any]]:
    """Parts what was said from what was forgotten: a late reader may be told that later."""
    is_loss = [isinstance(each, MessageChange) and each.row is None for each in told]
    pairs = list(zip(told, is_loss, strict=True))
    return [each for each, lost in pairs if not lost], [each for each, lost in pairs if lost]


async def take(changes: AsyncGenerator[Any, None], count: int) -> list[Any]:
    async with asyncio.timeout(TIMEOUT_S):
        return [await anext(changes) for _ in range(count)]


@pytest.mark.parametrize(("follow", "total"), [(follow_all_messages, 11), (follow_all_events, 5)])
async def test_from_each_place_a_stream_goes_on_as_the_first_did(
    client: Client, pool: Pool, shared_dsn: str, workspace: Workspace, follow: Follow, total: int
) -> None:
    await workspace.say("s", "al", "Hello!", "Hello!", "Hello!", "Hello!")
    async with run_services(pool, shared_dsn) as services:
        trail = Trail()
        async with aclosing(follow(services, workspace, trail)) as changes:
            told, places = [], []
            begun = {follow_all_messages: 4, follow_all_events: 2}[follow]
            told += await _take_with_places(changes, begun, trail, places)
            # Both in one transaction, and then another one.
            await workspace.forget_messages("s", 1, 2, 4)
            await workspace.forget_messages("s", 3)
            await workspace.say("s", "al", "Hello!", "Hello!", "Hello!")
            told += await _take_with_places(changes, total - begun, trail, places)
        # Before, there were messages that no longer are.
        for i, place in enumerate(places[begun - 1 :], begun - 1):
            resumed = follow(services, workspace, Trail(start=place))
            async with aclosing(resumed):
                rest = await take(resumed, total - i - 1)
                assert split(rest) == split(told[i + 1 :])


async def _take_with_places(
    changes: AsyncGenerator[Any, None], count: int, trail: Trail, places: list[Any]
) -> list[Any]:
    told = []
    for _ in range(count):
        told += await take(changes, 1)
        places.append(trail.place)
    return told


async def test_a_place_in_a_session_that_is_gone_leads_nowhere(
    pool: Pool, shared_dsn: str, workspace: Workspace
) -> None:
    await workspace.say("s", "al", "Hello!")
    async with run_services(pool, shared_dsn) as services:
        trail = Trail()
        async with aclosing(follow_all_messages(services, workspace, trail)) as changes:
            await take(changes, 1)
        await workspace.forget("deleteSession", session="s")
        await workspace.say("s", "al", "Another one.")
        async with aclosing(
            follow_all_messages(services, workspace, Trail(start=trail.place))
        ) as resumed:
            assert [change async for change in resumed] == []
