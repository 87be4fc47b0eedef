"""Search: what is found, in which order, by whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client import Workspace

MESSAGES = ["MESSAGES"]
CONCLUSIONS = ["CONCLUSIONS"]


def list_contents(hits: list[Any]) -> list[str]:
    return [hit["node"]["content"] for hit in hits]


async def find(workspace: Workspace, query: str, **more: Any) -> list[str]:
    """Returns the contents of the messages found."""
    return list_contents(await workspace.search(query, targets=MESSAGES, **more))


async def test_messages_with_rarer_words_come_first(workspace: Workspace) -> None:
    for session in ("a", "b", "c"):
        await workspace.say(session, "al", "We talked about the garden.")
    await workspace.say("d", "al", "The garden has a pagoda.")
    await workspace.say("e", "al", "Nothing of that kind.")
    await workspace.derive()
    hits = await workspace.search("pagoda in the garden", targets=MESSAGES)
    assert list_contents(hits) == [
        "The garden has a pagoda.",
        *["We talked about the garden."] * 3,
    ]
    assert hits[0]["score"] == 1.0
    assert hits[1]["score"] == hits[3]["score"] < 1.0
    # Of equals the newest first.
    assert [hit["node"]["session"]["name"] for hit in hits] == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("running", "I ran to the lake."),
        ("What is 4711?", "My number is 4711."),
        ("C++", "I write C++ at work."),
        ("o'neil", "Mrs O'Neil came by."),
        ('"lake" AND (NOT zebra) OR -x:*', "I ran to the lake."),
        ("lake'; DROP TABLE message --", "I ran to the lake."),
        ("лодка", "У меня есть лодка."),
        ("京都", "先週京都へ行きました。"),
        ("pagodda", "The garden has pagodas."),  # a slip, found by how it is spelled
    ],
)
async def test_names_numbers_and_signs_are_found_and_no_sign_is_an_operator(
    workspace: Workspace, query: str, content: str
) -> None:
    said = [
        "I ran to the lake.",
        "My number is 4711.",
        "I write C++ at work.",
        "Mrs O'Neil came by.",
        "У меня есть лодка.",
        "先週京都へ行きました。",
        "The garden has pagodas.",
    ]
    for place, each in enumerate(said):
        await workspace.say(f"s{place}", "al", each)
    await workspace.derive()
    assert (await find(workspace, query))[:1] == [content]


@pytest.mark.parametrize("query", ["zebra", "?", "the", "...", "*"])
async def test_what_matches_nothing_finds_nothing(workspace: Workspace, query: str) -> None:
    await workspace.say("s", "al", "I have a cat.")
    await workspace.derive()
    assert await workspace.search(query) == []


async def test_what_stands_next_to_a_hit_is_found_with_it(workspace: Workspace) -> None:
    await workspace.say("s", "bo", "Good morning!", "Hello there.", "So, how was the pagoda?")
    await workspace.say("s", "al", "It was closed.", "Such a pity.", "And then I slept.")
    await workspace.derive()
    assert await find(workspace, "pagoda") == [
        "So, how was the pagoda?",
        "It was closed.",
        "Hello there.",
        "Such a pity.",
        "Good morning!",
    ]


async def test_who_is_named_comes_first_with_what_it_said(workspace: Workspace) -> None:
    await workspace.say("a", "Alice", "My holiday was in Spain.")
    await workspace.say("b", "Bob", "My holiday was in Spain.")
    await workspace.say("c", "Cy", "My holiday was in Spain.")
    await workspace.derive()
    hits = await workspace.search("Where was Bob's holiday?", targets=MESSAGES)
    assert [hit["node"]["session"]["name"] for hit in hits] == ["b", "c", "a"]


async def test_a_time_in_the_query_prefers_what_was_said_then(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    for name, days in (("old", 400), ("yesterday", 1), ("older", 800)):
        at = (now - timedelta(days=days)).isoformat()
        message = {"peer": "al", "content": "We went to the lake.", "createdAt": at}
        await workspace.send(name, message)
    await workspace.derive()

    async def find_first(query: str) -> str:
        hits = await workspace.search(query, targets=MESSAGES)
        assert len(hits) == 3
        return str(hits[0]["node"]["session"]["name"])

    assert await find_first("the lake") == "older"  # said last, whatever its date
    assert await find_first("When did we go to the lake yesterday?") == "yesterday"
    year = (now - timedelta(days=400)).strftime("%B %Y")
    assert await find_first(f"at the lake in {year}") == "old"


async def test_conclusions_are_found_once_however_often_they_were_said(
    workspace: Workspace,
) -> None:
    await workspace.say("a", "al", "I love tea.")
    await workspace.say("b", "al", "I love tea!", "I have a boat.")
    await workspace.derive()
    (hit,) = await workspace.search("Who drinks tea?", targets=CONCLUSIONS)
    assert (hit["node"]["content"], hit["node"]["support"]) == ("al loves tea", 2)
    assert (hit["snippet"], hit["score"]) == ("al loves tea", 1.0)
    both = await workspace.search("tea")
    best = [hit["node"]["__typename"] for hit in both if hit["score"] == 1]
    assert best == ["Message", "Message", "Conclusion"]


async def test_a_vantage_finds_what_it_witnessed_and_concluded_and_nothing_else(
    workspace: Workspace,
) -> None:
    await workspace.join("open", "al", "bo", "cy", observeOthers=True)
    await workspace.join("closed", "al", "bo", observeOthers=True)
    await workspace.say("open", "al", "I have a boat.")
    await workspace.say("closed", "al", "I have a boat with a cannon.")
    await workspace.derive()
    open_, closed = "I have a boat.", "I have a boat with a cannon."
    assert sorted(await find(workspace, "boat")) == [closed, open_]
    assert sorted(await find(workspace, "boat", vantage="bo")) == [closed, open_]
    assert await find(workspace, "boat", vantage="cy") == [open_]
    assert await find(workspace, "cannon", vantage="cy") == []
    assert await find(workspace, "boat", sessions=["closed"]) == [closed]
    assert await find(workspace, "boat", sessions=["closed"], vantage="cy") == []
    assert await find(workspace, "boat", sessions=[]) == []
    assert list_contents(await workspace.search_peer("cy", "boat")) == [open_, "al has a boat"]
    here = await workspace.search_session("closed", "boat", vantage="cy")
    assert here == []
    here = await workspace.search_session("closed", "boat", targets=CONCLUSIONS)
    assert list_contents(here) == ["al has a boat with a cannon"]


async def test_a_scope_narrows_search(workspace: Workspace) -> None:
    await workspace.say("a", "al", "I have a boat.")
    await workspace.say("b", "al", "I have a boat here too.")
    await workspace.derive()
    await workspace.change("createScope", name="some", sessions=["a"])
    hits = await workspace.search("boat", scope="some")
    assert sorted(list_contents(hits)) == ["I have a boat.", "al has a boat"]


async def test_who_came_later_finds_nothing_from_before_not_even_beside_a_hit(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "The treasure is in the pagoda.")
    await workspace.join("s", "cy")
    await workspace.say("s", "al", "Who knows about the pagoda?", "Nobody.")
    await workspace.derive()
    assert await find(workspace, "pagoda", vantage="cy") == [
        "Who knows about the pagoda?",
        "Nobody.",
    ]


async def test_targets_and_first_say_what_comes_back(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I have a boat.", "My boat is red.", "The boat sank.")
    await workspace.derive()
    assert await workspace.search("boat", targets=[]) == []
    assert await workspace.search("boat", first=0) == []
    assert len(await workspace.search("boat", first=2)) == 2
    everything = await workspace.search("boat", first=200)
    kinds = {hit["node"]["__typename"] for hit in everything}
    assert kinds == {"Message", "Conclusion"}
    assert everything == await workspace.search("boat", first=200)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"query": " "}, "query is empty, at least 1 character is needed"),
        ({"query": "x" * 10_001}, "query is 10001 characters long, at most 10000"),
        ({"query": "x", "first": 201}, "first is 201, it must be from 0 to 200"),
        ({"query": "x", "first": -1}, "first is -1, it must be from 0 to 200"),
        ({"query": "x\0"}, "query has the character U+0000 at 1, which cannot be stored"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused(
    workspace: Workspace, given: dict[str, Any], message: str
) -> None:
    refusal = await workspace.client.get_refusal(
        "query($name: String!, $query: String!, $first: Int) { workspace(name: $name) {"
        " search(query: $query, first: $first) { score } } }",
        name=workspace.name,
        **given,
    )
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


async def test_a_long_query_is_searched_for_as_a_whole(workspace: Workspace) -> None:
    await workspace.say("s", "al", "The boat sank.")
    await workspace.derive()
    query = " ".join(f"word{number}" for number in range(1_000)) + " boat"
    assert await find(workspace, query) == ["The boat sank."]


async def test_what_was_forgotten_is_not_found(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I have a boat.", "I have a pagoda.")
    await workspace.derive()
    await workspace.forget_messages("s", 1)
    await workspace.derive()
    assert await workspace.search("boat") == []
    assert "I have a pagoda." in list_contents(await workspace.search("pagoda"))


async def test_an_unknown_name_is_refused(workspace: Workspace) -> None:
    refusal = await workspace.client.get_refusal(
        "query($name: String!) { workspace(name: $name) {"
        ' search(query: "x", vantage: "nobody") { score } } }',
        name=workspace.name,
    )
    assert refusal.code == "NOT_FOUND"


async def test_a_clone_and_what_was_written_by_hand_are_found_too(workspace: Workspace) -> None:
    await workspace.say("a", "al", "My boat is red.")
    await workspace.run_input(
        "cloneSession", "created", workspace=workspace.name, session="a", name="b"
    )
    await workspace.run_input(
        "createConclusions",
        "position",
        workspace=workspace.name,
        observed="al",
        contents=["al sails every boat there is"],
    )
    await workspace.derive()
    hits = await workspace.search("boat", targets=MESSAGES)
    assert sorted(hit["node"]["session"]["name"] for hit in hits) == ["a", "b"]
    hits = await workspace.search("sails", targets=CONCLUSIONS)
    assert list_contents(hits) == ["al sails every boat there is"]
    assert list_contents(await workspace.search("sails", vantage="al")) == []
