"""Forgetting: exactly what is gone, what stays, and what is derived anew."""

import uuid
from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace, comes_to
from tests.snapshot import take_snapshot
from tests.waiting import wait_until


async def delete(by: Workspace, mutation: str, **what: Any) -> Any:
    """Returns the whole payload; `what` is the whole input."""
    return await by.run_input(mutation, "deleted position", **what)


async def count_rows(pool: Pool, workspace: Workspace) -> dict[str, int]:
    """Counts the rows of a workspace by table, tables without any left out."""
    counts = {
        table: len(rows) for table, rows in (await take_snapshot(pool, workspace.name)).items()
    }
    return {table: count for table, count in counts.items() if count}


async def test_a_message_takes_its_window_along_and_the_rest_of_it_is_derived_anew(
    patient_workspace: Workspace,
) -> None:
    """One window holds the first three; the fourth has one of its own."""
    workspace = patient_workspace
    await workspace.say("s", "al", "I have a cat.", "I have a dog.", "I have a pony.")
    await workspace.derive()
    await workspace.say("s", "al", "I have a fish.")
    await workspace.derive()
    before = await workspace.list_all("al")
    assert await workspace.forget_messages("s", 2) == 1
    gone = await workspace.list_known("al")
    await workspace.derive()
    after = await workspace.list_all("al")
    assert sorted(after) == ["al has a cat", "al has a fish", "al has a pony"]
    # Only who was not in that window is still the same.
    assert set(gone) <= set(after)
    kept = [content for content in after if after[content]["id"] == before[content]["id"]]
    assert kept == ["al has a fish"]
    assert after["al has a cat"]["messages"] == [{"sequence": 1, "session": {"name": "s"}}]
    # Sequences are never given again.
    assert [message["sequence"] for message in await workspace.list_messages("s")] == [1, 3, 4]
    await workspace.say("s", "al", "I have a hen.")
    assert [message["sequence"] for message in await workspace.list_messages("s")] == [1, 3, 4, 5]


async def test_all_of_a_window_may_go(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I have a cat.", "I have a dog.")
    await workspace.derive()
    assert await workspace.forget_messages("s", 1, 2) == 2
    await workspace.derive()
    assert await workspace.list_known("al") == []
    assert await workspace.list_messages("s") == []
    await workspace.say("s", "al", "I have a pony.")
    await workspace.derive()
    assert await workspace.list_known("al") == ["al has a pony"]


async def test_what_was_not_derived_yet_never_is(patient_workspace: Workspace) -> None:
    workspace = patient_workspace
    await workspace.say("s", "al", "I have a cat.", "I have a dog.")
    await workspace.forget_messages("s", 1)
    await workspace.derive()
    assert await workspace.list_known("al") == ["al has a dog"]


async def test_a_contradiction_is_found_again_between_what_remains(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    for sentence in ("I like Cy.", "I like Cy.", "I dislike Cy."):
        await workspace.say("s", "al", sentence)
        await workspace.derive()
    (contradiction,) = await workspace.list_known("al", "bo", levels=["CONTRADICTION"])
    before = (await workspace.list_all("al", "bo"))[contradiction]
    assert [message["sequence"] for message in before["messages"]] == [1, 3]
    await workspace.forget_messages("s", 1)
    await workspace.derive()
    after = (await workspace.list_all("al", "bo"))[contradiction]
    assert [message["sequence"] for message in after["messages"]] == [2, 3]
    assert after["id"] != before["id"]
    await workspace.forget_messages("s", 2)
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al dislikes Cy"]


async def test_what_was_outdated_stands_again_when_its_successor_is_forgotten(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    await workspace.say("s", "al", "I moved to Berlin.")
    await workspace.derive()
    assert await workspace.list_card("al") == ["al moved to Berlin"]
    await workspace.forget_messages("s", 2)
    await workspace.derive()
    assert await workspace.list_known("al") == ["al lives in Paris"]
    assert await workspace.list_card("al") == ["al lives in Paris"]
    assert (await workspace.list_all("al"))["al lives in Paris"]["retiredAt"] is None


async def test_what_a_mind_made_of_it_goes_too_and_comes_back_only_by_dreaming(
    workspace: Workspace,
) -> None:
    for session in ("a", "b", "c", "d"):
        await workspace.say(session, "al", "I am a vegan.")
    await workspace.derive()
    await workspace.dream("al")
    levels = ["DEDUCTIVE", "INDUCTIVE"]
    made = await workspace.list_known("al", levels=levels)
    assert made == [
        "al doesn't eat meat, fish, eggs or dairy",
        "al says again and again: al is a vegan",
    ]
    await workspace.forget_messages("a", 1)
    await workspace.derive()
    assert await workspace.list_known("al", levels=levels) == []
    await workspace.dream("al")
    assert await workspace.list_known("al", levels=levels) == made
    assert await workspace.forget("deleteSession", session="b") == 1
    await workspace.dream("al")
    assert await workspace.list_known("al", levels=levels) == made[:1]


async def test_a_conclusion_goes_with_what_follows_and_the_message_stays(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "I am a vegetarian.", "I have a cat.")
    await workspace.derive()
    await workspace.dream("al")
    known = await workspace.list_all("al")
    assert len(known) == 4
    id_ = known["al is a vegetarian"]["id"]
    assert (await delete(workspace, "deleteConclusion", id=id_))["deleted"] == 1
    assert sorted(await workspace.list_all("al")) == ["al has a cat", "al has a pet"]
    assert await workspace.list_contents("s") == ["I am a vegetarian.", "I have a cat."]
    assert (await delete(workspace, "deleteConclusion", id=id_))["deleted"] == 0


async def test_a_deleted_conclusion_comes_back_when_its_window_is_derived_anew(
    patient_workspace: Workspace,
) -> None:
    """Nothing is kept of it that could keep it away."""
    workspace = patient_workspace
    await workspace.say("s", "al", "Hello!", "I have a cat.")
    await workspace.derive()
    id_ = (await workspace.list_all("al"))["al has a cat"]["id"]
    await delete(workspace, "deleteConclusion", id=id_)
    await workspace.derive()
    assert await workspace.list_all("al") == {}
    await workspace.forget_messages("s", 1)
    await workspace.derive()
    (again,) = (await workspace.list_all("al")).values()
    assert again["content"] == "al has a cat"
    assert again["id"] != id_


async def test_a_session_goes_with_all_that_rests_on_it_in_part(workspace: Workspace) -> None:
    await workspace.join("a", "al", "bo", observeOthers=True)
    await workspace.join("b", "al", "bo", observeOthers=True)
    await workspace.say("a", "al", "I like Cy.", "I live in Paris.")
    await workspace.derive()
    await workspace.say("b", "al", "I dislike Cy.", "I moved to Berlin.")
    await workspace.derive()
    await workspace.change("createScope", name="both", sessions=["a", "b"])
    assert await workspace.forget("deleteSession", session="b") == 1
    for observer in (None, "al", "bo"):
        assert await workspace.list_known("al", observer) == ["al likes Cy", "al lives in Paris"]
    assert await workspace.list_known("al", scope="both") == ["al likes Cy", "al lives in Paris"]
    refusal = await workspace.get_read_refusal("al", sessions=["b"])
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        'session "b" does not exist in this workspace',
    )
    # Another one of that name has nothing to do with it.
    await workspace.join("b", "al", "bo")
    assert await workspace.list_messages("b") == []
    assert await workspace.list_members("b") == [("al", 1, None), ("bo", 1, None)]
    assert await workspace.list_known("al", sessions=["b"]) == []


async def test_a_peer_goes_with_its_words_and_what_others_and_it_made_of_them(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo", "cy", observeOthers=True)
    await workspace.say("s", "al", "I am a vegetarian.")
    await workspace.say("s", "bo", "I have a cat.")
    await workspace.derive()
    await workspace.dream("al", "bo")
    await workspace.dream("bo", "al")
    assert await workspace.forget("deletePeer", peer="al") == 1
    await workspace.derive()
    assert await workspace.list_contents("s") == ["I have a cat."]
    assert await workspace.list_members("s") == [("bo", 1, None), ("cy", 1, None)]
    for observer in (None, "bo", "cy"):
        assert await workspace.list_known("bo", observer) == ["bo has a cat"]
    refusal = await workspace.get_read_refusal("bo", "al")
    assert refusal.code == "NOT_FOUND"
    # Another one of that name is another one.
    await workspace.join("s", "al", observeOthers=True)
    assert await workspace.list_known("al") == []
    assert await workspace.list_known("bo", "al") == []


async def test_a_workspace_goes_with_every_row_and_no_other_does(
    workspace: Workspace, pool: Pool
) -> None:
    other = await Workspace.create(workspace.client, f"w-{uuid.uuid4().hex[:12]}")
    for each in (workspace, other):
        await each.join("s", "al", "bo", observeOthers=True)
        await each.say("s", "al", "I am a vegetarian.", "I like Cy.", "I dislike Cy.")
        await each.derive()
        await each.dream("al", "bo")
        await each.change("createScope", name="all", sessions=["s"])
    before = await count_rows(pool, other)
    id_ = await pool.fetchval("SELECT id FROM workspace WHERE name = $1", workspace.name)
    assert (await delete(workspace, "deleteWorkspace", workspace=workspace.name))["deleted"] == 1
    tables = [record[0] for record in await pool.fetch(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'workspace_id'"
    )]  # fmt: skip
    for table in tables:
        query = f'SELECT count(*) FROM "{table}" WHERE workspace_id = $1'
        assert (table, await pool.fetchval(query, id_)) == (table, 0)
    assert await count_rows(pool, other) == before
    assert len(await other.list_known("al", "bo")) == 5
    assert (await delete(workspace, "deleteWorkspace", workspace=workspace.name))["deleted"] == 0


async def test_a_second_time_there_is_nothing_to_forget_and_nothing_changes(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.say("s", "al", "I have a cat.")
    await workspace.say("t", "bo", "I have a dog.")
    await workspace.derive()
    (message,) = await workspace.list_messages("s")
    (known,) = (await workspace.list_all("al")).values()
    calls: list[tuple[str, dict[str, Any]]] = [
        ("deleteConclusion", {"id": known["id"]}),
        ("deleteMessages", {"ids": [message["id"]]}),
        ("deleteSession", {"workspace": workspace.name, "session": "s"}),
        ("deletePeer", {"workspace": workspace.name, "peer": "al"}),
    ]
    for mutation, what in calls:
        assert (await delete(workspace, mutation, **what))["deleted"] == 1
    await workspace.derive()

    async def is_idle() -> bool:
        return "work_item" not in await count_rows(pool, workspace)

    await wait_until(is_idle)
    before = await take_snapshot(pool, workspace.name)
    for mutation, what in calls:
        assert (await delete(workspace, mutation, **what))["deleted"] == 0
    assert await take_snapshot(pool, workspace.name) == before


async def test_a_read_reaches_the_position_of_what_was_forgotten(workspace: Workspace) -> None:
    await workspace.create_peers("silent")
    await workspace.say("s", "al", "I have a cat.", "I have a dog.")
    await workspace.derive()
    (first, _) = await workspace.list_messages("s")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("deleteMessages", {"ids": [first["id"]]}),
        ("deletePeer", {"workspace": workspace.name, "peer": "silent"}),
        ("deletePeer", {"workspace": workspace.name, "peer": "silent"}),
        ("deleteSession", {"workspace": workspace.name, "session": "no"}),
        ("deleteSession", {"workspace": workspace.name, "session": "s"}),
    ]
    for mutation, what in calls:
        position = (await delete(workspace, mutation, **what))["position"]
        view = await workspace.read("al", minPosition=position, maxWaitMs=20_000)
        assert int(view["position"], 16) >= int(position, 16)


@pytest.mark.parametrize(
    ("mutation", "what", "code", "message"),
    [
        ("deleteMessages", {"ids": []}, "BAD_USER_INPUT",
         "the number of ids is 0, it must be from 1 to 200"),
        ("deleteMessages", {"ids": ["x"]}, "BAD_USER_INPUT",
         '"x" is not an id; use one this API returned'),
        ("deleteMessages", {"ids": ["peer_" + "0" * 32]}, "BAD_USER_INPUT",
         f'"peer_{"0" * 32}" is the id of a peer, not of a message'),
        ("deleteConclusion", {"id": "message_" + "0" * 32}, "BAD_USER_INPUT",
         f'"message_{"0" * 32}" is the id of a message, not of a conclusion'),
        ("deleteSession", {"workspace": "no such", "session": "s"}, "NOT_FOUND",
         'workspace "no such" does not exist'),
        ("deletePeer", {"workspace": "no such", "peer": "al"}, "NOT_FOUND",
         'workspace "no such" does not exist'),
    ],
)  # fmt: skip
async def test_what_cannot_be_forgotten_is_refused(
    workspace: Workspace, mutation: str, what: dict[str, Any], code: str, message: str
) -> None:
    kind = mutation[0].upper() + mutation[1:]
    refusal = await workspace.client.get_refusal(
        f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ deleted }} }}", input=what
    )
    assert (refusal.code, refusal.message) == (code, message)


async def test_messages_of_two_workspaces_are_not_deleted_at_once(workspace: Workspace) -> None:
    other = await Workspace.create(workspace.client, f"w-{uuid.uuid4().hex[:12]}")
    sent = [await each.send("s", {"peer": "al", "content": "Hi!"}) for each in (workspace, other)]
    ids = [each["messages"][0]["id"] for each in sent]
    refusal = await workspace.client.get_refusal(
        "mutation($input: DeleteMessagesInput!) { deleteMessages(input: $input) { deleted } }",
        input={"ids": ids},
    )
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "the messages are of several workspaces; delete those of one at a time",
    )
    assert await workspace.list_contents("s") == await other.list_contents("s") == ["Hi!"]


async def test_forgetting_goes_on_while_the_rest_is_read(workspace: Workspace) -> None:
    """Reads that began before show either all of it or nothing, and never fail."""
    await workspace.say("s", "al", *[f"I have {i} cats." for i in range(2, 30)])
    await workspace.derive()

    async def count() -> int:
        return len(await workspace.list_known("al", maxConclusions=200))

    assert await count() == 28
    await workspace.forget("deleteSession", session="s")
    await comes_to(count, 0)
