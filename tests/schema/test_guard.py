"""The guard before every field, whatever the transport."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from core.hints import Hints
from core.queue import WakeUps, create_broker
from models.key import revoke_key
from models.sight import KeyKind, Sight
from representation.builtin.reasoner import BuiltinReasoner
from resolvers.key import ANYBODY, Viewer, WantedKey, create_key, get_viewer
from resolvers.key_watch import TASK, KeyWatch
from resolvers.live import Tails
from resolvers.services import Services
from schema.context import Context
from schema.schema import Schema, create_schema
from tests.conftest import create_settings
from tests.room import Room, open_room
from tests.waiting import wait_until

FOLLOW = 'subscription { derivation(workspace: "house") { done } }'


@pytest.fixture
async def services(dsn: str) -> AsyncIterator[Services]:
    async with open_room(dsn) as room:
        yield create_services(room, dsn)


def create_services(room: Room, dsn: str) -> Services:
    hints = Hints()
    return Services(
        settings=create_settings(dsn),
        pool=room.pool,
        hints=hints,
        wake_ups=WakeUps(create_broker(None)),
        reasoner=BuiltinReasoner(),
        outbox=room.outbox,
        tails=Tails(room.pool, hints, poll_s=0.1),
        key_watch=KeyWatch(room.pool, poll_s=0.1),
    )


async def make_viewer(services: Services) -> Viewer:
    wanted = WantedKey("k", KeyKind.WORKSPACE, workspace="house")
    _, secret = await create_key(services.pool, ANYBODY, wanted)
    assert secret is not None
    return await get_viewer(services.pool, secret)


async def test_a_stream_ends_with_its_key(services: Services) -> None:
    viewer = await make_viewer(services)
    schema = create_schema()
    stream = await schema.subscribe(FOLLOW, context_value=Context(services, viewer))
    first = await anext(stream)  # type: ignore[arg-type]
    assert (first.errors, first.data) == (None, {"derivation": {"done": 0}})
    assert viewer.key_id is not None
    await revoke_key(services.pool, viewer.key_id, grace_s=0)
    last = await anext(stream)  # type: ignore[arg-type]
    assert last.errors is not None
    assert last.errors[0].message == "the key was revoked or has expired"
    assert last.errors[0].extensions == {"code": "UNAUTHENTICATED"}


async def test_a_stream_that_nobody_reads_any_more_lets_go_of_its_key(services: Services) -> None:
    viewer = await make_viewer(services)
    stream = await create_schema().subscribe(FOLLOW, context_value=Context(services, viewer))
    await anext(stream)  # type: ignore[arg-type]
    assert not await is_nobody_watching()
    await stream.aclose()  # type: ignore[union-attr]
    await wait_until(is_nobody_watching)


async def is_nobody_watching() -> bool:
    return TASK not in {task.get_name() for task in asyncio.all_tasks()}


async def test_without_a_rule_a_field_is_refused(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema: Schema = create_schema()
    monkeypatch.setattr("schema.guard.RULES", {})
    sight = Sight(KeyKind.WORKSPACE, UUID(int=1), "house")
    result = await schema.execute(
        "{ viewer { kind } }", context_value=Context(services, Viewer(sight))
    )
    assert result.errors is not None
    assert result.errors[0].message == "viewer is not for WORKSPACE keys"
    assert result.errors[0].extensions == {"code": "FORBIDDEN"}
