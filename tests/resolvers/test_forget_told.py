"""Forgetting: who is told of it, and that a dump of the database holds no trace."""

import uuid
from collections.abc import Awaitable, Callable

import pytest

from tests.client import Workspace
from tests.dump import find_traces

FOLLOW_MESSAGES = """
subscription($workspace: String!, $vantage: String, $session: String = "s") {
  messages(workspace: $workspace, session: $session, after: 0, vantage: $vantage) {
    kind sequence message { content } } }
"""
FOLLOW_VIEW = """
subscription($workspace: String!, $observed: String = "al", $observer: String, $scope: String) {
  representation(workspace: $workspace, observed: $observed, observer: $observer, scope: $scope) {
    kind added { content } representation { conclusions { content } } } }
"""


async def test_followers_of_messages_hear_of_it_if_they_witnessed_them(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "one", "two")
    await workspace.leave("s", "bo")
    await workspace.say("s", "al", "three")
    name = workspace.name
    async with (
        workspace.client.subscribe(FOLLOW_MESSAGES, workspace=name) as everything,
        workspace.client.subscribe(FOLLOW_MESSAGES, workspace=name, vantage="bo") as bo,
    ):
        assert len(await everything.take(3)) == 3
        assert len(await bo.take(2)) == 2
        await workspace.forget_messages("s", 1, 3)
        gone = [{"kind": "DELETED", "sequence": n, "message": None} for n in (1, 3)]
        assert await everything.take(2) == gone
        assert await bo.take(1) == gone[:1]
        assert await bo.is_silent(0.2)
        # It was deleted before anybody asked, so it is no news.
        async with workspace.client.subscribe(FOLLOW_MESSAGES, workspace=name) as later:
            assert [event["sequence"] for event in await later.take(1)] == [2]
            assert await later.is_silent(0.2)


async def forget_session(workspace: Workspace) -> None:
    await workspace.forget("deleteSession", session="s")


async def forget_workspace(workspace: Workspace) -> None:
    await workspace.forget("deleteWorkspace")


async def forget_peer(workspace: Workspace) -> None:
    await workspace.forget("deletePeer", peer="al")


async def forget_observer(workspace: Workspace) -> None:
    await workspace.forget("deletePeer", peer="bo")


@pytest.mark.parametrize("forget", [forget_session, forget_workspace])
async def test_the_stream_of_messages_ends_with_what_it_follows(
    workspace: Workspace, forget: Callable[[Workspace], Awaitable[None]]
) -> None:
    await workspace.say("s", "al", "one")
    async with workspace.client.subscribe(FOLLOW_MESSAGES, workspace=workspace.name) as stream:
        await stream.take(1)
        await forget(workspace)
        with pytest.raises(StopAsyncIteration):
            await stream.get_next()


@pytest.mark.parametrize("forget", [forget_peer, forget_observer, forget_workspace])
async def test_the_stream_of_a_view_ends_with_either_of_its_peers(
    workspace: Workspace, forget: Callable[[Workspace], Awaitable[None]]
) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.derive()
    name = workspace.name
    async with workspace.client.subscribe(FOLLOW_VIEW, workspace=name, observer="bo") as stream:
        await stream.get_next()
        await forget(workspace)
        with pytest.raises(StopAsyncIteration):
            await stream.get_next()


async def test_followers_of_a_view_see_it_lose_what_is_forgotten(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.derive()
    await workspace.say("s", "al", "I have a dog.")
    await workspace.derive()
    name = workspace.name
    async with workspace.client.subscribe(FOLLOW_VIEW, workspace=name, observer="bo") as stream:
        assert (await stream.get_next())["representation"]["kind"] == "SNAPSHOT"
        await workspace.forget_messages("s", 1)
        while True:  # the rest of the window may come anew in an event of its own
            event = (await stream.get_next())["representation"]
            assert event["kind"] == "CHANGED"
            contents = [each["content"] for each in event["representation"]["conclusions"]]
            assert "al has a cat" not in contents
            if contents == ["al has a dog"]:
                break


async def forget_message(workspace: Workspace) -> None:
    await workspace.forget_messages("s", 1)


@pytest.mark.parametrize("forget", [forget_message, forget_session, forget_peer, forget_workspace])
async def test_a_dump_holds_no_trace_of_it(
    workspace: Workspace, shared_dsn: str, forget: Callable[[Workspace], Awaitable[None]]
) -> None:
    marker = f"Zorbl{uuid.uuid4().hex[:8]}"
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.send(
        "s",
        {
            "peer": "al",
            "content": f"I like {marker}. I am allergic to {marker}. My name is {marker}.",
            "metadata": {"about": marker},
            "clientMessageId": marker,
        },
    )
    for session in ("t", "u", "v"):
        await workspace.say(session, "al", "I have a cat.")
    await workspace.derive()
    await workspace.say("w", "al", "I like tea.")
    await workspace.derive()
    for observer in (None, "al", "bo"):
        await workspace.dream("al", observer)
    # Hardly a message leaves fewer rows behind than its own, its conclusions and deductions.
    assert len(await find_traces(shared_dsn, marker)) >= 7
    await forget(workspace)
    assert await find_traces(shared_dsn, marker) == []


async def test_a_dump_holds_no_trace_of_a_conclusion(workspace: Workspace, shared_dsn: str) -> None:
    marker = f"zorbl{uuid.uuid4().hex[:8]}"
    await workspace.say("s", "al", f"I am allergic to {marker}.")
    await workspace.derive()
    await workspace.dream("al")
    known = await workspace.list_all("al")
    assert len(known) == 2
    await workspace.forget_conclusion(known[f"al is allergic to {marker}"]["id"])
    (trace,) = await find_traces(shared_dsn, marker)
    assert trace.startswith("INSERT INTO public.message ")
