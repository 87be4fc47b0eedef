"""Contexts for a model: within the budget, without a gap, from one vantage."""

from typing import Any

import pytest

from core.tokens import count_tokens
from tests.client import Workspace

CONTEXT = """
query($workspace: String!, $session: String = "s", $tokens: Int, $vantage: String,
      $observed: String, $observer: String, $query: String, $assistant: String = "bot") {
  workspace(name: $workspace) { session(name: $session) {
    context(tokens: $tokens, vantage: $vantage, observed: $observed, observer: $observer,
            query: $query, summary: false) {
      session { name } tokenCount
      messages { sequence content author { name } }
      representation { text tokenCount observes observer { name } conclusions { content } }
      openai(assistant: $assistant) anthropic(assistant: $assistant)
    }
  } }
}
"""


async def get_context(workspace: Workspace, **more: Any) -> Any:
    data = await workspace.client.run(CONTEXT, workspace=workspace.name, **more)
    return data["workspace"]["session"]["context"]


def count_again(context: Any) -> int:
    """Counts what a context takes, from its parts."""
    representation = context["representation"]
    return (count_tokens(representation["text"]) if representation else 0) + sum(
        count_tokens(each["content"]) + count_tokens(each["author"]["name"]) + 4
        for each in context["messages"]
    )


def list_sequences(context: Any) -> list[int]:
    return [message["sequence"] for message in context["messages"]]


@pytest.fixture
async def talk(workspace: Workspace) -> Workspace:
    """Twenty messages of different lengths by two peers and a model, derived."""
    await workspace.join("s", "al", "bot", observeOthers=True)
    authors = ("al", "bot", "Zoë B.")
    await workspace.send(
        "s",
        *(
            {
                "peer": authors[i % 3],
                "content": f"I need {i} eggs{' and some more milk' * (i % 4)}.",
            }
            for i in range(20)
        ),
    )
    await workspace.derive()
    return workspace


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"observed": "al"},
        {"observed": "al", "observer": "bot"},
        {"observed": "al", "vantage": "bot", "query": "eggs"},
    ],
)
async def test_the_count_is_exact_and_never_above_the_budget(
    talk: Workspace, more: dict[str, str]
) -> None:
    everything = await get_context(talk, tokens=1_000_000, **more)
    assert list_sequences(everything) == list(range(1, 21))
    for tokens in (1, 10, 14, 50, 100, 200, 300, everything["tokenCount"] - 1):
        context = await get_context(talk, tokens=tokens, **more)
        assert context["tokenCount"] == count_again(context) <= tokens
        # Contiguous to the newest, and one more would be too many.
        first_taken = 20 - len(context["messages"])
        assert context["messages"] == everything["messages"][first_taken:]
        following = {**context, "messages": everything["messages"][first_taken - 1 :]}
        assert count_again(following) > tokens
        if context["representation"]:
            assert context["representation"]["tokenCount"] <= tokens * 0.4


async def test_a_budget_smaller_than_the_newest_message_gets_no_message(talk: Workspace) -> None:
    context = await get_context(talk, tokens=3)
    assert (context["messages"], context["tokenCount"]) == ([], 0)
    assert context["openai"] == []
    assert context["anthropic"] == {"system": "", "messages": []}


async def test_an_empty_session_has_an_empty_context(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    context = await get_context(workspace, observed="al")
    assert (context["messages"], context["tokenCount"]) == ([], 0)
    assert context["representation"]["text"] == ""


async def test_4000_tokens_are_the_budget_if_none_is_said(workspace: Workspace) -> None:
    long = " tea" * 900
    await workspace.say("s", "al", long, long, long, long, long)
    assert list_sequences(await get_context(workspace)) == [2, 3, 4, 5]
    assert list_sequences(await get_context(workspace, tokens=None)) == [2, 3, 4, 5]
    assert list_sequences(await get_context(workspace, tokens=5_000)) == [1, 2, 3, 4, 5]


async def test_openai_and_anthropic_get_the_messages_in_their_shapes(talk: Workspace) -> None:
    context = await get_context(talk, tokens=1_000_000, observed="al", observer="bot")
    text = context["representation"]["text"]
    assert text.startswith("What bot knows about al, newest first:\n- al needs 18 eggs")
    system, *messages = context["openai"]
    assert system == {"role": "system", "content": text}
    assert messages[:3] == [
        {"role": "user", "name": "al", "content": "I need 0 eggs."},
        {"role": "assistant", "name": "bot", "content": "I need 1 eggs and some more milk."},
        {
            "role": "user",
            "name": "Zo__B_",
            "content": "Zoë B.: I need 2 eggs and some more milk and some more milk.",
        },
    ]
    assert context["anthropic"]["system"] == text
    turns = context["anthropic"]["messages"]
    assert turns[:3] == [
        {"role": "user", "content": "al: I need 0 eggs."},
        {"role": "assistant", "content": "I need 1 eggs and some more milk."},
        {
            "role": "user",
            "content": "Zoë B.: I need 2 eggs and some more milk and some more milk.\n"
            "al: I need 3 eggs and some more milk and some more milk and some more milk.",
        },
    ]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 7


async def test_anthropic_gets_a_user_first_though_the_assistant_spoke_first(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "bot", "Hello!")
    assert (await get_context(workspace))["anthropic"] == {
        "system": "",
        "messages": [
            {"role": "user", "content": "(The conversation so far.)"},
            {"role": "assistant", "content": "Hello!"},
        ],
    }


async def test_a_vantage_narrows_messages_and_representation_alike(workspace: Workspace) -> None:
    await workspace.create_peers("al", "late", observeOthers=True)
    await workspace.say("s", "al", "I love tea.")
    await workspace.join("s", "late")
    await workspace.say("s", "al", "I hate cake.")
    await workspace.derive()
    context = await get_context(workspace, vantage="late", observed="al")
    assert list_sequences(context) == [2]
    view = context["representation"]
    assert view["observer"] == {"name": "late"}
    assert [each["content"] for each in view["conclusions"]] == ["al hates cake"]
    everything = await get_context(workspace, observed="al")
    assert list_sequences(everything) == [1, 2]
    assert everything["representation"]["observer"] is None


async def test_who_does_not_observe_others_gets_an_empty_representation(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    context = await get_context(workspace, vantage="bo", observed="al")
    assert context["representation"] == {
        "text": "",
        "tokenCount": 0,
        "observes": False,
        "observer": {"name": "bo"},
        "conclusions": [],
    }
    assert list_sequences(context) == [1]


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"tokens": 0}, "BAD_USER_INPUT", "tokens is 0, it must be from 1 to 1000000"),
        ({"tokens": 1_000_001}, "BAD_USER_INPUT",
         "tokens is 1000001, it must be from 1 to 1000000"),
        ({"observer": "al"}, "BAD_USER_INPUT",
         "observer and query need observed: say of whom a representation is wanted"),
        ({"query": "tea"}, "BAD_USER_INPUT",
         "observer and query need observed: say of whom a representation is wanted"),
        ({"vantage": "al", "observed": "al", "observer": "bo"}, "BAD_USER_INPUT",
         'observer is "bo" but vantage is "al"; they must be equal'),
        ({"observed": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"observed": "al", "observer": "no"}, "NOT_FOUND",
         'peer "no" does not exist in this workspace'),
        ({"vantage": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"observed": "al", "query": ""}, "BAD_USER_INPUT",
         "query is empty, at least 1 character is needed"),
    ],
)  # fmt: skip
async def test_a_context_that_cannot_be_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al", "bo")
    refusal = await workspace.client.get_refusal(CONTEXT, workspace=workspace.name, **given)
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
