"""Summarising with a model: what becomes of the work at faults, and of what is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from models.database import transaction
from models.dead_work import list_dead_work
from models.forget import forget_messages, hold_workspace
from models.usage import get_usage
from models.work import DERIVE, SUMMARISE, ask_for_derivation
from representation.builtin.reasoner import BuiltinReasoner
from representation.model.reasoner import ModelReasoner
from representation.prompts import summarise
from representation.talk import Talk
from tests.fake_model import FakeModel
from tests.room import Room
from tests.waiting import TIMEOUT_S
from tests.workers.conftest import CreateWorkshop
from workers.actor import UNREADABLE, look_at_subject
from workers.workshop import Workshop

SENTENCE = "The boat with number {} is in the harbour."
ON = {"on": summarise.TITLE}


@pytest.fixture
async def workshop(
    room: Room, create_workshop: CreateWorkshop, fake_model: FakeModel
) -> AsyncIterator[Workshop]:
    """A worker that asks the fake model."""
    reasoner = ModelReasoner(fake_model.create_client())
    yield create_workshop(reasoner, **fake_model.settings)
    await reasoner.close()


async def say(room: Room, create_workshop: CreateWorkshop, *contents: str) -> None:
    """Says and derives what makes one window to be summarised."""
    configuration = {
        "summary": {
            "messages_per_short_summary": len(contents),
            "messages_per_long_summary": 10_000,
        }
    }
    await room.pool.execute(
        "UPDATE workspace SET configuration = $1", orjson.dumps(configuration).decode()
    )
    for start in range(0, len(contents), 100):
        await room.say("ada", *contents[start : start + 100])
    await ask_for_derivation(room.pool, room.workspace_id, None)
    await look_at_subject(create_workshop(BuiltinReasoner()), DERIVE, await room.get_session_id())


@pytest.fixture
async def talk(room: Room, create_workshop: CreateWorkshop) -> None:
    """Two messages, derived and to be summarised."""
    await say(room, create_workshop, SENTENCE.format(1), SENTENCE.format(2))


async def look(room: Room, workshop: Workshop) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        await look_at_subject(workshop, SUMMARISE, await room.get_session_id())


async def list_told(room: Room) -> list[str | None]:
    records = await room.pool.fetch("SELECT content FROM summary ORDER BY last_sequence, kind")
    return [record["content"] for record in records]


async def get_item(room: Room) -> dict[str, Any] | None:
    record = await room.pool.fetchrow("SELECT * FROM work_item WHERE kind = 'summarise'")
    return dict(record) if record else None


TOLD = "\n".join(f"ada: {SENTENCE.format(number)}" for number in (1, 2))


async def test_a_model_is_shown_the_window_and_nothing_else(
    room: Room, workshop: Workshop, fake_model: FakeModel, talk: None
) -> None:
    await look(room, workshop)
    assert await list_told(room) == [TOLD]
    assert await get_item(room) is None
    (call,) = await fake_model.list_calls()
    shown = orjson.loads(call["messages"][1]["content"])
    assert shown.keys() == {"most_words", "messages"}
    assert [each["content"] for each in shown["messages"]] == [
        SENTENCE.format(1),
        SENTENCE.format(2),
    ]
    usage = await get_usage(room.pool, room.workspace_id, since=None, until=None)
    assert {purpose: row.calls for purpose, row in usage.items()} == {"summarise": 1}


async def test_an_outage_is_waited_for(
    room: Room, workshop: Workshop, fake_model: FakeModel, talk: None
) -> None:
    await fake_model.order({"status": 503, "times": 6, **ON})
    for _ in range(6):
        await room.make_due()
        await look(room, workshop)
        item = await get_item(room)
        assert item is not None
        assert not item["is_dead"]
        # The circuit opens after five: from then on the endpoint is not asked.
    assert await list_told(room) == []


@pytest.mark.parametrize(
    "content", ["I had rather not.", "{}", orjson.dumps({"summary": "long " * 999}).decode()]
)
async def test_what_cannot_be_read_is_dead_after_some_tries_and_can_be_tried_again(
    room: Room, workshop: Workshop, fake_model: FakeModel, talk: None, content: str
) -> None:
    await fake_model.order({"content": content, "times": 20, **ON})
    for _ in range(UNREADABLE.attempts or 0):
        await room.make_due()
        await look(room, workshop)
    (dead,) = await list_dead_work(room.pool, room.workspace_id, limit=20)
    assert (dead.kind, dead.subject) == (SUMMARISE, "room")
    assert dead.error is not None
    assert "long long" not in dead.error
    assert await list_told(room) == []
    assert (await room.get_derivation()).dead == 1


async def test_an_empty_summary_is_an_answer(
    room: Room, workshop: Workshop, fake_model: FakeModel, talk: None
) -> None:
    await fake_model.order({"content": '{"summary": ""}', **ON})
    await look(room, workshop)
    assert await list_told(room) == [None]
    assert await get_item(room) is None


class _Forgetting(BuiltinReasoner):
    """Has a message forgotten while it has it, the first time."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.talks: list[Talk] = []

    async def summarise(self, talk: Talk) -> str:
        self.talks.append(talk)
        if len(self.talks) == 1:
            async with transaction(self._room.pool) as connection:
                await hold_workspace(connection, self._room.workspace_id)
                id_ = await connection.fetchval("SELECT id FROM message WHERE sequence = 1")
                await forget_messages(connection, [id_])
        return await super().summarise(talk)


async def test_what_is_forgotten_meanwhile_is_not_told(
    room: Room, create_workshop: CreateWorkshop, talk: None
) -> None:
    reasoner = _Forgetting(room)
    await look(room, create_workshop(reasoner))
    assert [len(each.utterances) for each in reasoner.talks] == [2, 1]
    assert await list_told(room) == [f"ada: {SENTENCE.format(2)}"]


async def test_much_is_told_part_by_part(room: Room, create_workshop: CreateWorkshop) -> None:
    seen: list[Talk] = []

    class _Noting(BuiltinReasoner):
        async def summarise(self, talk: Talk) -> str:
            seen.append(talk)
            return f"Told {len(seen)} times."

    await say(room, create_workshop, *(f"{SENTENCE} " * 3 for _ in range(250)))
    await look(room, create_workshop(_Noting()))
    assert [talk.previous for talk in seen] == [None, "Told 1 times."]
    numbers = [each.sequence for talk in seen for each in talk.utterances]
    assert numbers == list(range(1, 251))
    assert await list_told(room) == ["Told 2 times."]
