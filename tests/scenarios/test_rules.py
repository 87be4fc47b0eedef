"""The rules of semantics.md, 1 to 10, one by one; 11 and 12 have tests of their own."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from models.database import Pool
from tests.client import Workspace


async def meet(workspace: Workspace, session: str, *peers: str) -> None:
    """Lets peers that observe others meet."""
    await workspace.join(session, *peers, observeOthers=True)


async def test_rule_1_the_global_view_uses_every_message(workspace: Workspace) -> None:
    await meet(workspace, "alone", "al")
    await meet(workspace, "with-bo", "al", "bo")
    await meet(workspace, "with-cy", "al", "cy")
    for session, thing in (("alone", "cat"), ("with-bo", "dog"), ("with-cy", "pony")):
        await workspace.say(session, "al", f"I have a {thing}.")
    await workspace.derive()
    everything = ["al has a cat", "al has a dog", "al has a pony"]
    assert await workspace.list_known("al") == everything
    view = await workspace.read("al")
    assert (view["observer"], view["observes"]) == (None, True)


async def test_rule_2_a_view_of_oneself_rests_on_ones_own_words_everywhere(
    workspace: Workspace,
) -> None:
    await workspace.join("a", "al", "bo")
    await workspace.join("b", "al", "cy")
    await workspace.say("a", "al", "I have a cat.")
    await workspace.say("a", "bo", "Al has a dog.")
    await workspace.say("b", "al", "I have a pony.")
    await workspace.derive()
    assert await workspace.list_known("al", "al") == ["al has a cat", "al has a pony"]


async def test_rule_3_who_is_not_observed_still_gives_context(workspace: Workspace) -> None:
    await workspace.join("s", "al", observeMe=False)
    await meet(workspace, "s", "bo")
    await workspace.say("s", "al", "I have a cat.")
    await workspace.say("s", "bo", "I have a dog.")
    await workspace.derive()
    assert await workspace.list_known("al") == []
    assert await workspace.list_known("bo") == ["bo has a dog"]
    assert await workspace.list_contents("s", "bo") == ["I have a cat.", "I have a dog."]


async def test_rule_4_what_was_said_is_concluded_once_whoever_watches(
    workspace: Workspace, pool: Pool
) -> None:
    watchers = [f"watcher-{i}" for i in range(20)]
    await meet(workspace, "s", "al", *watchers)
    await workspace.say("s", "al", "I have a cat.", "I have a dog.")
    await workspace.derive()
    rows = await pool.fetchval(
        "SELECT count(*) FROM conclusion JOIN workspace ON workspace.id = workspace_id"
        " WHERE workspace.name = $1",
        workspace.name,
    )
    assert rows == 2
    ids = {
        tuple(sorted(each["id"] for each in (await workspace.read("al", watcher))["conclusions"]))
        for watcher in watchers
    }
    assert len(ids) == 1


async def test_rule_4_what_a_mind_makes_of_it_is_its_own(workspace: Workspace) -> None:
    await meet(workspace, "s", "al", "bo", "cy")
    await workspace.say("s", "al", "I am a vegetarian.")
    await workspace.derive()
    await workspace.dream("al", "bo")
    assert await workspace.list_known("al", "bo", levels=["DEDUCTIVE"]) == ["al doesn't eat meat"]
    for other in ("cy", "al", None):
        assert await workspace.list_known("al", other, levels=["DEDUCTIVE"]) == []


async def test_rule_5_a_scope_counts_at_the_next_read_and_does_not_leak(
    workspace: Workspace,
) -> None:
    for session, sentence in (("a", "I like Cy."), ("b", "I dislike Cy."), ("c", "I am married.")):
        await meet(workspace, session, "al", "bo")
        await workspace.say(session, "al", sentence)
    await workspace.derive()
    await workspace.change("createScope", name="some", sessions=["a"])
    contradiction = "al likes Cy, but also: al dislikes Cy"

    async def read() -> list[str]:
        return await workspace.list_known("al", "bo", scope="some")

    assert await read() == ["al likes Cy"]
    await workspace.change("updateScope", scope="some", addSessions=["b"])
    assert await read() == ["al dislikes Cy", "al likes Cy", contradiction]
    await workspace.change("updateScope", scope="some", addSessions=["c"], removeSessions=["a"])
    assert await read() == ["al dislikes Cy", "al is married"]
    answer = await workspace.ask("bo", "Does Al like Cy?", target="al", scope="some")
    assert [each["content"] for each in answer["conclusions"]] == ["al dislikes Cy"]


async def test_rule_6_a_window_ends_where_the_audience_changes(
    patient_workspace: Workspace, patient_pool: Pool
) -> None:
    """All of it is derived at one go, after the last word."""
    workspace = patient_workspace
    await meet(workspace, "s", "al", "bo")
    await workspace.say("s", "al", "I have a cat.", "I have a dog.")
    await meet(workspace, "s", "cy")
    await workspace.say("s", "al", "I have a pony.")
    await workspace.join("s", "di")  # does not observe, so it cuts nothing
    await workspace.say("s", "al", "I have a fish.")
    await workspace.leave("s", "bo")
    await workspace.say("s", "al", "I have a hen.")
    await workspace.derive()
    windows = await patient_pool.fetch(
        """
        SELECT seen.first_sequence, seen.last_sequence FROM derived_window AS seen
        JOIN session ON session.id = seen.session_id
        JOIN workspace ON workspace.id = session.workspace_id
        WHERE workspace.name = $1 ORDER BY 1
        """,
        workspace.name,
    )
    assert [tuple(window) for window in windows] == [(1, 2), (3, 4), (5, 5)]
    assert await workspace.list_known("al", "cy") == [
        "al has a fish",
        "al has a hen",
        "al has a pony",
    ]
    assert len(await workspace.list_known("al", "bo")) == 4


async def test_rule_7_saying_it_again_adds_a_witness_not_a_secret(workspace: Workspace) -> None:
    await meet(workspace, "a", "al", "bo")
    await meet(workspace, "b", "al", "cy")
    await meet(workspace, "c", "al", "bo", "cy", "di")
    await workspace.say("a", "al", "I love tea.")
    await workspace.derive()
    await workspace.say("b", "al", "I love TEA.")
    await workspace.derive()
    await workspace.say("c", "al", "I love Tea!")
    await workspace.derive()

    async def count(observer: str | None, **more: Any) -> dict[str, int]:
        known = await workspace.list_all("al", observer, **more)
        return {content: node["support"] for content, node in known.items()}

    assert await count(None) == {"al loves Tea": 3}
    assert await count("bo") == await count("cy") == {"al loves Tea": 2}
    assert await count("di") == {"al loves Tea": 1}
    assert await count("bo", sessions=["a"]) == {"al loves tea": 1}
    assert await count(None, sessions=["a", "b"]) == {"al loves TEA": 2}
    # Forgetting the one that all saw takes it from who saw only that.
    assert await workspace.forget("deleteSession", session="c") == 1
    assert await count("bo") == {"al loves tea": 1}
    assert await count("di") == {}


async def test_rule_8_paris_stands_for_who_does_not_know_of_berlin(workspace: Workspace) -> None:
    await meet(workspace, "open", "al", "bo", "cy")
    await meet(workspace, "closed", "al", "bo")
    await workspace.say("open", "al", "I live in Paris.")
    await workspace.derive()
    await workspace.say("closed", "al", "I moved to Berlin.")
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al moved to Berlin"]
    assert await workspace.list_known("al", "cy") == ["al lives in Paris"]
    assert (await workspace.list_all("al", "cy"))["al lives in Paris"]["retiredAt"] is None
    assert await workspace.list_card("al", "cy") == ["al lives in Paris"]
    assert await workspace.list_card("al", "bo") == ["al moved to Berlin"]


async def test_rule_9_what_is_forgotten_takes_with_it_what_rests_on_it(
    workspace: Workspace,
) -> None:
    await meet(workspace, "s", "al", "bo")
    await workspace.say("s", "al", "I like Cy.", "I have a cat.")
    await workspace.say("s", "al", "I dislike Cy.")
    await workspace.derive()
    assert len(await workspace.list_known("al", "bo")) == 4
    assert await workspace.forget_messages("s", 1) == 1
    await workspace.derive()
    for observer in (None, "al", "bo"):
        assert await workspace.list_known("al", observer) == ["al dislikes Cy", "al has a cat"]
    assert await workspace.list_contents("s") == ["I have a cat.", "I dislike Cy."]


async def test_rule_10_superseded_is_not_erased(workspace: Workspace) -> None:
    await meet(workspace, "s", "al", "bo")
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    await asyncio.sleep(0.01)
    then = datetime.now(UTC).isoformat()
    await workspace.say("s", "al", "I moved to Berlin.")
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al moved to Berlin"]
    assert await workspace.list_known("al", "bo", asOf=then) == ["al lives in Paris"]
    everything = await workspace.list_all("al", "bo")
    assert sorted(everything) == ["al lives in Paris", "al moved to Berlin"]
    old, new = everything["al lives in Paris"], everything["al moved to Berlin"]
    assert old["supersededBy"] == {"content": "al moved to Berlin"}
    assert old["retiredAt"] == new["recordedAt"]
