"""Wake-ups may be lost, late, or come twice; what is due is found all the same."""

import threading
from typing import Any

from dramatiq import Broker, Message
from dramatiq.brokers.stub import StubBroker

from core.queue import QUEUE, create_broker, send_wake_up
from models.database import transaction
from models.work import (
    DERIVE,
    EMBED,
    RetryRule,
    claim_work,
    finish_work,
    give_back_work,
    take_due_work,
)
from tests.room import Room
from tests.waiting import wait_until
from tests.workers.crews import run_crew
from tests.workers.reasoners import Repeating
from workers.crew import WAKE_UP_LOST_S


class AwayOnce(StubBroker):
    """A broker that is away when the first wake-up is sent."""

    def __init__(self) -> None:
        super().__init__(middleware=[])
        self.declare_queue(QUEUE)
        self.has_failed = threading.Event()

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if self.has_failed.is_set():
            return super().enqueue(message, delay=delay)
        self.has_failed.set()
        raise LookupError("an error of no kind that we know")


async def sweep(room: Room) -> list[str]:
    """Looks once, as the sweeper does; returns what it would wake besides indexing."""
    due = await take_due_work(room.pool, limit=100, lost_after_s=WAKE_UP_LOST_S)
    return [kind for kind, _ in due if kind != EMBED]


async def age_wake_up(room: Room, *, seconds: float) -> None:
    await room.pool.execute(
        "UPDATE work_item SET woken_at = woken_at - make_interval(secs => $1),"
        " due_at = due_at - make_interval(secs => $1)",
        seconds,
    )


async def wait_until_derived(room: Room) -> None:
    async def is_derived() -> bool:
        return await room.get_item() is None

    await wait_until(is_derived)


async def test_what_is_not_due_is_left_alone(room: Room) -> None:
    await room.say("ada", "One.")
    assert await sweep(room) == []


async def test_a_wake_up_is_sent_once_and_again_only_when_it_must_have_been_lost(
    room: Room,
) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    assert [await sweep(room) for _ in range(3)] == [[DERIVE], [], []]
    await age_wake_up(room, seconds=WAKE_UP_LOST_S / 2)
    assert await sweep(room) == []
    await age_wake_up(room, seconds=WAKE_UP_LOST_S / 2)
    assert [await sweep(room) for _ in range(2)] == [[DERIVE], []]


async def test_what_is_due_anew_is_woken_anew(room: Room) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    assert await sweep(room) == [DERIVE]
    lease = await claim_work(room.pool, DERIVE, await room.get_session_id(), lease_s=3_600)
    assert lease is not None
    assert await sweep(room) == []
    rule = RetryRule(attempts=5, first_s=0, most_s=0)
    await give_back_work(room.pool, lease, error="E", rule=rule)
    assert [await sweep(room) for _ in range(2)] == [[DERIVE], []]
    lease = await claim_work(room.pool, DERIVE, await room.get_session_id(), lease_s=3_600)
    assert lease is not None
    async with transaction(room.pool) as connection:
        now = await connection.fetchval("SELECT now()")
        assert await finish_work(connection, lease, reached_sequence=0, next_due_at=now)
    assert [await sweep(room) for _ in range(2)] == [[DERIVE], []]


async def test_dead_and_leased_work_is_not_woken(room: Room) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    lease = await claim_work(room.pool, DERIVE, await room.get_session_id(), lease_s=3_600)
    assert lease is not None
    assert await sweep(room) == []
    await give_back_work(room.pool, lease, error="E", rule=RetryRule(1, 0, 0))
    assert await sweep(room) == []


async def test_work_whose_wake_ups_were_all_lost_is_found_by_the_sweeper(
    room: Room, dsn: str
) -> None:
    await room.say("ada", "One.")  # the room's outbox wakes nobody
    await room.make_due()
    async with run_crew(dsn, Repeating()):
        await wait_until_derived(room)
    assert await room.list_conclusions() == [("One.", [1])]


async def test_duplicate_and_pointless_wake_ups_do_no_harm(room: Room, dsn: str) -> None:
    await room.say("ada", "One.", "Two.", "Three.")
    await room.make_due()
    broker: Broker = create_broker(None)
    session_id = await room.get_session_id()
    reasoner = Repeating()
    async with run_crew(dsn, reasoner, broker=broker):
        for _ in range(50):
            send_wake_up(broker, DERIVE, session_id)
            send_wake_up(broker, DERIVE, room.workspace_id)  # no subject of any work
        await wait_until_derived(room)
    assert reasoner.windows == [[1], [2], [3]]
    assert await room.list_conclusions() == [("One.", [1]), ("Two.", [2]), ("Three.", [3])]


async def test_a_broker_that_fails_does_not_end_the_sweeper(room: Room, dsn: str) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    broker = AwayOnce()
    async with run_crew(dsn, Repeating(), broker=broker) as crew:

        async def has_failed() -> bool:
            return broker.has_failed.is_set()

        await wait_until(has_failed)
        await age_wake_up(room, seconds=WAKE_UP_LOST_S)
        await wait_until_derived(room)
        assert crew.is_working


async def test_two_crews_in_one_process_do_not_disturb_each_other(room: Room, dsn: str) -> None:
    reasoners = Repeating(), Repeating()
    async with run_crew(dsn, reasoners[0]):
        async with run_crew(dsn, reasoners[1]):
            await room.say("ada", "One.")
            await room.make_due()
            await wait_until_derived(room)
        await room.say("ada", "Two.")
        await room.make_due()
        await wait_until_derived(room)
    assert sorted(reasoners[0].windows + reasoners[1].windows) == [[1], [2]]
    assert await room.list_conclusions() == [("One.", [1]), ("Two.", [2])]
