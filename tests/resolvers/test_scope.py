"""Scopes: made, changed, deleted, and in effect at the next read, for every level and for cards."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes

READ = """
query($workspace: String!, $scope: String!) { workspace(name: $workspace) { scope(name: $scope) {
  id name metadata sessions { totalCount edges { node { name } } } } } }
"""
FOLLOW = """
subscription($workspace: String!, $scope: String) {
  representation(workspace: $workspace, observed: "al", observer: "bo", scope: $scope) {
    kind added { content } retired
    representation { conclusions { content } card } } }
"""
PATTERN = "al says again and again: al is a vegan"
DEDUCTION = "al doesn't eat meat, fish, eggs or dairy"
CONTRADICTION = "al likes Cy, but also: al dislikes Cy"


async def create(workspace: Workspace, name: str = "some", **given: Any) -> Any:
    return await workspace.run_input(
        "createScope", "created scope { id name metadata }",
        workspace=workspace.name, name=name, **given,
    )  # fmt: skip


async def find(workspace: Workspace, name: str = "some") -> Any:
    """Returns a scope with the names of its sessions, or None."""
    data = await workspace.client.run(READ, workspace=workspace.name, scope=name)
    scope = data["workspace"]["scope"]
    if scope is None:
        return None
    page = scope.pop("sessions")
    names = [edge["node"]["name"] for edge in page["edges"]]
    assert page["totalCount"] == len(names)
    return {**scope, "sessions": names}


async def play(workspace: Workspace) -> None:
    """Says something for every level in sessions a, b and c, and lets bo dream of it."""
    sentences = {"a": ["I like Cy.", "I live in Paris."], "b": ["I dislike Cy."], "c": []}
    for session, more in sentences.items():
        await workspace.join(session, "al", "bo", observeOthers=True)
        await workspace.say(session, "al", "I am a vegan.", *more)
        await workspace.derive()
    await workspace.dream("al", "bo")


async def test_a_scope_is_created_once_and_then_found(workspace: Workspace) -> None:
    for session in ("a", "b"):
        await workspace.join(session, "al")
    made = await create(workspace, sessions=["b", "a", "a"], metadata={"why": "test"})
    found = await create(workspace, sessions=[], metadata={})
    assert (made["created"], found["created"]) == (True, False)
    assert found["scope"] == made["scope"]
    assert await find(workspace) == {**made["scope"], "sessions": ["a", "b"]}
    assert made["scope"]["metadata"] == {"why": "test"}


async def test_sessions_come_and_go_and_the_rest_stays(workspace: Workspace) -> None:
    for session in ("a", "b", "c"):
        await workspace.join(session, "al")
    await create(workspace, sessions=["a"], metadata={"x": 1})

    async def update(**changes: Any) -> Any:
        await workspace.change("updateScope", scope="some", **changes)
        scope = await find(workspace)
        return scope["sessions"], scope["metadata"]

    assert await update(addSessions=["b", "c", "a"]) == (["a", "b", "c"], {"x": 1})
    assert await update(removeSessions=["b"]) == (["a", "c"], {"x": 1})
    assert await update(removeSessions=["b"]) == (["a", "c"], {"x": 1})
    assert await update(metadata={"y": 2}) == (["a", "c"], {"y": 2})
    assert await update(addSessions=["b"], removeSessions=["a", "c"]) == (["b"], {"y": 2})


async def test_a_deleted_scope_is_gone_and_its_sessions_are_not(workspace: Workspace) -> None:
    await workspace.say("a", "al", "I have a cat.")
    await workspace.derive()
    await create(workspace, sessions=["a"])
    assert await workspace.forget("deleteScope", scope="some") == 1
    assert await workspace.forget("deleteScope", scope="some") == 0
    assert await find(workspace) is None
    assert await workspace.list_known("al") == ["al has a cat"]
    refusal = await workspace.get_read_refusal("al", scope="some")
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        'scope "some" does not exist in this workspace',
    )


async def test_every_level_and_the_card_follow_the_scope_at_the_next_read(
    workspace: Workspace,
) -> None:
    await play(workspace)
    await create(workspace)

    async def change(**changes: Any) -> tuple[list[str], list[str], list[str]]:
        """Returns what is known, listed and on the card; each read in its own way."""
        await workspace.change("updateScope", scope="some", **changes)
        known = await workspace.list_known("al", "bo", scope="some")
        listed = sorted(await workspace.list_all("al", "bo", scope="some"))
        return known, listed, await workspace.list_card("al", "bo", scope="some")

    in_a = sorted(["al is a vegan", "al likes Cy", "al lives in Paris", DEDUCTION])
    paris = ["al lives in Paris"]
    in_ab = sorted([*in_a, "al dislikes Cy", CONTRADICTION])
    everything = sorted([*in_ab, PATTERN])
    assert await change() == ([], [], [])
    assert await change(addSessions=["a"]) == (in_a, in_a, paris)
    assert await change(addSessions=["b"]) == (in_ab, in_ab, paris)
    assert await change(addSessions=["c"]) == (everything, everything, paris)
    # What was deduced rests on the first of the three, so without it only the rest is left.
    in_bc = ["al dislikes Cy", "al is a vegan"]
    assert await change(removeSessions=["a"]) == (in_bc, in_bc, [])
    assert await workspace.list_known("al", "bo") == everything


async def test_an_empty_scope_shows_nothing_at_all(workspace: Workspace) -> None:
    await play(workspace)
    await create(workspace)
    for observer in (None, "al", "bo"):
        assert await workspace.list_known("al", observer, scope="some") == []
    answer = await workspace.ask("bo", "Does Al like Cy?", scope="some")
    assert (answer["conclusions"], answer["messages"]) == ([], [])


async def test_a_scope_and_sessions_together_show_what_is_in_both(workspace: Workspace) -> None:
    await play(workspace)
    await create(workspace, sessions=["a", "b"])

    async def read(*sessions: str) -> list[str]:
        return await workspace.list_known("al", "bo", scope="some", sessions=list(sessions))

    assert await read("b", "c") == ["al dislikes Cy", "al is a vegan"]
    assert await read("c") == []
    assert await read() == []
    assert CONTRADICTION in await read("a", "b", "c")


async def test_a_scope_never_shows_more_than_the_observer_may_see(workspace: Workspace) -> None:
    await play(workspace)
    await workspace.join("a", "cy", observeOthers=True)
    await create(workspace, sessions=["a", "b", "c"])
    assert await workspace.list_known("al", "cy", scope="some") == []


async def test_support_and_words_are_those_of_the_scope(workspace: Workspace) -> None:
    for session, sentence in (("a", "I love tea."), ("b", "I love TEA.")):
        await workspace.say(session, "al", sentence)
        await workspace.derive()
    await create(workspace, sessions=["a"])
    known = await workspace.list_all("al", scope="some")
    assert {content: each["support"] for content, each in known.items()} == {"al loves tea": 1}
    known = await workspace.list_all("al")
    assert {content: each["support"] for content, each in known.items()} == {"al loves TEA": 2}


async def test_followers_under_a_scope_see_it_change(workspace: Workspace) -> None:
    await play(workspace)
    await create(workspace, sessions=["c"])
    name = workspace.name
    async with (
        workspace.client.subscribe(FOLLOW, workspace=name, scope="some") as scoped,
        workspace.client.subscribe(FOLLOW, workspace=name) as unscoped,
    ):

        async def get_next() -> tuple[str, list[str], int]:
            event = (await scoped.get_next())["representation"]
            added = sorted(each["content"] for each in event["added"])
            return event["kind"], added, len(event["retired"])

        assert await get_next() == ("SNAPSHOT", ["al is a vegan"], 0)
        await unscoped.get_next()
        await workspace.change("updateScope", scope="some", addSessions=["b"])
        kind, added, retired = await get_next()
        assert (kind, retired) == ("CHANGED", 0)
        # Said in both now, so it is found once more.
        assert added == ["al dislikes Cy", "al is a vegan"]
        await workspace.change("updateScope", scope="some", removeSessions=["b", "c"])
        assert await get_next() == ("CHANGED", [], 2)
        await workspace.change("updateScope", scope="some", metadata={"nothing": "else"})
        assert await scoped.is_silent(0.2)
        assert await unscoped.is_silent(0.2)


@pytest.mark.parametrize(
    ("mutation", "given", "code", "message"),
    [
        ("createScope", {"name": ""}, "BAD_USER_INPUT",
         "scope name is empty, at least 1 character is needed"),
        ("createScope", {"name": "new", "sessions": ["a", "no"]}, "NOT_FOUND",
         'session "no" does not exist in this workspace'),
        ("createScope", {"name": "new", "metadata": []}, "BAD_USER_INPUT",
         "metadata is a JSON array, it must be an object"),
        ("updateScope", {"scope": "no"}, "NOT_FOUND",
         'scope "no" does not exist in this workspace'),
        ("updateScope", {"scope": "some", "addSessions": ["no"]}, "NOT_FOUND",
         'session "no" does not exist in this workspace'),
        ("updateScope", {"scope": "some", "removeSessions": ["no"]}, "NOT_FOUND",
         'session "no" does not exist in this workspace'),
        ("updateScope", {"scope": "some", "addSessions": ["b"], "removeSessions": ["b"]},
         "BAD_USER_INPUT", 'session "b" is both added and removed; decide'),
    ],
)  # fmt: skip
async def test_what_cannot_be_a_scope_is_refused_and_changes_nothing(
    workspace: Workspace, pool: Pool, mutation: str, given: dict[str, Any], code: str, message: str
) -> None:
    for session in ("a", "b"):
        await workspace.join(session, "al")
    await create(workspace, sessions=["a"])
    kind = mutation[0].upper() + mutation[1:]
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.client.get_refusal(
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ position }} }}",
            input={"workspace": workspace.name, **given},
        )
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
    assert (await find(workspace))["sessions"] == ["a"]


@pytest.mark.parametrize(
    "operation",
    [
        "query($w: String!) { workspace(name: $w) { peer(name: \"al\") {"
        " representation(scope: \"no\") { text } } } }",
        "query($w: String!) { workspace(name: $w) { peer(name: \"al\") {"
        " conclusions(scope: \"no\") { totalCount } } } }",
        "query($w: String!) { workspace(name: $w) { peer(name: \"al\") {"
        " card(scope: \"no\") { lines } } } }",
        "query($w: String!) { workspace(name: $w) { peer(name: \"al\") {"
        " chat(query: \"What?\", scope: \"no\") { text } } } }",
    ],
    ids=["representation", "conclusions", "card", "chat"],
)  # fmt: skip
async def test_a_read_under_an_unknown_scope_is_refused(
    workspace: Workspace, operation: str
) -> None:
    await workspace.join("a", "al")
    refusal = await workspace.client.get_refusal(operation, w=workspace.name)
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        'scope "no" does not exist in this workspace',
    )
