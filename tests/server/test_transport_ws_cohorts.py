"""Many who ask the same: one execution for all, and to each exactly what it has not got."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from server import stream
from tests.client import Workspace
from tests.sockets import Socket, open_initialised
from tests.waiting import wait_until

FOLLOWERS = 30
Payloads = list[bytes]


@pytest.fixture
def payloads(monkeypatch: pytest.MonkeyPatch) -> Payloads:
    """What is executed and serialised from here on, in order."""
    made: Payloads = []
    write: Callable[[Any], bytes] = stream._to_payload

    def note(result: Any) -> bytes:
        made.append(write(result))
        return made[-1]

    monkeypatch.setattr(stream, "_to_payload", note)
    return made


async def open_many(stack: AsyncExitStack, workspace: Workspace, count: int) -> list[Socket]:
    url = workspace.client.url
    return [await stack.enter_async_context(open_initialised(url)) for _ in range(count)]


async def say_until_shared(workspace: Workspace, sockets: list[Socket], made: Payloads) -> int:
    """Says something until it is executed once for all; returns how many messages there are."""
    last = 0

    async def is_shared() -> bool:
        nonlocal last
        made.clear()
        last = (await workspace.send("s", {"peer": "al", "content": "again"}))["messages"][0][
            "sequence"
        ]
        for socket in sockets:
            assert await socket.take_sequences(1) == [last]
        return len(made) == 1

    await wait_until(is_shared)
    return last


async def test_an_event_is_executed_once_for_all_who_ask_the_same(
    patient_workspace: Workspace, payloads: Payloads
) -> None:
    workspace = patient_workspace
    await workspace.say("s", "al", "m1", "m2", "m3")
    async with AsyncExitStack() as stack:
        sockets = await open_many(stack, workspace, FOLLOWERS)
        for i, socket in enumerate(sockets):
            # Wherever they begin, and whatever they call it.
            begin = {"last": i % 3} if i % 2 and i % 3 else {"after": 3 - i % 3}
            await socket.follow(f"id {i % 5}" * (i % 40 + 1), workspace.name, **begin)
            assert await socket.take_sequences(i % 3) == list(range(4 - i % 3, 4))
        last = await say_until_shared(workspace, sockets, payloads)
        payloads.clear()
        await workspace.say("s", "al", *(f"shared {i}" for i in range(20)))
        for socket in sockets:
            assert await socket.take_sequences(20) == list(range(last + 1, last + 21))
        assert len(payloads) == 20


async def test_other_variables_or_another_text_are_another_question(
    patient_workspace: Workspace,
) -> None:
    workspace = patient_workspace
    await workspace.join("s", "al")
    await workspace.join("other", "al")
    async with AsyncExitStack() as stack:
        one, other, text = await open_many(stack, workspace, 3)
        await one.follow("1", workspace.name, after=0)
        await other.follow("1", workspace.name, after=0, session="other")
        await text.subscribe(
            "1",
            """subscription($workspace: String!) {
              messages(workspace: $workspace, session: "s", after: 0) { message { content } } }""",
            variables={"workspace": workspace.name},
        )
        for i in range(3):
            await workspace.say("s", "al", f"here {i}")
            await workspace.say("other", "al", f"there {i}")
            for socket, content in ((one, "here"), (other, "there"), (text, "here")):
                event = (await socket.receive())["payload"]["data"]["messages"]
                assert event["message"] == {"content": f"{content} {i}"}
                assert set(event) == ({"message"} if socket is text else set(event))


async def test_who_leaves_takes_nothing_from_the_others(patient_workspace: Workspace) -> None:
    workspace = patient_workspace
    await workspace.join("s", "al")
    async with AsyncExitStack() as stack:
        sockets = await open_many(stack, workspace, 4)
        for socket in sockets:
            await socket.follow("1", workspace.name, after=0)
        # Whoever came first, and so began what all share, is the first to go.
        for i in range(4):
            await workspace.say("s", "al", "here")
            for socket in sockets[i:]:
                assert await socket.take_sequences(1) == [i + 1]
            await sockets[i].send({"id": "1", "type": "complete"})
            assert await sockets[i].is_alive()


async def test_who_comes_while_many_write_misses_nothing_and_gets_nothing_twice(
    patient_workspace: Workspace,
) -> None:
    workspace = patient_workspace
    await workspace.join("s", "al", "bo")
    total = 200

    async def write(peer: str) -> None:
        for i in range(total // 4):
            await workspace.say("s", peer, f"{peer} {i}", f"{peer} {i} again")

    async def come(socket: Socket, moment: int) -> list[int]:
        async def is_time() -> bool:
            return len(await workspace.list_messages("s")) >= moment

        await wait_until(is_time)
        await socket.follow("1", workspace.name, after=moment)
        return await socket.take_sequences(total - moment)

    async with AsyncExitStack() as stack:
        sockets = await open_many(stack, workspace, 10)
        writing = asyncio.gather(write("al"), write("bo"))
        comings = [come(socket, i * 15) for i, socket in enumerate(sockets)]
        for i, sequences in enumerate(await asyncio.gather(*comings)):
            assert sequences == list(range(i * 15 + 1, total + 1))
        await writing


async def test_what_is_forgotten_is_told_once_to_all(
    patient_workspace: Workspace, payloads: Payloads
) -> None:
    workspace = patient_workspace
    await workspace.say("s", "al", "m1", "m2", "m3")
    async with AsyncExitStack() as stack:
        sockets = await open_many(stack, workspace, 5)
        for socket in sockets:
            await socket.follow("1", workspace.name, after=3)
        last = await say_until_shared(workspace, sockets, payloads)
        payloads.clear()
        await workspace.forget_messages("s", 1, 3, last)
        for socket in sockets:
            assert await socket.take_sequences(3) == [-1, -3, -last]
        assert len(payloads) == 3
        # Who comes afterwards joins the others again.
        sockets += await open_many(stack, workspace, 2)
        for socket in sockets[5:]:
            # The newest that is still there, since nothing was said after what was forgotten.
            await socket.follow("1", workspace.name, after=last)
            assert await socket.take_sequences(3) == [-1, -3, -last]
        await say_until_shared(workspace, sockets, payloads)


@pytest.mark.parametrize(
    "question",
    [
        """subscription($w: String!) {
          events(workspace: $w, after: "0", kinds: [REPRESENTATION_CHANGED]) { position } }""",
        """subscription($w: String!) {
          representation(workspace: $w, observed: "al") { added { content } } }""",
    ],
)
async def test_events_and_representations_are_shared_too(
    workspace: Workspace, payloads: Payloads, question: str
) -> None:
    await workspace.say("s", "al", "I like tea.")
    await workspace.derive()
    async with AsyncExitStack() as stack:
        sockets = await open_many(stack, workspace, 5)
        for socket in sockets:
            await socket.subscribe("1", question, variables={"w": workspace.name})
            assert (await socket.receive())["type"] == "next"
        count = 0

        async def is_shared() -> bool:
            nonlocal count
            count += 1
            payloads.clear()
            # Of no concern to those who follow, who are at the same place afterwards.
            await workspace.join("s", f"peer {count}")
            await workspace.say("s", "al", f"I like number {count}.")
            for socket in sockets:
                assert (await socket.receive())["type"] == "next"
            return len(payloads) == 1

        await wait_until(is_shared)
