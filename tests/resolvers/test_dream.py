"""Dreams: what a mind makes of what it may see, and that it stays in that mind."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes

INFERRED = ["DEDUCTIVE", "INDUCTIVE"]


async def list_inferred(
    workspace: Workspace, observer: str | None = None, **more: Any
) -> list[str]:
    return await workspace.list_known("al", observer, levels=INFERRED, **more)


async def say(workspace: Workspace, session: str, *contents: str) -> None:
    """Lets al say something to bo and cy, who observe others."""
    await workspace.join(session, "al", "bo", "cy", observeOthers=True)
    await workspace.say(session, "al", *contents)
    await workspace.derive()


@pytest.mark.parametrize(
    ("said", "deduced"),
    [
        ("I am a vegetarian.", "al doesn't eat meat"),
        ("I am married.", "al has a spouse"),
        ("I have two dogs.", "al has a pet"),
        ("I am allergic to nuts.", "al has to avoid nuts"),
    ],
)
async def test_what_follows_from_a_statement_is_deduced_and_cites_it(
    workspace: Workspace, said: str, deduced: str
) -> None:
    await say(workspace, "s", "Good morning!", said)
    assert await list_inferred(workspace, "bo") == []
    await workspace.dream("al", "bo")
    known = await workspace.list_all("al", "bo")
    (premise,) = known.keys() - {deduced}
    deduction = known[deduced]
    assert deduction["level"] == "DEDUCTIVE"
    assert deduction["premises"] == [{"content": premise}]
    assert deduction["messages"] == [{"sequence": 2, "session": {"name": "s"}}]
    assert (deduction["observer"], known[premise]["observer"]) == ({"name": "bo"}, None)
    assert deduction["support"] == 1


async def test_what_is_said_in_three_sessions_is_a_pattern_that_rests_on_all_of_them(
    workspace: Workspace, pool: Pool
) -> None:
    for session in ("a", "b"):
        await say(workspace, session, "I need a break.", "I need a break!")
    await workspace.dream("al", "bo")
    assert await list_inferred(workspace, "bo") == []
    await say(workspace, "c", "I need a break.")
    await say(workspace, "d", "I need a break.")
    await workspace.dream("al", "bo")
    (content,) = await list_inferred(workspace, "bo")
    assert content == "al says again and again: al needs a break"
    pattern = (await workspace.list_all("al", "bo"))[content]
    assert pattern["level"] == "INDUCTIVE"
    assert len(pattern["premises"]) == 3
    # The first time in each of the first three.
    assert pattern["messages"] == [
        {"sequence": 1, "session": {"name": session}} for session in ("a", "b", "c")
    ]
    windows = await pool.fetch(
        """
        SELECT session.name FROM evidence JOIN conclusion AS c ON c.id = conclusion_id
        JOIN session ON session.id = evidence.session_id
        JOIN workspace AS w ON w.id = c.workspace_id
        WHERE c.level = 'INDUCTIVE' AND w.name = $1 ORDER BY 1
        """,
        workspace.name,
    )
    assert [window["name"] for window in windows] == ["a", "b", "c"]


async def test_what_a_mind_made_nobody_else_sees_not_even_the_global_view(
    workspace: Workspace,
) -> None:
    await say(workspace, "s", "I am a vegetarian.")
    made = ["al doesn't eat meat"]
    dreamers: list[str | None] = ["bo", "al", None, "cy"]
    for place, dreamer in enumerate(dreamers):
        await workspace.dream("al", dreamer)
        for other in dreamers:
            has_dreamt = other in dreamers[: place + 1]
            assert await list_inferred(workspace, other) == (made if has_dreamt else [])
    ids = set()
    for dreamer in dreamers:
        deduction = (await workspace.list_all("al", dreamer))[made[0]]
        assert deduction["observer"] == (None if dreamer is None else {"name": dreamer})
        assert deduction["support"] == 1
        ids.add(deduction["id"])
    assert len(ids) == 4


async def test_a_mind_reasons_only_from_what_it_may_see(workspace: Workspace) -> None:
    await say(workspace, "a", "I need a break.")
    await say(workspace, "b", "I need a break.")
    await workspace.join("c", "al", "bo", observeOthers=True)
    await workspace.say("c", "al", "I need a break.", "I am a vegan.")
    await workspace.derive()
    for dreamer in ("bo", "cy"):
        await workspace.dream("al", dreamer)
    assert len(await list_inferred(workspace, "bo")) == 2
    assert await list_inferred(workspace, "cy") == []
    # What bo made is as narrow as what it rests on.
    assert len(await list_inferred(workspace, "bo", sessions=["c"])) == 1
    assert await list_inferred(workspace, "bo", sessions=["a", "b"]) == []


async def test_dreaming_again_adds_only_what_is_new(workspace: Workspace) -> None:
    await say(workspace, "s", "I am a vegetarian.")
    for _ in range(3):
        await workspace.dream("al", "bo")
    before = await workspace.list_all("al", "bo")
    assert len(before) == 2
    await say(workspace, "s", "I have a cat.")
    await workspace.dream("al", "bo")
    after = await workspace.list_all("al", "bo")
    assert sorted(after.keys() - before.keys()) == ["al has a cat", "al has a pet"]
    assert {content: after[content] for content in before} == before


async def test_what_follows_from_something_outdated_is_outdated_too(workspace: Workspace) -> None:
    await say(workspace, "s", "I am married.")
    await workspace.dream("al", "bo")
    assert await list_inferred(workspace, "bo") == ["al has a spouse"]
    await say(workspace, "s", "I am divorced.")
    assert await list_inferred(workspace, "bo") == []
    known = await workspace.list_all("al", "bo")
    deduction, successor = known["al has a spouse"], known["al is divorced"]
    assert deduction["retiredAt"] == successor["recordedAt"]
    assert deduction["supersededBy"] is None
    assert known["al is married"]["supersededBy"] == {"content": "al is divorced"}
    # Nothing is deduced any more from what no longer holds.
    await workspace.dream("al", "bo")
    await workspace.dream("al", "cy")
    assert await list_inferred(workspace, "bo") == await list_inferred(workspace, "cy") == []


async def test_it_is_not_outdated_for_a_mind_that_does_not_know(workspace: Workspace) -> None:
    await say(workspace, "s", "I am married.")
    await workspace.join("closed", "al", "cy", observeOthers=True)
    await workspace.say("closed", "al", "I am divorced.")
    await workspace.derive()
    for dreamer in ("bo", "cy"):
        await workspace.dream("al", dreamer)
    assert await list_inferred(workspace, "bo") == ["al has a spouse"]
    assert await list_inferred(workspace, "cy") == []


async def test_who_has_nothing_to_dream_of_dreams_nothing(workspace: Workspace) -> None:
    await workspace.create_peers("bo", observeOthers=True)
    await workspace.join("s", "al")
    await workspace.say("s", "al", "I am a vegetarian.")
    await workspace.derive()
    await workspace.dream("al", "bo")
    assert await list_inferred(workspace, "bo") == []


async def test_who_holds_no_model_of_others_may_still_dream_of_itself(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I am a vegetarian.")
    await workspace.derive()
    await workspace.dream("al", "al")
    assert await list_inferred(workspace, "al") == ["al doesn't eat meat"]


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"observer": "bo"}, "BAD_USER_INPUT",
         'peer "bo" does not observe others, so it has nothing to dream of'),
        ({"observer": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"observed": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"workspace": "no such"}, "NOT_FOUND", 'workspace "no such" does not exist'),
        ({"maxWaitMs": 25_001}, "BAD_USER_INPUT",
         "maxWaitMs is 25001, it must be from 0 to 25000"),
    ],
)  # fmt: skip
async def test_a_dream_that_cannot_be_is_refused(
    workspace: Workspace, pool: Pool, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al", "bo")
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.client.get_refusal(
            "mutation($input: DreamInput!) { dream(input: $input) { position } }",
            input={"workspace": workspace.name, "observed": "al", "observer": None, **given},
        )
    assert (refusal.code, refusal.message) == (code, message)


async def test_a_follower_sees_what_its_own_mind_made_and_no_other(workspace: Workspace) -> None:
    await say(workspace, "s", "I am a vegetarian.")
    follow = """
        subscription($name: String!, $observer: String) {
          representation(workspace: $name, observed: "al", observer: $observer) {
            kind added { content } } }
    """
    name = workspace.name
    async with (
        workspace.client.subscribe(follow, name=name, observer="bo") as bo,
        workspace.client.subscribe(follow, name=name, observer="cy") as cy,
        workspace.client.subscribe(follow, name=name, observer=None) as everything,
    ):
        for stream in (bo, cy, everything):
            await stream.get_next()
        await workspace.dream("al", "bo")
        event = (await bo.get_next())["representation"]
        assert event == {"kind": "CHANGED", "added": [{"content": "al doesn't eat meat"}]}
        assert await cy.is_silent(0.3)
        assert await everything.is_silent(0.1)
