"""Indexing: what search finds messages and conclusions by, and what may happen meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from models.database import transaction
from models.forget import forget_messages
from models.work import (
    DERIVE,
    EMBED,
    EMBED_CONCLUSIONS,
    ask_for_derivation,
    get_last_transaction,
    is_following_up,
)
from representation.builtin.reasoner import BuiltinReasoner
from representation.embed.embedder import Vector
from representation.embed.lexical import LexicalEmbedder
from tests.room import Room
from tests.waiting import TIMEOUT_S
from tests.workers.conftest import CreateWorkshop
from tests.workers.reasoners import Repeating
from workers.actor import look_at_subject
from workers.embed import TEXTS_AT_ONCE
from workers.workshop import Workshop


class Meanwhile(LexicalEmbedder):
    """Lets something happen while it has the first texts in hand."""

    def __init__(self, happen: Callable[[], Awaitable[object]]) -> None:
        self._happen = happen
        self.batches: list[list[str]] = []

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.batches.append(list(texts))
        if len(self.batches) == 1:
            await self._happen()
        return await super().embed(texts)


class Broken(LexicalEmbedder):
    """Fails."""

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        raise ValueError("no vectors today")


def create(create_workshop: CreateWorkshop, embedder: LexicalEmbedder) -> Workshop:
    shop = create_workshop(BuiltinReasoner())
    return Workshop(shop.settings, shop.pool, shop.hints, shop.reasoner, embedder)


async def index(room: Room, workshop: Workshop, kind: str = EMBED) -> None:
    """Looks at the one subject of a kind as a worker does."""
    await ask_for_derivation(room.pool, room.workspace_id, None)
    subject = await room.pool.fetchval("SELECT subject_id FROM work_item WHERE kind = $1", kind)
    async with asyncio.timeout(TIMEOUT_S):
        await look_at_subject(workshop, kind, UUID(str(subject)))


async def is_left(room: Room) -> bool:
    """Tells whether something that was written by now is not indexed."""
    up_to = await get_last_transaction(room.pool)
    return await is_following_up(room.pool, room.workspace_id, session_id=None, up_to=up_to)


async def list_indexed(room: Room) -> list[tuple[int, int, int]]:
    """Returns sequence, number of terms and dimensions of what is indexed."""
    records = await room.pool.fetch(
        """
        SELECT sequence, cardinality(terms) AS terms, vector_dims(vector) AS dimensions
        FROM message_index JOIN embedding USING (message_id) ORDER BY sequence
        """
    )
    return [(record["sequence"], record["terms"], record["dimensions"]) for record in records]


async def test_messages_are_indexed_and_the_work_is_done(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "The red boat.", "!!!")
    assert await is_left(room)
    await index(room, create_workshop(BuiltinReasoner()))
    # The author's name is a term of each.
    assert await list_indexed(room) == [(1, 3, 256), (2, 1, 256)]
    assert not await is_left(room)
    assert (await room.get_derivation()).pending == 2  # to be derived, that is


async def test_a_long_session_is_indexed_in_parts(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    for _ in range(2):
        await room.say("ada", *["Hello."] * (TEXTS_AT_ONCE - 20))

    async def do_nothing() -> None:
        return None

    embedder = Meanwhile(do_nothing)
    await index(room, create(create_workshop, embedder))
    assert [len(batch) for batch in embedder.batches] == [TEXTS_AT_ONCE, TEXTS_AT_ONCE - 40]
    assert len(await list_indexed(room)) == 2 * (TEXTS_AT_ONCE - 20)


async def test_what_is_said_meanwhile_is_indexed_too(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    embedder = Meanwhile(lambda: room.say("ada", "Two."))
    await index(room, create(create_workshop, embedder))
    assert embedder.batches == [["One."], ["Two."]]
    assert [sequence for sequence, _, _ in await list_indexed(room)] == [1, 2]
    assert not await is_left(room)


async def test_what_is_forgotten_meanwhile_does_not_come_back(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    [first, _] = await room.say("ada", "One.", "Two.")

    async def forget() -> None:
        async with transaction(room.pool) as connection:
            await forget_messages(connection, [first.id])

    embedder = Meanwhile(forget)
    await index(room, create(create_workshop, embedder))
    assert embedder.batches == [["One.", "Two."], ["Two."]]
    assert [sequence for sequence, _, _ in await list_indexed(room)] == [2]


async def test_conclusions_are_indexed_after_what_they_were_drawn_from(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    workshop = create_workshop(Repeating())
    await room.say("ada", "I have a boat.")
    await ask_for_derivation(room.pool, room.workspace_id, None)
    async with asyncio.timeout(TIMEOUT_S):
        await look_at_subject(workshop, DERIVE, await room.get_session_id())
    await index(room, workshop)
    assert await is_left(room)
    await index(room, workshop, EMBED_CONCLUSIONS)
    assert not await is_left(room)
    assert await room.pool.fetchval("SELECT count(*) FROM conclusion_index") == 1
    assert await room.pool.fetchval("SELECT count(*) FROM embedding") == 2


async def test_indexing_that_fails_is_given_up_visibly_and_holds_nothing_back(
    room: Room, create_workshop: CreateWorkshop
) -> None:
    await room.say("ada", "One.")
    workshop = create(create_workshop, Broken())
    before = (await room.get_derivation()).dead
    await room.make_due()
    await room.pool.execute("UPDATE work_item SET faults = 4 WHERE kind = 'embed'")
    await index(room, workshop)
    assert (before, (await room.get_derivation()).dead) == (0, 1)
    assert not await is_left(room)
    error = await room.pool.fetchval("SELECT error FROM work_item WHERE kind = 'embed'")
    assert error.startswith("ValueError in embed, line")
