"""A room per test, and workers that a test runs by hand."""

from collections.abc import AsyncIterator, Callable

import pytest

from core.hints import Hints
from core.queue import WakeUps, create_broker
from representation.builtin.reasoner import BuiltinReasoner
from representation.reasoner import Reasoner
from resolvers.key_watch import KeyWatch
from resolvers.live import Tails
from resolvers.services import Services
from tests.conftest import create_settings
from tests.room import Room, open_room
from workers.workshop import Workshop

CreateWorkshop = Callable[..., Workshop]
CreateServices = Callable[[], Services]


@pytest.fixture
async def room(dsn: str) -> AsyncIterator[Room]:
    async with open_room(dsn) as room:
        yield room


@pytest.fixture
def create_workshop(room: Room, dsn: str) -> CreateWorkshop:
    """Makes what a worker works with; nothing is due by age, and leases last."""

    def create(reasoner: Reasoner, **settings: object) -> Workshop:
        changes = {"derive_batch_age_s": 86_400, "lease_s": 3_600, **settings}
        return Workshop(create_settings(dsn, **changes), room.pool, Hints(), reasoner)

    return create


@pytest.fixture
def create_services(room: Room, dsn: str) -> CreateServices:
    """Makes what a resolver works with, in another process as far as workers can tell."""

    def create() -> Services:
        hints = Hints()
        return Services(
            settings=create_settings(dsn),
            pool=room.pool,
            hints=hints,
            wake_ups=WakeUps(create_broker(None)),
            reasoner=BuiltinReasoner(),
            outbox=room.outbox,
            tails=Tails(room.pool, hints, poll_s=1),
            key_watch=KeyWatch(room.pool, poll_s=1),
        )

    return create
