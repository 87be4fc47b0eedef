"""Deriving a session: its windows, its faults, and what is written meanwhile."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest

from models.dead_work import list_dead_work
from models.work import DERIVE, ask_for_derivation
from resolvers.outbox import Draft
from server.app import create_app
from server.runtime import Runtime
from tests.room import FULL_AT_ONCE, Room, create_outbox
from tests.waiting import TIMEOUT_S
from tests.workers.conftest import CreateServices, CreateWorkshop
from tests.workers.crews import run_crew
from tests.workers.reasoners import Failing, Repeating, Silent
from workers.actor import FAULTS, OUTAGES, look_at_subject
from workers.workshop import Workshop

READ_DEAD = """
{ workspace(name: "house") { derivation {
  pending leased retrying dead done deadItems { kind subject attempts error } } } }
"""


async def look(room: Room, workshop: Workshop) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        await look_at_subject(workshop, DERIVE, await room.get_session_id())


async def fail_once(room: Room, workshop: Workshop, *, next_try_in_s: float) -> None:
    """Lets a worker try and fail, and checks when the item is due again."""
    await room.make_due()
    before = await room.pool.fetchval("SELECT now()")
    await look(room, workshop)
    after = await room.pool.fetchval("SELECT now()")
    item = await room.get_item()
    assert item is not None
    assert item["leased_until"] is None
    delay = timedelta(seconds=next_try_in_s)
    assert before + delay <= item["due_at"] <= after + delay


async def test_every_window_is_given_to_the_reasoner_once_and_in_order(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.", "Two.", "Three.")
    reasoner = Repeating()
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await look(room, create_workshop(reasoner, derive_batch_tokens=4))
    assert reasoner.windows == [[1, 2], [3]]
    assert await room.list_conclusions() == [("One.", [1]), ("Two.", [2]), ("Three.", [3])]


async def test_a_window_ends_where_its_audience_changes(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.join("ada", "ben", observe_others=True)
    await room.say("ada", "One.", "Two.")
    await room.join("cleo", observe_others=True)
    await room.say("ben", "Three.")
    await room.leave("cleo")
    await room.say("ada", "Four.")
    reasoner = Repeating()
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await look(room, create_workshop(reasoner))
    assert reasoner.windows == [[1, 2], [3], [4]]
    evidence = await room.pool.fetch("SELECT * FROM evidence ORDER BY id")
    windows = [(row["first_sequence"], row["last_sequence"]) for row in evidence]
    assert windows == [(1, 2), (1, 2), (3, 3), (4, 4)]


async def test_messages_without_reasoning_are_passed_over(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    await room.say("ada", "Two.", "Three.", is_reasoned=False)
    await room.say("ada", "Four.")
    reasoner = Repeating()
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await look(room, create_workshop(reasoner))
    assert reasoner.windows == [[1], [4]]
    assert await room.list_conclusions() == [("One.", [1]), ("Four.", [4])]
    assert (await room.get_derivation()).done == 4


async def test_nothing_to_conclude_is_done(room: Room, create_workshop: CreateWorkshop) -> None:
    messages = await room.say("ada", "Hm.")
    reasoner = Silent()
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await look(room, create_workshop(reasoner))
    assert reasoner.windows == [[1]]
    assert (await room.list_conclusions(), await room.get_item()) == ([], None)
    derivation = await room.get_derivation()
    assert (derivation.done, derivation.oldest_pending_s) == (1, None)
    assert derivation.position >= messages[0].position


async def test_what_is_neither_full_nor_old_nor_asked_for_waits(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    (message,) = await room.say("ada", "One.")
    reasoner = Repeating()
    await room.make_due()
    await look(room, create_workshop(reasoner))
    assert reasoner.windows == []
    item = await room.get_item()
    assert item is not None
    assert item["due_at"] == message.recorded_at + timedelta(days=1)
    assert (item["attempts"], item["leased_until"]) == (0, None)


async def test_a_fault_is_tried_again_with_growing_distance_and_then_given_up(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "My PIN is 4711.", "Keep it.")
    reasoner = Failing(ValueError)
    workshop = create_workshop(reasoner, derive_batch_tokens=1_000)
    await ask_for_derivation(room.pool, room.workspace_id, None)
    for delay_s in (1, 2, 4, 8):
        await fail_once(room, workshop, next_try_in_s=delay_s)
        derivation = await room.get_derivation()
        assert (derivation.retrying, derivation.dead) == (2, 0)
    await fail_once(room, workshop, next_try_in_s=16)
    derivation = await room.get_derivation()
    assert (derivation.retrying, derivation.dead, derivation.done) == (0, 2, 0)
    (dead,) = await list_dead_work(room.pool, room.workspace_id, limit=10)
    assert (dead.kind, dead.subject, dead.attempts) == (DERIVE, "room", FAULTS.attempts)
    assert re.fullmatch(r"ValueError in derive, line \d+", dead.error or "")
    await room.make_due()
    await look(room, workshop)
    assert reasoner.tries == FAULTS.attempts


@pytest.mark.parametrize(
    "create_error", [TimeoutError, ConnectionResetError, asyncpg.CannotConnectNowError]
)
async def test_what_does_not_answer_is_tried_until_it_does(
    room: Room, create_workshop: CreateWorkshop, create_error: Callable[[str], Exception]
) -> None:
    await room.say("ada", "One.")
    workshop = create_workshop(Failing(create_error))
    await ask_for_derivation(room.pool, room.workspace_id, None)
    for delay_s in (1, 2, 4, 8, 16, 32, 60, 60):
        assert delay_s <= OUTAGES.most_s
        await fail_once(room, workshop, next_try_in_s=delay_s)
    assert (await room.get_derivation()).retrying == 1
    await room.make_due()
    await look(room, create_workshop(Repeating()))
    assert await room.list_conclusions() == [("One.", [1])]


async def test_attempts_are_counted_anew_when_the_work_has_come_on(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.", "Two.", "Three.")
    await ask_for_derivation(room.pool, room.workspace_id, None)
    first = Failing(ValueError, on="One.")
    for delay_s in (1, 2, 4, 8):
        await fail_once(room, create_workshop(first), next_try_in_s=delay_s)
    later = Failing(ValueError, on="Three.")
    workshop = create_workshop(later, derive_batch_tokens=1)
    for delay_s in (1, 2, 4, 8):
        await fail_once(room, workshop, next_try_in_s=delay_s)
    assert later.windows == [[1], [2]]
    derivation = await room.get_derivation()
    assert (derivation.done, derivation.retrying, derivation.dead) == (2, 1, 0)


async def test_asking_again_and_again_does_not_use_up_the_attempts(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    reasoner = Failing(ValueError)
    workshop = create_workshop(reasoner)
    await fail_once(room, create_workshop(reasoner, derive_batch_tokens=1), next_try_in_s=1)
    before = await room.get_item()
    for _ in range(10):
        await ask_for_derivation(room.pool, room.workspace_id, None)
        await look(room, workshop)
    assert reasoner.tries == 1
    item = await room.get_item()
    assert item is not None
    assert before is not None
    assert item == {**before, "asked_sequence": 1}


async def test_what_is_said_to_dead_work_waits_with_it(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    await room.pool.execute(
        "UPDATE work_item SET is_dead = true, attempts = 5, error = 'E' WHERE kind = 'derive'"
    )
    before = await room.get_item()
    outbox = create_outbox(room.pool, FULL_AT_ONCE)
    await outbox.send("house", "room", [Draft("ada", "Two.")])
    await ask_for_derivation(room.pool, room.workspace_id, None)
    assert await room.get_item() == before
    assert (await room.get_derivation()).dead == 2


async def test_clients_see_what_was_given_up_and_why_but_not_what_was_said(
    room: Room, create_workshop: CreateWorkshop, create_services: CreateServices, dsn: str
) -> None:
    await room.say("ada", "My PIN is 4711.")
    await ask_for_derivation(room.pool, room.workspace_id, None)
    workshop = create_workshop(Failing(ValueError))
    for _ in range(FAULTS.attempts or 0):
        await room.make_due()
        await look(room, workshop)
    async with run_crew(dsn, Silent()) as crew:
        transport = httpx.ASGITransport(create_app(Runtime(create_services(), crew)))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            response = await client.post("/graphql", json={"query": READ_DEAD})
    derivation = response.json()["data"]["workspace"]["derivation"]
    (item,) = derivation.pop("deadItems")
    assert derivation == {"pending": 0, "leased": 0, "retrying": 0, "dead": 1, "done": 0}
    assert re.fullmatch(r"ValueError in derive, line \d+", item.pop("error"))
    assert item == {"kind": "derive", "subject": "room", "attempts": FAULTS.attempts}
    assert "4711" not in response.text
