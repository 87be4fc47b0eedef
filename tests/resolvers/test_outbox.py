"""Sending again, sending at once: every message is there once, and numbered without gaps."""

import asyncio
import itertools
from typing import Any

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes, take_snapshot


def write(content: str, id_: str | None = None, peer: str = "al", **more: Any) -> dict[str, Any]:
    return {"peer": peer, "content": content, "clientMessageId": id_, **more}


def refuse(id_: str, peer: str = "al") -> str:
    return (
        f'clientMessageId "{id_}" of peer "{peer}" was already used for another content in this'
        " session; use a new id for a new message"
    )


async def test_sending_the_same_again_gives_the_first_message_back(
    workspace: Workspace, pool: Pool
) -> None:
    first = await workspace.send("s", write("Hello!", "m-1", metadata={"a": 1}))
    await workspace.send("s", write("Something else!"))
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        again = await workspace.send("s", write("Hello!", "m-1"))
        later = await workspace.send("s", write("Hello!", "m-1", createdAt="2020-01-01T00:00:00Z"))
    assert first == again == later


async def test_other_content_under_the_same_id_is_a_conflict(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.send("s", write("Hello!", "m-1"))
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.get_send_refusal("s", write("Goodbye!", "m-1"))
        within_a_batch = await workspace.get_send_refusal(
            "s", write("New!", "m-2"), write("Goodbye!", "m-1"), write("New!", peer="bo")
        )
    for each in (refusal, within_a_batch):
        assert (each.code, each.message, len(each.errors)) == ("CONFLICT", refuse("m-1"), 1)


async def test_an_id_belongs_to_its_peer_and_session(workspace: Workspace) -> None:
    await workspace.send("s", write("One.", "m-1"), write("Two.", "m-1", peer="bo"))
    await workspace.send("other", write("Three.", "m-1"))
    assert await workspace.list_contents("s") == ["One.", "Two."]
    assert await workspace.list_contents("other") == ["Three."]


async def test_a_batch_may_hold_what_was_sent_before_and_itself_twice(
    workspace: Workspace,
) -> None:
    (old,) = (await workspace.send("s", write("Old.", "m-1")))["messages"]
    sent = await workspace.send(
        "s",
        write("New.", "m-2"),
        write("Old.", "m-1"),
        write("New.", "m-2"),
        write("Last."),
        write("Old.", "m-1"),
    )
    new, again, copy, last, again_too = sent["messages"]
    assert old == again == again_too
    assert new == copy
    assert (new["sequence"], last["sequence"]) == (2, 3)
    assert await workspace.list_contents("s") == ["Old.", "New.", "Last."]


async def test_two_contents_under_one_id_in_a_batch_write_nothing(
    workspace: Workspace, pool: Pool
) -> None:
    refusal = await workspace.get_send_refusal(
        "s", write("One.", "m-1"), write("Two.", "m-1"), write("Three.")
    )
    assert (refusal.code, refusal.message) == ("CONFLICT", refuse("m-1"))
    snapshot = await take_snapshot(pool, workspace.name)
    assert snapshot["session"] == snapshot["peer"] == snapshot["message"] == []


async def test_of_copies_sent_at_once_one_is_written(workspace: Workspace) -> None:
    sent = await asyncio.gather(
        *(workspace.send("s", write("Hello!", "m-1"), write(f"{i}", f"x-{i}")) for i in range(10))
    )
    assert len({each["messages"][0]["id"] for each in sent}) == 1
    assert sorted(await workspace.list_contents("s")) == [*map(str, range(10)), "Hello!"]
    messages = await workspace.list_messages("s")
    assert [message["sequence"] for message in messages] == list(range(1, 12))


async def test_a_conflict_fails_nobody_else(workspace: Workspace) -> None:
    await workspace.send("s", write("Hello!", "m-1"))
    good = [workspace.send("s", write(f"{i}")) for i in range(5)]
    refusal, *_ = await asyncio.gather(
        workspace.get_send_refusal("s", write("Goodbye!", "m-1")), *good
    )
    assert (refusal.code, refusal.message) == ("CONFLICT", refuse("m-1"))
    assert sorted(await workspace.list_contents("s")) == ["0", "1", "2", "3", "4", "Hello!"]


async def test_sending_again_after_leaving_does_not_join_again(
    workspace: Workspace, pool: Pool
) -> None:
    first = await workspace.send("s", write("Hello!", "m-1"))
    await workspace.leave("s", "al")
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        assert await workspace.send("s", write("Hello!", "m-1")) == first
    assert await workspace.list_members("s") == [("al", 1, 2)]


async def test_sequences_have_no_gaps_however_many_write_and_come_and_go(
    workspace: Workspace,
) -> None:
    writers = [f"w{i}" for i in range(20)]
    await workspace.join("elsewhere", *writers)  # they exist, but are not in yet
    await workspace.join("s", "observer", observeOthers=True)

    async def write_some(writer: str) -> None:
        for i in range(4):
            await workspace.say("s", writer, f"{writer} {i}a", f"{writer} {i}b")

    async def come_and_go() -> None:
        for i in range(8):
            await workspace.leave("s", f"w{i}")
            await workspace.join("s", f"guest {i}")

    await asyncio.gather(*map(write_some, writers), come_and_go())
    messages = await workspace.list_messages("s")
    assert [message["sequence"] for message in messages] == list(range(1, 161))
    told = {
        writer: [each["content"] for each in messages if each["author"]["name"] == writer]
        for writer in writers
    }
    assert told == {
        writer: [f"{writer} {i}{half}" for i in range(4) for half in "ab"] for writer in writers
    }
    # A batch is not torn apart.
    for one, next_one in itertools.pairwise(messages):
        if one["content"].endswith("a"):
            assert next_one["content"] == one["content"][:-1] + "b"


async def test_every_author_witnesses_all_it_said_while_others_make_it_leave(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al")

    async def send_it_away() -> None:
        for _ in range(10):
            await workspace.leave("s", "al")

    await asyncio.gather(
        *(workspace.say("s", "al", f"{i}", f"{i} again") for i in range(10)), send_it_away()
    )
    assert await workspace.list_contents("s", "al") == await workspace.list_contents("s")
    assert len(await workspace.list_contents("s")) == 20
