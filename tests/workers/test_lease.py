"""One worker at a time writes for a subject: whoever holds its newest lease."""

import asyncio
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from structlog.testing import capture_logs

from models.work import DERIVE, claim_work, finish_work, keep_lease, renew_lease
from tests.room import Room
from tests.waiting import TIMEOUT_S, wait_until
from tests.workers.conftest import CreateWorkshop
from tests.workers.crews import run_crew
from tests.workers.reasoners import Repeating, Thinking
from workers.actor import look_at_subject
from workers.workshop import Workshop

RENEWED_OFTEN = {"lease_s": 0.3, "derive_batch_tokens": 1}


def start_looking(workshop: Workshop, session_id: UUID) -> asyncio.Task[None]:
    return asyncio.create_task(look_at_subject(workshop, DERIVE, session_id))


async def wait_for_end(worker: asyncio.Task[None]) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        await worker


async def say_and_let_due(room: Room, *contents: str) -> UUID:
    await room.say("ada", *contents)
    await room.make_due()
    return await room.get_session_id()


async def wait_for_renewal(room: Room) -> None:
    async def get_end() -> object:
        return await room.pool.fetchval("SELECT leased_until FROM work_item WHERE kind = 'derive'")

    first = await get_end()

    async def is_renewed() -> bool:
        return await get_end() != first

    await wait_until(is_renewed)


async def test_a_worker_whose_work_was_done_by_another_writes_nothing(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.", "I fly at night.")
    slow, quick = Thinking(), Repeating()
    worker = start_looking(create_workshop(slow, derive_batch_tokens=1), session_id)
    await slow.wait_for_begin()
    await room.make_due()
    await look_at_subject(create_workshop(quick, derive_batch_tokens=1), DERIVE, session_id)
    assert quick.windows == [[1], [2]]
    slow.is_released.set()
    await wait_for_end(worker)
    assert slow.windows == [[1]]
    assert await room.list_conclusions() == [("I am a pilot.", [1]), ("I fly at night.", [2])]
    assert await room.get_item() is None


async def test_a_worker_whose_lease_was_taken_over_writes_nothing_though_nothing_was_written_yet(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    old, new = Thinking(), Thinking()
    old_worker = start_looking(create_workshop(old, derive_batch_tokens=1), session_id)
    await old.wait_for_begin()
    await room.make_due()
    new_worker = start_looking(create_workshop(new, derive_batch_tokens=1), session_id)
    await new.wait_for_begin()
    old.is_released.set()
    await wait_for_end(old_worker)
    assert (old.windows, await room.list_conclusions()) == ([[1]], [])
    assert (await room.get_derivation()).leased == 1
    new.is_released.set()
    await wait_for_end(new_worker)
    assert await room.list_conclusions() == [("I am a pilot.", [1])]


async def test_only_one_worker_gets_an_item(room: Room) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    leases = await asyncio.gather(
        *(claim_work(room.pool, DERIVE, session_id, lease_s=3_600) for _ in range(10))
    )
    assert [lease.fence for lease in leases if lease] == [1]


async def test_a_stale_lease_is_not_renewed_kept_or_finished(room: Room) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    stale = await claim_work(room.pool, DERIVE, session_id, lease_s=3_600)
    await room.make_due()
    current = await claim_work(room.pool, DERIVE, session_id, lease_s=3_600)
    assert stale is not None
    assert current is not None
    before = await room.get_item()
    async with room.pool.acquire() as connection:
        assert not await renew_lease(connection, stale, lease_s=7_200)
        assert not await keep_lease(connection, stale)
        assert not await finish_work(connection, stale, reached_sequence=1, next_due_at=None)
    assert await room.get_item() == before
    assert (stale.fence, current.fence) == (1, 2)


async def test_a_lease_is_renewed_while_the_reasoner_thinks(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    reasoner = Thinking()
    worker = start_looking(create_workshop(reasoner, **RENEWED_OFTEN), session_id)
    await reasoner.wait_for_begin()
    await wait_for_renewal(room)
    await wait_for_renewal(room)
    reasoner.is_released.set()
    await wait_for_end(worker)
    assert await room.list_conclusions() == [("I am a pilot.", [1])]


async def test_thinking_is_interrupted_when_the_lease_is_lost(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    reasoner = Thinking()
    worker = start_looking(create_workshop(reasoner, **RENEWED_OFTEN), session_id)
    await reasoner.wait_for_begin()
    await room.pool.execute(
        "UPDATE work_item SET fence = fence + 1, leased_until = now() + interval '1 hour'"
    )
    await wait_for_end(worker)
    assert reasoner.was_interrupted
    assert worker.cancelling() == 0
    assert await room.list_conclusions() == []


async def test_a_database_that_is_away_for_a_moment_does_not_cost_the_lease(
    room: Room, create_workshop: CreateWorkshop, dsn: str
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    reasoner = Thinking()
    with capture_logs() as logs:
        worker = start_looking(create_workshop(reasoner, **RENEWED_OFTEN), session_id)
        await reasoner.wait_for_begin()
        await _set_connectable(dsn, False)

        async def has_failed() -> bool:
            return any(entry["event"] == "lease not renewed" for entry in logs)

        await wait_until(has_failed)
        await _set_connectable(dsn, True)
        await wait_for_renewal(room)
        reasoner.is_released.set()
        await wait_for_end(worker)
    assert await room.list_conclusions() == [("I am a pilot.", [1])]


async def test_the_item_of_a_crashed_worker_is_taken_over_when_its_lease_expires(
    room: Room, dsn: str
) -> None:
    session_id = await say_and_let_due(room, "I am a pilot.")
    assert await claim_work(room.pool, DERIVE, session_id, lease_s=0.5)
    reasoner = Repeating()
    async with run_crew(dsn, reasoner):

        async def is_derived() -> bool:
            return await room.get_item() is None

        await wait_until(is_derived)
    assert reasoner.windows == [[1]]
    assert await room.list_conclusions() == [("I am a pilot.", [1])]


async def test_a_crew_that_is_stopped_gives_back_what_it_interrupts(room: Room, dsn: str) -> None:
    await say_and_let_due(room, "I am a pilot.")
    reasoner = Thinking()
    async with run_crew(dsn, reasoner):
        await reasoner.wait_for_begin()
    assert reasoner.was_interrupted
    item = await room.get_item()
    assert item is not None
    assert (item["leased_until"], item["woken_at"], item["attempts"]) == (None, None, 0)
    second = Repeating()
    async with run_crew(dsn, second):

        async def is_derived() -> bool:
            return await room.get_item() is None

        await wait_until(is_derived)
    assert second.windows == [[1]]


async def _set_connectable(dsn: str, is_connectable: bool) -> None:
    """Throws everybody out of the database, or lets them in again."""
    database = urlsplit(dsn).path.lstrip("/")
    connection = await asyncpg.connect(dsn, database="postgres")
    await connection.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS {is_connectable}")
    if not is_connectable:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        await connection.execute(query, database)
    await connection.close()
