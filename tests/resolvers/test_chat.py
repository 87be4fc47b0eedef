"""Asking a peer: it answers from what it may know, cites that, and says so if it does not know."""

from typing import Any

import pytest

from tests.client import Workspace

CHAT = """
query($workspace: String!, $peer: String!, $query: String!, $target: String,
      $sessions: [String!]) {
  workspace(name: $workspace) { peer(name: $peer) {
    chat(query: $query, target: $target, sessions: $sessions) {
      text position
      conclusions { content support }
      messages { content session { name } author { name } }
    }
  } }
}
"""
UNKNOWN = "I don't know: nothing I have seen says so."


async def ask(workspace: Workspace, peer: str, query: str, **more: Any) -> Any:
    data = await workspace.client.run(
        CHAT, workspace=workspace.name, peer=peer, query=query, **more
    )
    return data["workspace"]["peer"]["chat"]


def list_cited(answer: Any) -> tuple[list[str], list[str]]:
    """Returns the contents of the cited conclusions and messages."""
    return (
        [each["content"] for each in answer["conclusions"]],
        [each["content"] for each in answer["messages"]],
    )


@pytest.fixture
async def diplomacy(workspace: Workspace) -> Workspace:
    """The example of semantics.md, derived."""
    await workspace.create_peers("alice", "bob", "charlie", observeOthers=True)
    await workspace.join("turn-1", "alice", "bob", "charlie")
    await workspace.join("side-chat", "alice", "bob")
    await workspace.say("turn-1", "alice", "I will be peaceful.")
    await workspace.say("side-chat", "alice", "I will attack Charlie.")
    await workspace.derive()
    return workspace


TRUST = "Can I trust that Alice won't attack me?"


async def test_a_view_of_somebody_rests_on_what_was_witnessed_alone(diplomacy: Workspace) -> None:
    charlies = await ask(diplomacy, "charlie", TRUST, target="alice")
    assert charlies["text"] == "alice will be peaceful."
    assert list_cited(charlies) == (["alice will be peaceful"], ["I will be peaceful."])
    bobs = await ask(diplomacy, "bob", TRUST, target="alice")
    assert list_cited(bobs) == (
        [
            "alice will be peaceful",
            "alice will attack Charlie",
            "alice will be peaceful, but also: alice will attack Charlie",
        ],
        ["I will be peaceful.", "I will attack Charlie."],
    )
    assert bobs["text"].endswith("These two contradict each other: they cannot both hold.")


async def test_a_peer_asked_for_itself_knows_what_it_said(diplomacy: Workspace) -> None:
    alices = await ask(diplomacy, "alice", "Will you attack Charlie?")
    assert "alice will attack Charlie" in list_cited(alices)[0]
    assert (await ask(diplomacy, "charlie", TRUST))["messages"] == [
        {
            "content": "I will be peaceful.",
            "session": {"name": "turn-1"},
            "author": {"name": "alice"},
        }
    ]


async def test_a_list_of_sessions_narrows_what_is_known(diplomacy: Workspace) -> None:
    narrowed = await ask(diplomacy, "bob", TRUST, target="alice", sessions=["turn-1"])
    assert list_cited(narrowed) == (["alice will be peaceful"], ["I will be peaceful."])
    nothing = await ask(diplomacy, "bob", TRUST, sessions=[])
    assert (nothing["text"], list_cited(nothing)) == (UNKNOWN, ([], []))


async def test_without_support_the_answer_is_that_it_does_not_know(diplomacy: Workspace) -> None:
    answer = await ask(diplomacy, "bob", "Who won the 1998 chess championship?")
    assert (answer["text"], list_cited(answer)) == (UNKNOWN, ([], []))
    answer = await ask(diplomacy, "bob", "Where does Charlie live?", target="charlie")
    assert (answer["text"], list_cited(answer)) == (
        "I don't know: nothing I have seen about charlie says so.",
        ([], []),
    )


async def test_who_does_not_observe_others_knows_nothing_of_them_but_what_it_heard(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    about_al = await ask(workspace, "bo", "Where does al live?", target="al")
    assert (about_al["text"], list_cited(about_al)) == (
        "I don't know: nothing I have seen about al says so.",
        ([], []),
    )
    heard = await ask(workspace, "bo", "Where does al live?")
    assert heard["text"] == 'al said: "I live in Paris."'
    assert list_cited(heard) == ([], ["I live in Paris."])


async def test_what_was_said_before_it_came_is_unknown_to_it(workspace: Workspace) -> None:
    await workspace.create_peers("al", "late", observeOthers=True)
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.join("s", "late")
    await workspace.derive()
    for more in ({}, {"target": "al"}):
        answer = await ask(workspace, "late", "Where does al live?", **more)
        assert answer["text"].startswith("I don't know")
        assert list_cited(answer) == ([], [])


async def test_the_answer_says_up_to_where_it_knows(workspace: Workspace) -> None:
    position = await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    answer = await ask(workspace, "al", "Where do you live?")
    assert list_cited(answer) == (["al lives in Paris"], ["I live in Paris."])
    # What the derivation itself wrote came later.
    assert int(answer["position"], 16) >= int(position, 16)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"query": ""}, "BAD_USER_INPUT", "query is empty, at least 1 character is needed"),
        ({"query": "x" * 10_001}, "BAD_USER_INPUT",
         "query is 10001 characters long, at most 10000"),
        ({"query": "a\x00"}, "BAD_USER_INPUT",
         "query has the character U+0000 at 1, which cannot be stored"),
        ({"target": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"sessions": ["no"]}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
    ],
)  # fmt: skip
async def test_a_question_that_cannot_be_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al")
    variables = {"workspace": workspace.name, "peer": "al", "query": "What?", **given}
    refusal = await workspace.client.get_refusal(CHAT, **variables)
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)


async def test_the_longest_question_is_answered(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    answer = await ask(workspace, "al", "why " * 2_500)
    assert answer["text"] == UNKNOWN
