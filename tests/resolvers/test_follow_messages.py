"""Following messages: each once, in order, with no gap between what was and what comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from models.database import Pool
from tests.client import Stream, Workspace
from tests.snapshot import open_transaction

FOLLOW = """
subscription($workspace: String!, $session: String = "s", $after: Int, $last: Int,
             $vantage: String) {
  messages(workspace: $workspace, session: $session, after: $after, last: $last,
           vantage: $vantage) {
    kind sequence position message { id sequence content author { name } session { name } }
  }
}
"""
SILENCE_S = 0.2


@asynccontextmanager
async def follow(workspace: Workspace, **more: Any) -> AsyncIterator[Stream]:
    async with workspace.client.subscribe(FOLLOW, workspace=workspace.name, **more) as stream:
        yield stream


async def take_contents(stream: Stream, count: int) -> list[str]:
    return [event["message"]["content"] for event in await stream.take(count)]


async def test_an_event_tells_the_message_and_where_it_stands(workspace: Workspace) -> None:
    sent = await workspace.send("s", {"peer": "al", "content": "Hello!"})
    async with follow(workspace, after=0) as stream:
        (event,) = await stream.take(1)
    assert event == {
        "kind": "ADDED",
        "sequence": 1,
        "position": sent["position"],
        "message": {
            "id": sent["messages"][0]["id"],
            "sequence": 1,
            "content": "Hello!",
            "author": {"name": "al"},
            "session": {"name": "s"},
        },
    }


async def test_after_a_sequence_comes_all_that_was_missed_and_then_the_new(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "m1", "m2", "m3")
    async with follow(workspace, after=0) as all_of_it, follow(workspace, after=2) as rest:
        assert await take_contents(all_of_it, 3) == ["m1", "m2", "m3"]
        assert await take_contents(rest, 1) == ["m3"]
        await workspace.say("s", "al", "m4")
        await workspace.say("s", "al", "m5", "m6")
        assert await take_contents(all_of_it, 3) == ["m4", "m5", "m6"]
        assert await take_contents(rest, 3) == ["m4", "m5", "m6"]
        assert await all_of_it.is_silent(SILENCE_S)


async def test_with_last_come_so_many_of_the_newest_and_then_the_new(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "m1", "m2", "m3")
    async with follow(workspace, last=2) as two, follow(workspace, last=200) as many:
        assert await take_contents(two, 2) == ["m2", "m3"]
        assert await take_contents(many, 3) == ["m1", "m2", "m3"]
        await workspace.say("s", "al", "m4")
        assert await take_contents(two, 1) == await take_contents(many, 1) == ["m4"]


@pytest.mark.parametrize("start", [{}, {"last": 0}])
async def test_with_neither_comes_only_what_is_new(
    workspace: Workspace, start: dict[str, int]
) -> None:
    await workspace.say("s", "al", "old", "old")
    async with follow(workspace, **start) as stream:
        # When the subscription has begun is not told, so one goes on until something comes.
        first = asyncio.create_task(stream.take(1))
        while not first.done():
            await workspace.say("s", "al", "new")
        (event,) = first.result()
        assert event["sequence"] > 2
        await workspace.say("s", "al", "end")
        sequences = [event["sequence"]]
        while event["message"]["content"] != "end":
            (event,) = await stream.take(1)
            sequences.append(event["sequence"])
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


async def test_no_gap_and_no_repetition_while_three_write(workspace: Workspace) -> None:
    await workspace.join("s", "w0", "w1", "w2")

    async def write(writer: str) -> None:
        for i in range(15):
            await workspace.say("s", writer, f"{writer} {i}", f"{writer} {i} again")

    async def follow_from(sequence: int) -> list[Any]:
        async with follow(workspace, after=sequence) as stream:
            return await stream.take(90 - sequence)

    async def follow_in_parts() -> list[Any]:
        """Leaves after every few events and comes back for the rest."""
        events: list[Any] = []
        while len(events) < 90:
            async with follow(workspace, after=len(events)) as stream:
                events += await stream.take(min(18, 90 - len(events)))
        return events

    whole, late, parts, _ = await asyncio.gather(
        follow_from(0),
        follow_from(20),
        follow_in_parts(),
        asyncio.gather(*(write(f"w{i}") for i in range(3))),
    )
    assert [event["sequence"] for event in whole] == list(range(1, 91))
    assert late == whole[20:]
    assert parts == whole
    contents = [event["message"]["content"] for event in whole]
    assert contents == await workspace.list_contents("s")


async def test_more_than_one_read_holds_is_sent_whole(workspace: Workspace) -> None:
    for i in range(6):
        await workspace.say("s", "al", *(f"{i} {j}" for j in range(100)))
    async with follow(workspace, after=0) as stream:
        events = await stream.take(600)
    assert [event["sequence"] for event in events] == list(range(1, 601))


async def test_a_vantage_follows_what_it_witnesses_from_coming_to_leaving(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al")
    await workspace.say("s", "al", "before")
    await workspace.join("s", "bo")
    await workspace.say("s", "al", "m2")
    async with follow(workspace, after=0, vantage="bo") as stream:
        assert await take_contents(stream, 1) == ["m2"]
        await workspace.say("s", "al", "m3")
        await workspace.leave("s", "bo")
        await workspace.say("s", "al", "while away")
        await workspace.join("s", "bo")
        await workspace.say("s", "al", "m5")
        events = await stream.take(2)
    assert [event["message"]["content"] for event in events] == ["m3", "m5"]
    assert [event["sequence"] for event in events] == [3, 5]


@pytest.mark.parametrize("at_once", [1, 200])
async def test_who_comes_back_is_told_what_became_of_what_it_has(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("resolvers.message.CHANGES_PER_READ", at_once)
    await workspace.join("s", "al")
    sent = await workspace.send("s", *({"peer": "al", "content": f"m{i}"} for i in range(1, 4)))
    await workspace.join("s", "bo")
    await workspace.say("s", "al", "m4", "m5", "m6")
    await workspace.forget_messages("s", 2, 4)
    change = "mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { position } }"
    given = {"id": sent["messages"][2]["id"], "metadata": {"is": "different"}}
    await workspace.client.run(change, input=given)
    await workspace.forget_messages("s", 1, 6)

    async def take(count: int, **more: Any) -> list[tuple[str, int]]:
        async with follow(workspace, **more) as stream:
            told = [(event["kind"], event["sequence"]) for event in await stream.take(count)]
            assert await stream.is_silent(SILENCE_S)
            return told

    gone = [("DELETED", 2), ("DELETED", 4)]
    assert await take(5, after=4) == [*gone, ("CHANGED", 3), ("DELETED", 1), ("ADDED", 5)]
    assert await take(4, after=5) == [*gone, ("CHANGED", 3), ("DELETED", 1)]
    assert await take(2, after=4, vantage="bo") == [("DELETED", 4), ("ADDED", 5)]
    assert await take(2, after=0) == [("ADDED", 3), ("ADDED", 5)]


async def test_other_sessions_are_not_followed(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    async with follow(workspace, after=0) as stream:
        await workspace.say("other", "al", "elsewhere")
        await workspace.say("s", "al", "here")
        assert await take_contents(stream, 1) == ["here"]


async def test_an_open_transaction_delays_events_and_loses_none(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.say("s", "al", "m1")
    async with follow(workspace, after=0) as stream:
        assert await take_contents(stream, 1) == ["m1"]
        async with open_transaction(pool, workspace.name):
            for i in range(2, 5):
                await workspace.say("s", "al", f"m{i}")
            assert await stream.is_silent(SILENCE_S)
        assert await take_contents(stream, 3) == ["m2", "m3", "m4"]
        await workspace.say("s", "al", "m5")
        assert await take_contents(stream, 1) == ["m5"]


async def test_who_comes_during_an_open_transaction_misses_nothing(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.say("s", "al", "m1")
    async with open_transaction(pool, workspace.name):
        await workspace.say("s", "al", "m2")
        async with follow(workspace, after=0) as stream:
            assert await take_contents(stream, 2) == ["m1", "m2"]
            await workspace.say("s", "al", "m3")
        async with follow(workspace, after=2) as stream:
            assert await take_contents(stream, 1) == ["m3"]


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"workspace": "no"}, "NOT_FOUND", 'workspace "no" does not exist'),
        ({"workspace": "\ud800"}, "BAD_USER_INPUT",
         "workspace name has the character U+D800 at 0, which cannot be stored"),
        ({"session": "no"}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
        ({"vantage": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"after": -1}, "BAD_USER_INPUT", "after is -1, it must be from 0 to 2147483647"),
        ({"last": 201}, "BAD_USER_INPUT", "last is 201, it must be from 0 to 200"),
        ({"last": -1}, "BAD_USER_INPUT", "last is -1, it must be from 0 to 200"),
        ({"after": 0, "last": 0}, "BAD_USER_INPUT",
         "after and last are both given; ask for one of them"),
    ],
)  # fmt: skip
async def test_what_cannot_be_followed_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al")
    asked = {"workspace": workspace.name, **given}
    async with workspace.client.subscribe(FOLLOW, **asked) as stream:
        refusal = await stream.get_refusal()
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
