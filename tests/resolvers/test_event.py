"""Events and derivation, followed over real sockets."""

from typing import Any

import pytest

from tests.client import Client, Refused, Stream, Workspace

EVENTS = """
subscription($workspace: String!, $after: Position, $kinds: [EventKind!], $session: String,
             $peer: String) {
  events(workspace: $workspace, after: $after, kinds: $kinds, session: $session, peer: $peer) {
    kind position data at session { name } peer { name }
  }
}
"""
DERIVATION = """
subscription($workspace: String!) {
  derivation(workspace: $workspace) { pending leased retrying dead done }
}
"""
START = "0"
KINDS = ["PEER_JOINED", "PEER_LEFT", "MESSAGES_ADDED", "REPRESENTATION_CHANGED"]
"""All that happens below but DERIVATION_IDLE, which comes when the worker is through."""


async def read_events(stream: Stream, count: int) -> list[Any]:
    return [(await stream.get_next())["events"] for _ in range(count)]


def summarise(events: list[Any]) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            event["kind"],
            event["session"] and event["session"]["name"],
            event["peer"] and event["peer"]["name"],
        )
        for event in events
    ]


async def test_all_that_happened_is_told_in_order_and_then_what_happens(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "ada")
    await workspace.say("s", "ada", "I live in Rome.", "Hello!")
    await workspace.derive()
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=START, kinds=KINDS
    ) as stream:
        past = await read_events(stream, 3)
        assert summarise(past) == [
            ("PEER_JOINED", "s", "ada"),
            ("MESSAGES_ADDED", "s", None),
            ("REPRESENTATION_CHANGED", "s", "ada"),
        ]
        assert past[1]["data"] == {"firstSequence": 1, "lastSequence": 2}
        await workspace.leave("s", "ada")
        [left] = await read_events(stream, 1)
        assert (left["kind"], left["data"]) == ("PEER_LEFT", {"fromSequence": 3})
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=past[1]["position"], kinds=KINDS
    ) as resumed:
        assert await read_events(resumed, 2) == [past[2], left]


async def test_it_is_told_when_nothing_is_left_to_do(workspace: Workspace) -> None:
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=START, kinds=["DERIVATION_IDLE", "MESSAGES_ADDED"]
    ) as stream:
        for content in ("I live in Rome.", "Hello!"):
            await workspace.say("s", "ada", content)
            [added, idle] = await read_events(stream, 2)
            assert (added["kind"], idle["kind"]) == ("MESSAGES_ADDED", "DERIVATION_IDLE")
            assert (idle["data"], idle["session"], idle["peer"]) == ({}, None, None)


async def test_without_a_position_only_what_comes_is_told(workspace: Workspace) -> None:
    await workspace.say("s", "ada", "Hello!")
    async with workspace.client.subscribe(EVENTS, workspace=workspace.name, kinds=KINDS) as stream:
        joined = []
        while not joined or await stream.is_silent(for_s=0.2):
            # Nothing tells when the subscription has begun but what it tells.
            joined.append(f"ben-{len(joined)}")
            await workspace.join("s", joined[-1])
        await workspace.join("s", "zoe")
        told = [(await read_events(stream, 1))[0]["peer"]["name"]]
        while told[-1] != "zoe":
            told += [event["peer"]["name"] for event in await read_events(stream, 1)]
        assert told == [*joined, "zoe"][-len(told) :]


@pytest.mark.parametrize(
    ("narrowed", "told"),
    [
        (
            {"kinds": ["PEER_JOINED"]},
            [("PEER_JOINED", "one", "ada"), ("PEER_JOINED", "two", "ben")],
        ),
        ({"session": "two"}, [("PEER_JOINED", "two", "ben"), ("MESSAGES_ADDED", "two", None)]),
        ({"peer": "ada"}, [("PEER_JOINED", "one", "ada")]),
    ],
)
async def test_events_are_narrowed_by_kind_session_and_peer(
    workspace: Workspace, narrowed: dict[str, Any], told: list[tuple[str, str, str]]
) -> None:
    await workspace.say("one", "ada", "Hello!")
    await workspace.say("two", "ben", "Hello!")
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=START, **narrowed
    ) as stream:
        assert summarise(await read_events(stream, len(told))) == told


async def test_what_is_forgotten_is_told_by_its_numbers(workspace: Workspace) -> None:
    sent = await workspace.send("s", {"peer": "ada", "content": "I live in Rome."})
    await workspace.derive()
    await workspace.client.run(
        "mutation($ids: [ID!]!) { deleteMessages(input: {ids: $ids}) { deleted } }",
        ids=[sent["messages"][0]["id"]],
    )
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=START, kinds=["MESSAGES_DELETED"]
    ) as stream:
        [event] = await read_events(stream, 1)
        assert event["data"] == {"sequences": [1]}


async def test_a_workspace_that_is_not_there_is_refused(client: Client) -> None:
    async with client.subscribe(EVENTS, workspace="nowhere") as stream:
        with pytest.raises(Refused) as refusal:
            await stream.get_next()
    assert refusal.value.code == "NOT_FOUND"


async def test_derivation_is_followed_to_its_end(workspace: Workspace) -> None:
    async with workspace.client.subscribe(DERIVATION, workspace=workspace.name) as stream:
        first = (await stream.get_next())["derivation"]
        assert first == {"pending": 0, "leased": 0, "retrying": 0, "dead": 0, "done": 0}
        await workspace.say("s", "ada", "Hello!", "I live in Rome.")
        state = first
        while state["done"] < 2 or state["pending"] or state["leased"]:
            state = (await stream.get_next())["derivation"]
        assert state == {**first, "done": 2}
