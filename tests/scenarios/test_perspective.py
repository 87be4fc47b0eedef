"""The story of docs/perspective.md, and its table row by row."""

from typing import Any

import pytest

from tests.client import Workspace

PEACE, ATTACK = "alice will be peaceful", "alice will attack C"
BOTH = f"{PEACE}, but also: {ATTACK}"
TEA, PARIS, BERLIN = "alice loves tea", "alice lives in Paris", "alice moved to Berlin"


async def play(workspace: Workspace) -> None:
    await workspace.create_peers("alice", "bob", "charlie", observeOthers=True)
    await workspace.create_peers("dora")
    await workspace.join("turn-1", "alice", "bob", "charlie", "dora")
    await workspace.join("side-chat", "alice", "bob")
    await workspace.say("turn-1", "alice", "I will be peaceful.")
    await workspace.say("turn-1", "bob", "I have a cat.")
    await workspace.say("turn-1", "alice", "I live in Paris.")
    await workspace.say("side-chat", "alice", "I will attack C.")
    await workspace.join("side-chat", "charlie")
    await workspace.say("side-chat", "alice", "I love tea.")
    await workspace.leave("side-chat", "charlie")
    await workspace.say("side-chat", "alice", "I moved to Berlin.")
    await workspace.derive()


@pytest.mark.parametrize(
    ("reading", "observes", "known"),
    [
        ({}, True, [PEACE, ATTACK, BOTH, TEA, BERLIN]),
        ({"observer": "alice"}, True, [PEACE, ATTACK, BOTH, TEA, BERLIN]),
        ({"observer": "bob"}, True, [PEACE, ATTACK, BOTH, TEA, BERLIN]),
        ({"observer": "charlie"}, True, [PEACE, TEA, PARIS]),
        ({"observer": "dora"}, False, []),
        ({"observer": "bob", "sessions": ["turn-1"]}, True, [PEACE, PARIS]),
    ],
    ids=["global", "herself", "bob", "charlie", "dora", "bob-in-turn-1"],
)
async def test_each_row_of_the_table_is_what_is_read(
    workspace: Workspace, reading: dict[str, Any], observes: bool, known: list[str]
) -> None:
    await play(workspace)
    view = await workspace.read("alice", **reading)
    assert view["observes"] is observes
    assert sorted(each["content"] for each in view["conclusions"]) == sorted(known)


async def test_dora_may_read_what_was_said_where_she_was(workspace: Workspace) -> None:
    await play(workspace)
    assert len(await workspace.list_contents("turn-1", "dora")) == 3
    assert await workspace.list_contents("side-chat", "dora") == []


async def test_charlie_is_asked_what_he_makes_of_alice(workspace: Workspace) -> None:
    await play(workspace)
    answer = await workspace.ask("charlie", "Where does Alice live?", target="alice")
    assert [each["content"] for each in answer["conclusions"]] == [PARIS]
    answer = await workspace.ask("charlie", "Does Alice have a pony?", target="alice")
    assert (answer["conclusions"], answer["messages"]) == ([], [])
