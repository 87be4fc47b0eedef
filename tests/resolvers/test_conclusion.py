"""Conclusions: superseded, contradicted, counted and paged, as each reader sees them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client import Workspace

PAGE = """
query($name: String!, $observer: String, $first: Int, $after: String, $last: Int, $before: String,
      $levels: [Level!]) {
  workspace(name: $name) { peer(name: "al") {
    conclusions(observer: $observer, first: $first, after: $after, last: $last, before: $before,
                levels: $levels) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { content } } } } } }
"""


async def take_time() -> str:
    """Returns a moment that nothing else happens at."""
    await asyncio.sleep(0.005)
    moment = datetime.now(UTC).isoformat()
    await asyncio.sleep(0.005)
    return moment


async def say(workspace: Workspace, session: str, *contents: str) -> None:
    await workspace.say(session, "al", *contents)
    await workspace.derive()


async def meet(workspace: Workspace, **sessions: list[str]) -> None:
    """Lets al meet others, all of whom observe."""
    for session, peers in sessions.items():
        await workspace.join(session, "al", *peers, observeOthers=True)


async def test_a_newer_value_supersedes_for_who_sees_both(workspace: Workspace) -> None:
    await meet(workspace, open=["bo", "cy"], closed=["bo"])
    await say(workspace, "open", "I live in Paris.")
    await say(workspace, "closed", "I moved to Berlin.")
    for observer in (None, "al", "bo"):
        known = await workspace.list_all("al", observer)
        old, new = known["al lives in Paris"], known["al moved to Berlin"]
        assert old["supersededBy"] == {"content": "al moved to Berlin"}
        assert old["retiredAt"] == new["recordedAt"] > old["recordedAt"]
        assert (new["supersededBy"], new["retiredAt"]) == (None, None)
        assert await workspace.list_known("al", observer) == ["al moved to Berlin"]
    known = await workspace.list_all("al", "cy")
    assert list(known) == ["al lives in Paris"]
    assert (known["al lives in Paris"]["supersededBy"], known["al lives in Paris"]["retiredAt"]) \
        == (None, None)  # fmt: skip


async def test_who_knows_only_the_newer_knows_nothing_of_the_older(workspace: Workspace) -> None:
    await meet(workspace, closed=["bo"], open=["bo", "cy"])
    await say(workspace, "closed", "I live in Paris.")
    await say(workspace, "open", "I moved to Berlin.")
    assert list(await workspace.list_all("al", "cy")) == ["al moved to Berlin"]
    assert list(await workspace.list_all("al", "bo", sessions=["closed"])) == ["al lives in Paris"]
    known = await workspace.list_all("al", "bo", sessions=["closed"])
    assert known["al lives in Paris"]["retiredAt"] is None


async def test_a_value_that_comes_back_stands_again(workspace: Workspace) -> None:
    for sentence in ("I live in Paris.", "I live in Berlin.", "I live in Paris."):
        await say(workspace, "s", sentence)
    assert await workspace.list_known("al") == ["al lives in Paris"]
    known = await workspace.list_all("al")
    assert known["al lives in Berlin"]["supersededBy"] == {"content": "al lives in Paris"}
    assert known["al lives in Paris"]["support"] == 2


async def test_as_of_a_moment_it_is_answered_as_it_would_have_been_then(
    workspace: Workspace,
) -> None:
    await meet(workspace, s=["bo"])
    moments = [await take_time()]
    for sentence in ("I live in Paris.", "I like Cy.", "I moved to Berlin.", "I dislike Cy."):
        await say(workspace, "s", sentence)
        moments.append(await take_time())
    contradiction = "al likes Cy, but also: al dislikes Cy"
    expected = [
        [],
        ["al lives in Paris"],
        ["al likes Cy", "al lives in Paris"],
        ["al likes Cy", "al moved to Berlin"],
        ["al dislikes Cy", "al likes Cy", contradiction, "al moved to Berlin"],
    ]
    cards = [[], ["al lives in Paris"], ["al lives in Paris"], *[["al moved to Berlin"]] * 2]
    for observer in (None, "bo"):
        for moment, known, card in zip(moments, expected, cards, strict=True):
            view = await workspace.read("al", observer, asOf=moment)
            assert sorted(each["content"] for each in view["conclusions"]) == known
            assert view["card"] == card


async def test_support_is_as_of_the_moment_too(workspace: Workspace) -> None:
    await say(workspace, "s", "I love tea.")
    then = await take_time()
    await say(workspace, "s", "I love TEA.")
    (conclusion,) = (await workspace.read("al", asOf=then))["conclusions"]
    assert (conclusion["content"], conclusion["support"]) == ("al loves tea", 1)
    (conclusion,) = (await workspace.read("al"))["conclusions"]
    assert (conclusion["content"], conclusion["support"]) == ("al loves TEA", 2)


async def test_only_forgetting_changes_the_past(workspace: Workspace) -> None:
    await say(workspace, "s", "I live in Paris.")
    then = await take_time()
    await say(workspace, "t", "I moved to Berlin.")
    await workspace.forget("deleteSession", session="s")
    assert await workspace.list_known("al", asOf=then) == []


async def test_a_contradiction_has_both_sides_as_premises_and_cites_both(
    workspace: Workspace,
) -> None:
    await meet(workspace, s=["bo"])
    await say(workspace, "s", "I like Cy.", "I am not married.")
    await say(workspace, "s", "I am married.", "I dislike Cy.")
    known = await workspace.list_all("al", "bo", levels=["CONTRADICTION"])
    assert sorted(known) == [
        "al is not married, but also: al is married",
        "al likes Cy, but also: al dislikes Cy",
    ]
    found = known["al likes Cy, but also: al dislikes Cy"]
    assert found["premises"] == [{"content": "al likes Cy"}, {"content": "al dislikes Cy"}]
    assert [message["sequence"] for message in found["messages"]] == [1, 4]
    assert (found["observer"], found["retiredAt"], found["support"]) == (None, None, 1)


async def test_repeating_oneself_does_not_multiply_contradictions(workspace: Workspace) -> None:
    await meet(workspace, s=["bo"], t=["bo", "cy"])
    for _ in range(3):
        await say(workspace, "s", "I like Cy.")
        await say(workspace, "s", "I dislike Cy.")
    content = "al likes Cy, but also: al dislikes Cy"
    assert (await workspace.list_all("al", "bo"))[content]["support"] == 1
    # Another audience has one of its own, and who is in both counts all pairs that it sees.
    await say(workspace, "t", "I like Cy.")
    assert await workspace.list_known("al", "cy") == ["al likes Cy"]
    await say(workspace, "t", "I dislike Cy.")
    levels = ["CONTRADICTION"]
    found = (await workspace.list_all("al", "cy", levels=levels)).values()
    assert [(each["content"], each["support"]) for each in found] == [(content, 1)]
    seen = (await workspace.list_all("al", "bo", levels=levels)).values()
    assert sum(each["support"] for each in seen) == 4


async def test_one_who_saw_both_sides_in_different_places_is_told_of_it(
    workspace: Workspace,
) -> None:
    await meet(workspace, a=["bo", "cy"], b=["bo", "di"])
    await say(workspace, "a", "I like Ed.")
    await say(workspace, "b", "I dislike Ed.")
    content = "al likes Ed, but also: al dislikes Ed"
    for observer, known in ((None, [content]), ("bo", [content]), ("cy", []), ("di", [])):
        assert await workspace.list_known("al", observer, levels=["CONTRADICTION"]) == known
    for session in ("a", "b"):
        known = await workspace.list_known("al", levels=["CONTRADICTION"], sessions=[session])
        assert known == []


async def read_page(workspace: Workspace, **page: Any) -> Any:
    data = await workspace.client.run(PAGE, name=workspace.name, **page)
    return data["workspace"]["peer"]["conclusions"]


async def test_pages_hold_everything_once_the_oldest_first(workspace: Workspace) -> None:
    await meet(workspace, open=["bo", "cy"], closed=["bo"])
    things = ["cat", "dog", "pony", "hen", "fish"]
    for thing in things:
        await say(workspace, "open", f"I have a {thing}.")
        await say(workspace, "closed", f"I need a {thing}.")
    await say(workspace, "closed", "I have a CAT.")

    async def list_pages(observer: str | None, size: int) -> list[list[str]]:
        pages, after = [], None
        while True:
            page = await read_page(workspace, observer=observer, first=size, after=after)
            pages.append([edge["node"]["content"] for edge in page["edges"]])
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert page["totalCount"] == (5 if observer == "cy" else 10)
            if not page["pageInfo"]["hasNextPage"]:
                return pages
            after = page["pageInfo"]["endCursor"]

    to_cy = [f"al has a {thing}" for thing in things]
    assert await list_pages("cy", 2) == [to_cy[:2], to_cy[2:4], to_cy[4:]]
    assert await list_pages("cy", 5) == [to_cy]
    # Said again, so its newest words come last.
    to_bo = [f"al {verb} a {thing}" for thing in things for verb in ("has", "needs")]
    to_bo = [*to_bo[1:], "al has a CAT"]
    for observer in ("bo", None):
        pages = await list_pages(observer, 3)
        assert [content for page in pages for content in page] == to_bo
    page = await read_page(workspace, observer="bo", last=3)
    assert [edge["node"]["content"] for edge in page["edges"]] == to_bo[-3:]
    page = await read_page(workspace, observer="bo", last=2, before=page["pageInfo"]["startCursor"])
    assert [edge["node"]["content"] for edge in page["edges"]] == to_bo[-5:-3]


async def test_levels_narrow_the_pages(workspace: Workspace) -> None:
    await say(workspace, "s", "I am a vegan.", "I like Cy.", "I dislike Cy.")
    await workspace.dream("al")
    counts = {}
    for level in ("EXPLICIT", "DEDUCTIVE", "INDUCTIVE", "CONTRADICTION"):
        counts[level] = (await read_page(workspace, first=10, levels=[level]))["totalCount"]
    assert counts == {"EXPLICIT": 3, "DEDUCTIVE": 1, "INDUCTIVE": 0, "CONTRADICTION": 1}
    assert (await read_page(workspace, levels=[]))["totalCount"] == 0
    assert (await read_page(workspace))["totalCount"] == 5


async def test_who_holds_no_model_of_others_has_no_pages(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await say(workspace, "s", "I have a cat.")
    page = await read_page(workspace, observer="bo")
    assert (page["edges"], page["totalCount"]) == ([], 0)


ALL_THREE, TWO = ["al", "bo", "cy"], ["al", "bo"]


@pytest.mark.parametrize(
    ("vantage", "expected"),
    [
        (None, [(2, ALL_THREE), (2, TWO)]),
        ("al", [(2, ALL_THREE), (2, TWO)]),
        ("bo", [(2, ALL_THREE), (2, TWO)]),
        ("cy", [(1, ALL_THREE)]),
    ],
)
async def test_a_message_tells_who_witnessed_it_and_what_cites_it_as_far_as_one_sees(
    workspace: Workspace, vantage: str | None, expected: list[tuple[int, list[str]]]
) -> None:
    """Of each message how often its one conclusion was found, and who was there."""
    await meet(workspace, s=["bo", "cy"])
    await say(workspace, "s", "I love tea.")
    await workspace.leave("s", "cy")
    await say(workspace, "s", "I love TEA.")
    data = await workspace.client.run(
        """
        query($name: String!, $vantage: String) { workspace(name: $name) { session(name: "s") {
          messages(vantage: $vantage) { edges { node {
            witnesses { name } conclusions { support observed { name } } } } } } } }
        """,
        name=workspace.name,
        vantage=vantage,
    )
    edges = data["workspace"]["session"]["messages"]["edges"]
    found = []
    for edge in edges:
        (conclusion,) = edge["node"]["conclusions"]
        assert conclusion["observed"] == {"name": "al"}
        names = sorted(peer["name"] for peer in edge["node"]["witnesses"])
        found.append((conclusion["support"], names))
    assert found == expected


async def test_a_message_shows_no_conclusion_that_its_reader_may_not_see(
    workspace: Workspace,
) -> None:
    """A contradiction with what was said elsewhere cites the message, but is not cy's to see."""
    await meet(workspace, open=["bo", "cy"], closed=["bo"])
    await workspace.join("open", "di")
    await say(workspace, "open", "I like Ed.")
    await say(workspace, "closed", "I dislike Ed.")
    query = """
        query($name: String!, $vantage: String) { workspace(name: $name) { session(name: "open") {
          messages(vantage: $vantage) { edges { node { conclusions { content } } } } } } }
    """
    found = {}
    for vantage in (None, "al", "bo", "cy", "di"):
        data = await workspace.client.run(query, name=workspace.name, vantage=vantage)
        (edge,) = data["workspace"]["session"]["messages"]["edges"]
        found[vantage] = sorted(each["content"] for each in edge["node"]["conclusions"])
    both = ["al likes Ed", "al likes Ed, but also: al dislikes Ed"]
    assert found == {None: both, "al": both, "bo": both, "cy": both[:1], "di": []}


async def test_observers_are_those_who_see_something(workspace: Workspace) -> None:
    await workspace.create_peers("al", "bo", "cy", "di", "ed", observeOthers=True)
    await workspace.join("s", "al", "bo")
    await workspace.join("s", "cy", observeOthers=False)
    await say(workspace, "s", "I have a cat.")
    await workspace.join("s", "di")  # late

    async def read() -> tuple[list[str], dict[str, list[str]]]:
        data = await workspace.client.run(
            """
            query($name: String!) { workspace(name: $name) {
              peer(name: "al") { observers { name } }
              peers { edges { node { name observes { name } } } } } }
            """,
            name=workspace.name,
        )
        found = data["workspace"]
        return [peer["name"] for peer in found["peer"]["observers"]], {
            edge["node"]["name"]: [peer["name"] for peer in edge["node"]["observes"]]
            for edge in found["peers"]["edges"]
        }

    nobody: dict[str, list[str]] = {name: [] for name in ("al", "bo", "cy", "di", "ed")}
    assert await read() == (["bo"], nobody | {"bo": ["al"]})
    await say(workspace, "s", "I have a dog.")
    assert await read() == (["bo", "di"], nobody | {"bo": ["al"], "di": ["al"]})
    await workspace.forget("deleteSession", session="s")
    assert await read() == ([], nobody)
