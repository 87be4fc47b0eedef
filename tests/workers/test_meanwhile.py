"""What is written, and asked for, while a worker is at it: nothing is forgotten."""

import asyncio
from datetime import timedelta

from core.position import Position
from models.database import transaction
from models.message import BatchRule
from models.work import DERIVE, ask_for_derivation, claim_work, finish_work, get_derived_position
from resolvers.forget import delete_messages
from tests.room import FULL_AT_ONCE, NEVER, Room
from tests.waiting import TIMEOUT_S
from tests.workers.conftest import CreateServices, CreateWorkshop
from tests.workers.reasoners import Repeating, Thinking
from workers.actor import look_at_subject
from workers.workshop import Workshop

TWO_SHORT = 4
"""Tokens that two of the short messages reach and one does not."""


async def start_looking(room: Room, workshop: Workshop) -> asyncio.Task[None]:
    session_id = await room.get_session_id()
    return asyncio.create_task(look_at_subject(workshop, DERIVE, session_id))


async def wait_for_end(worker: asyncio.Task[None]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        await worker


async def write_between_the_look_and_the_end(
    room: Room, workshop: Workshop, content: str, *, rule: BatchRule
) -> None:
    """Lets a worker see that nothing is due, and something be written before it can say so."""
    async with room.holding_session() as connection:
        worker = await start_looking(room, workshop)
        await room.wait_for_blocked()
        await room.write_within(connection, "ada", content, rule)
    await wait_for_end(worker)


async def test_a_batch_that_fills_between_the_look_and_the_end_is_derived_at_once(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    reasoner = Repeating()
    workshop = create_workshop(reasoner, derive_batch_tokens=TWO_SHORT)
    rule = BatchRule(tokens=TWO_SHORT, age_s=86_400)
    await write_between_the_look_and_the_end(room, workshop, "Two.", rule=rule)
    assert reasoner.windows == [[1, 2]]
    assert (await room.get_derivation()).done == 2


async def test_a_batch_that_only_grows_between_the_look_and_the_end_waits_for_its_age(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    (first,) = await room.say("ada", "One.")
    await room.make_due()
    reasoner = Repeating()
    workshop = create_workshop(reasoner)
    await write_between_the_look_and_the_end(room, workshop, "Two.", rule=NEVER)
    assert reasoner.windows == []
    item = await room.get_item()
    assert item is not None
    assert item["due_at"] == first.recorded_at + timedelta(days=1)


async def test_a_message_that_comes_after_the_last_window_keeps_the_item(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    # Questions, because what takes a position is compared with the rest afterwards.
    await room.say("ada", "One?")
    await ask_for_derivation(room.pool, room.workspace_id, None)
    reasoner = Thinking()
    worker = await start_looking(room, create_workshop(reasoner))
    await reasoner.wait_for_begin()
    async with room.pool.acquire() as connection, connection.transaction():
        # The worker can write its window only after this one, and finds nothing more to do then.
        (second,) = [await room.write_within(connection, "ada", "Two?")]
        reasoner.is_released.set()
        await room.wait_for_blocked()
    await wait_for_end(worker)
    assert reasoner.windows == [[1]]
    item = await room.get_item()
    assert item is not None
    assert item["due_at"] == second.recorded_at + timedelta(days=1)
    assert (await room.get_derivation()).pending == 1


async def test_a_message_sent_while_the_item_is_being_removed_gets_an_item_of_its_own(
    room: Room,
) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    session_id = await room.get_session_id()
    lease = await claim_work(room.pool, DERIVE, session_id, lease_s=3_600)
    assert lease is not None
    async with room.holding_session() as connection:
        assert await finish_work(connection, lease, reached_sequence=1, next_due_at=None)
        sending = asyncio.create_task(room.say("ada", "Two."))
        await room.wait_for_blocked()
    await sending
    item = await room.get_item()
    assert item is not None
    assert item["id"] != lease.item_id
    assert (item["attempts"], item["fence"]) == (0, 0)


async def test_what_is_asked_for_while_the_reasoner_thinks_is_derived_when_it_is_done(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    await ask_for_derivation(room.pool, room.workspace_id, None)
    reasoner = Thinking()
    worker = await start_looking(room, create_workshop(reasoner))
    await reasoner.wait_for_begin()
    await room.say("ada", "Two.")
    session_id = await room.get_session_id()
    asked = await ask_for_derivation(room.pool, room.workspace_id, None)
    assert (DERIVE, session_id) in asked
    reasoner.is_released.set()
    await wait_for_end(worker)
    assert reasoner.windows == [[1], [2]]
    assert await room.get_item() is None


async def test_sending_to_a_leased_item_leaves_the_lease_alone(room: Room) -> None:
    await room.say("ada", "One.")
    await room.make_due()
    await claim_work(room.pool, DERIVE, await room.get_session_id(), lease_s=3_600)
    before = await room.get_item()
    async with transaction(room.pool) as connection:
        written = await room.write_within(connection, "ada", "Two.", FULL_AT_ONCE)
    assert not written.is_work_due
    assert await room.get_item() == before


async def test_a_full_batch_wakes_workers_once_until_they_took_it(room: Room) -> None:
    await room.say("ada", "One.")

    async def write() -> bool:
        async with transaction(room.pool) as connection:
            return (await room.write_within(connection, "ada", "More.", FULL_AT_ONCE)).is_work_due

    assert [await write() for _ in range(3)] == [True, False, False]
    lease = await claim_work(room.pool, DERIVE, await room.get_session_id(), lease_s=3_600)
    assert lease is not None
    assert not await write()
    async with transaction(room.pool) as connection:
        later = lease.claimed_at + timedelta(days=1)
        assert await finish_work(connection, lease, reached_sequence=0, next_due_at=later)
    assert [await write() for _ in range(2)] == [True, False]


async def test_a_later_message_of_an_older_transaction_is_waited_for_all_the_same(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.join("ada")
    async with transaction(room.pool) as connection:
        older = int(await connection.fetchval("SELECT pg_current_xact_id()::text::bigint"))
        (first,) = await room.say("ada", "One?")
        second = await room.write_within(connection, "ada", "Two?")
    assert first.position > Position(older)
    assert second.first_sequence == 2
    assert second.position >= first.position
    assert await get_derived_position(room.pool, room.workspace_id) < first.position
    reasoner = Repeating()
    workshop = create_workshop(reasoner, derive_batch_tokens=1)
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await wait_for_end(await start_looking(room, workshop))
    assert await get_derived_position(room.pool, room.workspace_id) >= second.position


async def test_forgetting_and_deriving_in_one_session_do_not_wait_for_each_other(
    room: Room, create_workshop: CreateWorkshop, create_services: CreateServices
) -> None:
    first, _ = await room.say("ada", "I like tea.", "I like milk.")
    before = create_workshop(Repeating(), derive_batch_tokens=1)
    await room.make_due()
    await wait_for_end(await start_looking(room, before))
    await room.say("ada", "I like coffee.")
    await room.make_due()
    reasoner = Thinking()
    deriving = await start_looking(room, create_workshop(reasoner, derive_batch_tokens=1))
    await reasoner.wait_for_begin()
    async with transaction(room.pool) as connection:
        # Both need the item to compare and the one to derive; whoever takes them the other way
        # round than the other one waits in a circle once the first is free.
        await connection.execute("SELECT FROM work_item WHERE kind = 'link' FOR UPDATE")
        forgetting = asyncio.create_task(delete_messages(create_services(), [first.id]))
        await room.wait_for_blocked()
        reasoner.is_released.set()
        await room.wait_for_blocked(2)
    await asyncio.gather(forgetting, wait_for_end(deriving))
    assert reasoner.windows == [[3]]
    assert [cited for _, cited in await room.list_conclusions()] == [[2], [3]]
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await room.pool.fetchval(query) == 0
