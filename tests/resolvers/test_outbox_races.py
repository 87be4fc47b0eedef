"""Sending: gathered, in order, each once, whatever else happens to the session meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.errors import Conflict, NotFound, Unavailable
from models.database import open_pool
from resolvers.outbox import Draft, Sent
from tests.room import Room, create_outbox, open_room
from tests.wire import run_wire


@pytest.fixture
async def room(dsn: str) -> AsyncIterator[Room]:
    async with open_room(dsn) as room:
        yield room


async def send_gathered(room: Room, *sends: list[Draft]) -> list[Any]:
    """Sends the first alone and the others gathered behind it; returns what became of them."""
    async with room.holding_session():
        first = asyncio.create_task(room.send(*sends[0]))
        await room.wait_for_blocked()
        others = [asyncio.create_task(room.send(*drafts)) for drafts in sends[1:]]
        await asyncio.sleep(0)  # each has begun and waits its turn
    return await asyncio.gather(first, *others, return_exceptions=True)


def get_sequences(sent: Sent) -> list[int]:
    return [message.sequence for message in sent.messages]


async def test_gathered_sends_are_written_in_order_in_one_transaction(room: Room) -> None:
    await room.join("ada", "ben")
    sends = await send_gathered(
        room,
        [Draft("ada", "One.")],
        [Draft("ada", "Two."), Draft("ben", "Three.")],
        [Draft("ben", "Four.")],
    )
    assert [get_sequences(sent) for sent in sends] == [[1], [2, 3], [4]]
    assert sends[0].position < sends[1].position == sends[2].position
    assert await room.list_contents() == ["One.", "Two.", "Three.", "Four."]


async def test_only_the_gathered_send_at_fault_is_refused(room: Room) -> None:
    await room.send(Draft("ada", "Known.", client_message_id="a"))
    good, bad, same = (
        [Draft("ada", "Good.", client_message_id="b")],
        [Draft("ada", "Other.", client_message_id="a"), Draft("ada", "Never.")],
        [Draft("ada", "Known.", client_message_id="a"), Draft("ada", "New.")],
    )
    _, sent, refusal, again = await send_gathered(room, [Draft("ada", "First.")], good, bad, same)
    assert get_sequences(sent) == [3]
    assert isinstance(refusal, Conflict)
    assert str(refusal) == (
        'clientMessageId "a" of peer "ada" was already used for another content in this session;'
        " use a new id for a new message"
    )
    assert get_sequences(again) == [1, 4]
    assert await room.list_contents() == ["Known.", "First.", "Good.", "New."]


async def test_the_same_message_gathered_from_two_senders_is_written_once(room: Room) -> None:
    await room.join("ada")
    draft = Draft("ada", "Once.", client_message_id="a")
    _, one, other = await send_gathered(room, [Draft("ada", "First.")], [draft], [draft])
    assert one.messages == other.messages
    assert get_sequences(one) == [2]
    assert await room.list_contents() == ["First.", "Once."]


async def test_two_processes_that_send_the_same_message_write_it_once(room: Room) -> None:
    await room.join("ada")
    draft = Draft("ada", "Once.", client_message_id="a")
    outboxes = [room.outbox, create_outbox(room.pool)]
    for _ in range(20):
        sends = [outbox.send("house", "room", [draft]) for outbox in outboxes]
        one, other = await asyncio.gather(*sends)
        assert one.messages == other.messages
        await room.pool.execute("DELETE FROM message")


async def test_two_processes_fill_one_session_without_gaps(room: Room) -> None:
    await room.join("ada")
    outboxes = [room.outbox, create_outbox(room.pool), create_outbox(room.pool)]
    sent = await asyncio.gather(
        *(
            outboxes[i % 3].send("house", "room", [Draft("ada", f"{i}")] * (i % 5 + 1))
            for i in range(90)
        )
    )
    total = sum(i % 5 + 1 for i in range(90))
    rows = sorted(message for each in sent for message in get_sequences(each))
    assert rows == list(range(1, total + 1))
    written = await room.pool.fetch("SELECT transaction FROM message ORDER BY sequence")
    positions = [row["transaction"] for row in written]
    assert positions == sorted(positions)


async def test_a_sender_who_stops_waiting_before_its_turn_sends_nothing(room: Room) -> None:
    await room.join("ada")
    async with room.holding_session():
        first = asyncio.create_task(room.say("ada", "One."))
        await room.wait_for_blocked()
        gone, other = (asyncio.create_task(room.say("ada", text)) for text in ("Gone.", "Two."))
        await asyncio.sleep(0)
        gone.cancel()
    await asyncio.gather(first, other)
    assert gone.cancelled()
    assert await room.list_contents() == ["One.", "Two."]


async def test_a_sender_who_stops_waiting_in_flight_leaves_the_others_alone(room: Room) -> None:
    await room.join("ada")
    async with room.holding_session():
        first = asyncio.create_task(room.say("ada", "One."))
        await room.wait_for_blocked()
        other = asyncio.create_task(room.say("ada", "Two."))
        await asyncio.sleep(0)
        first.cancel()
    assert [message.sequence for message in await other] == [2]
    assert await room.list_contents() == ["One.", "Two."]


async def test_a_connection_lost_after_the_commit_writes_nothing_twice(dsn: str) -> None:
    async with run_wire(dsn) as wire, open_room(dsn) as room:
        pool = await open_pool(wire.dsn, connections=1)
        outbox = create_outbox(pool)
        await outbox.send("house", "room", [Draft("ada", "One.")])
        await outbox.send("house", "room", [Draft("ada", "Two.")])
        async with room.holding_session():
            sends = [asyncio.create_task(outbox.send("house", "room", [Draft("ada", "Three.")]))]
            await room.wait_for_blocked()
            for text in ("Four.", "Five."):
                draft = Draft("ada", text, client_message_id=text)
                sends.append(asyncio.create_task(outbox.send("house", "room", [draft])))
            await asyncio.sleep(0)
            wire.cut_after(1)
        three, *lost = await asyncio.gather(*sends, return_exceptions=True)
        assert get_sequences(three) == [3]
        assert [type(error) for error in lost] == [Unavailable, Unavailable]
        expected = ["One.", "Two.", "Three.", "Four.", "Five."]
        assert await room.list_contents() == expected
        again = await outbox.send(
            "house", "room", [Draft("ada", "Four.", client_message_id="Four.")]
        )
        assert get_sequences(again) == [4]
        assert await room.list_contents() == expected
        await pool.close()


async def test_a_flag_that_changes_just_before_the_write_counts(room: Room) -> None:
    await room.say("ada", "One.")  # from here on, the outbox remembers who is in
    session_id = await room.get_session_id()
    async with room.holding_session() as connection:
        sending = asyncio.create_task(room.say("ada", "Two."))
        await room.wait_for_blocked()
        await connection.execute("UPDATE membership SET observe_me = false")
        await connection.execute(
            "UPDATE session SET roster_version = roster_version + 1 WHERE id = $1", session_id
        )
    (message,) = await sending
    assert (message.sequence, message.is_observed) == (2, False)


async def test_who_leaves_just_before_the_write_is_let_in_again(room: Room) -> None:
    await room.say("ada", "One.")
    other = create_outbox(room.pool)
    await room.leave("ada")
    async with room.holding_session():
        sends = [
            asyncio.create_task(outbox.send("house", "room", [Draft("ada", "Two.")]))
            for outbox in (room.outbox, other)
        ]
        await room.wait_for_blocked(2)
    await asyncio.gather(*sends)
    stays = await room.pool.fetch("SELECT * FROM membership ORDER BY from_sequence, id")
    assert [(stay["from_sequence"], stay["to_sequence"]) for stay in stays] == [(1, 2), (2, None)]
    assert await room.list_contents() == ["One.", "Two.", "Two."]


async def test_peers_named_in_any_order_by_many_at_once_do_not_deadlock(room: Room) -> None:
    names = [f"peer-{i}" for i in range(12)]
    orders = [names, names[::-1], names[6:] + names[:6], names[::2] + names[1::2]]
    outboxes = [create_outbox(room.pool) for _ in orders]
    await asyncio.gather(
        *(
            outbox.send("house", f"room-{i % 2}", [Draft(name, "Hi.") for name in order])
            for i, (outbox, order) in enumerate(zip(outboxes, orders, strict=True))
        )
    )
    assert await room.pool.fetchval("SELECT count(*) FROM peer") == 12
    assert await room.pool.fetchval("SELECT count(*) FROM message") == 48
    assert await room.pool.fetchval("SELECT count(*) FROM membership") == 24


async def test_a_workspace_that_is_not_there_is_told_to_all_who_wait(room: Room) -> None:
    sends = [room.outbox.send("nowhere", "room", [Draft("ada", "Hi.")]) for _ in range(3)]
    refusals = await asyncio.gather(*sends, return_exceptions=True)
    assert [type(refusal) for refusal in refusals] == [NotFound] * 3
    assert await room.pool.fetchval("SELECT count(*) FROM session") == 0
