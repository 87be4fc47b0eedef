"""Summaries: when they are made, who reads them, and what becomes of them."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace, comes_to
from tests.dump import find_traces
from tests.snapshot import take_snapshot

FIELDS = "kind content firstSequence lastSequence tokenCount"
SUMMARIES = f"""
query($name: String!, $vantage: String) {{ workspace(name: $name) {{ session(name: "s") {{
  summaries(vantage: $vantage) {{ {FIELDS} }}
}} }} }}
"""
CONTEXT = f"""
query($name: String!, $tokens: Int, $vantage: String, $summary: Boolean) {{
  workspace(name: $name) {{ session(name: "s") {{
    context(tokens: $tokens, vantage: $vantage, summary: $summary) {{
      tokenCount summary {{ {FIELDS} }} messages {{ sequence }}
      openai(assistant: "bot") anthropic(assistant: "bot")
    }}
  }} }}
}}
"""
SEARCH = """
query($name: String!, $vantage: String) { workspace(name: $name) {
  search(query: "boat", vantage: $vantage, targets: [SUMMARIES]) {
    score snippet
    node { ... on SummaryHit { session { name } summary { firstSequence lastSequence } } }
  }
} }
"""
EVENTS = """
subscription($workspace: String!) {
  events(workspace: $workspace, after: "0-0", kinds: [SUMMARY_CREATED]) {
    kind session { name } data
  }
}
"""
SHORT, LONG = "SHORT", "LONG"


async def list_all(workspace: Workspace, vantage: str | None = None) -> list[Any]:
    data = await workspace.client.run(SUMMARIES, name=workspace.name, vantage=vantage)
    summaries: list[Any] = data["workspace"]["session"]["summaries"]
    return summaries


async def list_windows(
    workspace: Workspace, vantage: str | None = None
) -> set[tuple[str, int, int]]:
    return {
        (each["kind"], each["firstSequence"], each["lastSequence"])
        for each in await list_all(workspace, vantage)
    }


async def get_context(workspace: Workspace, **more: Any) -> Any:
    data = await workspace.client.run(CONTEXT, name=workspace.name, **more)
    return data["workspace"]["session"]["context"]


async def talk(workspace: Workspace, first: int, last: int, *, idly: str = "") -> None:
    """Says a sentence in each message; each has its number."""
    for number in range(first, last + 1):
        await workspace.say("s", "al", f"Boat number {number} is in the harbour.{idly}")
    await workspace.derive()


@pytest.fixture
async def house(workspace: Workspace) -> Workspace:
    """A short summary every 2 messages, a long one every 4."""
    await workspace.join("s", "al")
    await workspace.configure(summary={"messagesPerShortSummary": 2, "messagesPerLongSummary": 4})
    return workspace


async def test_they_are_made_at_their_cadence(house: Workspace) -> None:
    await talk(house, 1, 3)
    assert await list_windows(house) == {(SHORT, 1, 2)}
    await talk(house, 4, 9)
    windows = {(SHORT, 1, 2), (SHORT, 3, 4), (SHORT, 5, 6), (SHORT, 7, 8)}
    assert await list_windows(house) == windows | {(LONG, 1, 4), (LONG, 1, 8)}
    told = {(each["kind"], each["lastSequence"]): each for each in await list_all(house)}
    assert told[SHORT, 4]["content"] == (
        "al: Boat number 3 is in the harbour.\nal: Boat number 4 is in the harbour."
    )
    # It goes on from the one before.
    assert told[LONG, 8]["content"].splitlines() == [
        f"al: Boat number {number} is in the harbour." for number in range(1, 9)
    ]


async def test_only_who_witnessed_all_of_it_reads_it(house: Workspace) -> None:
    await house.join("s", "bo")
    await talk(house, 1, 4)
    await house.join("s", "cy")
    await house.leave("s", "bo")
    await talk(house, 5, 8)
    assert await list_windows(house, "cy") == {(SHORT, 5, 6), (SHORT, 7, 8)}
    assert await list_windows(house, "bo") == {(SHORT, 1, 2), (SHORT, 3, 4), (LONG, 1, 4)}
    await house.join("s", "bo")
    await talk(house, 9, 12)
    assert await list_windows(house, "bo") == {
        (SHORT, 1, 2),
        (SHORT, 3, 4),
        (LONG, 1, 4),
        (SHORT, 9, 10),
        (SHORT, 11, 12),
    }
    assert await list_windows(house, "al") == await list_windows(house)


async def test_what_was_said_while_they_were_off_is_not_told(house: Workspace) -> None:
    await talk(house, 1, 1)
    await house.configure("s", summary={"enabled": False})
    await talk(house, 2, 3)
    await house.configure("s", summary={"enabled": True})
    await talk(house, 4, 4)
    told = {(each["kind"], each["lastSequence"]): each for each in await list_all(house)}
    assert told[LONG, 4]["content"] == (
        "al: Boat number 1 is in the harbour.\nal: Boat number 4 is in the harbour."
    )
    assert told[SHORT, 2]["content"] == "al: Boat number 1 is in the harbour."


async def test_where_there_is_nothing_to_tell_there_is_no_summary(house: Workspace) -> None:
    await house.say("s", "al", "Hi!", "Hello!", "Oh!")
    await house.derive()
    assert await list_all(house) == []
    await talk(house, 4, 4)
    assert await list_windows(house) == {(SHORT, 3, 4), (LONG, 1, 4)}


async def test_who_is_not_observed_is_not_told_of(house: Workspace) -> None:
    await house.join("s", "bo", observeMe=False)
    await house.say("s", "bo", "My boat is in the harbour.")
    await talk(house, 2, 2)
    (summary,) = await list_all(house)
    assert summary["content"] == "al: Boat number 2 is in the harbour."


async def test_what_is_forgotten_leaves_them_and_the_rest_is_told_anew(
    house: Workspace, pool: Pool, shared_dsn: str
) -> None:
    await talk(house, 1, 3)
    await house.say("s", "al", "The secret boat Xylophonia is in the harbour.")
    await talk(house, 5, 8)
    before = await list_windows(house)
    assert len(await find_traces(shared_dsn, "Xylophonia is in the harbour")) > 1
    await house.forget_messages("s", 4)
    assert await find_traces(shared_dsn, "Xylophonia") == []
    await house.derive()
    assert await list_windows(house) == before
    told = {(each["kind"], each["lastSequence"]): each for each in await list_all(house)}
    assert told[SHORT, 4]["content"] == "al: Boat number 3 is in the harbour."
    assert len(told[LONG, 8]["content"].splitlines()) == 7
    assert await find_traces(shared_dsn, "Xylophonia") == []
    await house.forget("deleteSession", session="s")
    assert (await take_snapshot(pool, house.name)).get("summary") == []


async def test_all_that_a_peer_said_leaves_them(house: Workspace) -> None:
    await house.say("s", "bo", "My boat is in the harbour.")
    await talk(house, 2, 4)
    await house.forget("deletePeer", peer="bo")
    await house.derive()
    told = [each["content"] for each in await list_all(house)]
    assert len(told) == 3
    assert not any("bo:" in content for content in told)


async def test_a_context_has_the_one_that_tells_most_of_what_came_before(
    house: Workspace,
) -> None:
    await talk(house, 1, 23, idly=" Is it not so?" * 20)
    everything = await get_context(house)
    assert everything["summary"] is None
    assert len(everything["messages"]) == 23
    assert (await get_context(house, tokens=1_000_000))["summary"] is None
    for tokens in (300, 600, 900, 1_200):
        context = await get_context(house, tokens=tokens)
        assert context["tokenCount"] <= tokens
        summary, taken = context["summary"], [each["sequence"] for each in context["messages"]]
        assert taken == list(range(24 - len(taken), 24))
        assert summary is not None
        assert summary["tokenCount"] <= tokens * 0.4
        assert summary["lastSequence"] < taken[0]
        assert summary["content"] in context["openai"][0]["content"]
        assert summary["content"] in context["anthropic"]["system"]
        without = await get_context(house, tokens=tokens, summary=False)
        assert without["summary"] is None
        assert len(without["messages"]) >= len(taken)


async def test_search_finds_those_that_the_vantage_sees(house: Workspace) -> None:
    await talk(house, 1, 2)
    await house.join("s", "bo")
    await talk(house, 3, 4)

    async def search(vantage: str | None) -> list[tuple[int, int]]:
        data = await house.client.run(SEARCH, name=house.name, vantage=vantage)
        hits = data["workspace"]["search"]
        assert [hit["node"]["session"]["name"] for hit in hits] == ["s"] * len(hits)
        assert all("Boat" in hit["snippet"] and 0 < hit["score"] <= 1 for hit in hits)
        summaries = [hit["node"]["summary"] for hit in hits]
        return sorted((each["firstSequence"], each["lastSequence"]) for each in summaries)

    assert await search(None) == [(1, 2), (1, 4), (3, 4)]
    assert await search("bo") == [(3, 4)]


async def test_followers_are_told(house: Workspace) -> None:
    await talk(house, 1, 2)
    async with house.client.subscribe(EVENTS, workspace=house.name) as stream:
        assert await stream.get_next() == {
            "events": {
                "kind": "SUMMARY_CREATED",
                "session": {"name": "s"},
                "data": {"kind": SHORT, "firstSequence": 1, "lastSequence": 2},
            }
        }


async def test_a_cadence_is_that_of_the_moment(house: Workspace) -> None:
    await house.configure("s", summary={"messagesPerShortSummary": 3})
    await talk(house, 1, 3)
    await comes_to(lambda: list_windows(house), {(SHORT, 1, 3)})
