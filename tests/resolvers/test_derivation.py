"""Derivation: every acknowledged message is in one visible state, and done in the end."""

import asyncio
from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace, comes_to
from tests.snapshot import nothing_changes

DERIVE = """
mutation($input: DeriveInput!) { derive(input: $input) {
  position derivation {
    pending leased retrying dead done oldestPendingSeconds position
    deadItems { id kind subject attempts error }
  }
} }
"""
READ = """
query($workspace: String!, $first: Int) { workspace(name: $workspace) { derivation {
  pending leased retrying dead done oldestPendingSeconds position deadItems(first: $first) { id }
} } }
"""
IDLE = {"pending": 0, "leased": 0, "retrying": 0, "dead": 0}


async def derive(workspace: Workspace, **more: Any) -> Any:
    given = {"workspace": workspace.name, "maxWaitMs": 20_000, **more}
    return (await workspace.client.run(DERIVE, input=given))["derive"]


async def read(workspace: Workspace) -> Any:
    data = await workspace.client.run(READ, workspace=workspace.name)
    return data["workspace"]["derivation"]


def count(derivation: Any) -> dict[str, int]:
    return {state: derivation[state] for state in (*IDLE, "done")}


async def test_nothing_was_said_so_nothing_waits(workspace: Workspace) -> None:
    assert await read(workspace) == {
        **IDLE,
        "done": 0,
        "oldestPendingSeconds": 0.0,
        "position": "0-0",
        "deadItems": [],
    }


async def test_messages_wait_until_their_batch_is_full_or_asked_for(
    patient_workspace: Workspace,
) -> None:
    first = await patient_workspace.say("s", "al", "I love tea.", "I hate cake.")
    waiting = await read(patient_workspace)
    assert count(waiting) == {**IDLE, "pending": 2, "done": 0}
    assert 0 < waiting["oldestPendingSeconds"] < 60
    assert int(waiting["position"], 16) < int(first, 16)
    payload = await derive(patient_workspace)
    assert count(payload["derivation"]) == {**IDLE, "done": 2}
    assert payload["derivation"]["oldestPendingSeconds"] == 0.0
    assert payload["derivation"]["deadItems"] == []
    assert await patient_workspace.list_known("al") == ["al hates cake", "al loves tea"]


async def test_asking_without_waiting_returns_at_once_and_it_is_done_later(
    patient_workspace: Workspace,
) -> None:
    position = await patient_workspace.say("s", "al", "I love tea.")
    for wait in (None, 0):
        payload = await derive(patient_workspace, maxWaitMs=wait)
        told = count(payload["derivation"])
        assert told["pending"] + told["leased"] + told["done"] >= 1
    read_later = await patient_workspace.read("al", minPosition=position, maxWaitMs=20_000)
    assert [each["content"] for each in read_later["conclusions"]] == ["al loves tea"]


async def test_a_full_batch_does_not_wait(patient_workspace: Workspace) -> None:
    # A batch is full at 1,000 tokens.
    await patient_workspace.say("s", "al", "I love tea. " + "very much so " * 400)

    async def count_now() -> dict[str, int]:
        return count(await read(patient_workspace))

    await comes_to(count_now, {**IDLE, "done": 1})
    assert "al loves tea" in await patient_workspace.list_known("al")


async def test_one_session_can_be_derived_and_the_other_waits(
    patient_workspace: Workspace,
) -> None:
    await patient_workspace.say("one", "al", "I love tea.")
    await patient_workspace.say("two", "al", "I hate cake.")
    payload = await derive(patient_workspace, session="one")
    assert count(payload["derivation"]) == {**IDLE, "done": 1}
    assert count(await read(patient_workspace)) == {**IDLE, "pending": 1, "done": 1}
    assert await patient_workspace.list_known("al") == ["al loves tea"]
    await derive(patient_workspace)
    assert await patient_workspace.list_known("al") == ["al hates cake", "al loves tea"]


async def test_deriving_twice_concludes_once(workspace: Workspace, pool: Pool) -> None:
    await workspace.say("s", "al", "I love tea.")
    await asyncio.gather(*(derive(workspace) for _ in range(5)))
    async with nothing_changes(pool, workspace.name):
        await derive(workspace)
    (conclusion,) = (await workspace.read("al"))["conclusions"]
    assert conclusion["support"] == 1


async def test_greetings_are_derived_to_nothing(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Hello!", "Thanks!", "How are you?")
    assert count((await derive(workspace))["derivation"]) == {**IDLE, "done": 3}
    assert await workspace.list_known("al") == []


async def test_a_session_is_derived_in_order_however_many_there_are(
    patient_workspace: Workspace,
) -> None:
    for i in range(3):
        for session in ("one", "two"):
            await patient_workspace.say(session, "al", f"I need {i} eggs.")
        await patient_workspace.join("one", f"guest {i}", observeOthers=True)
    await derive(patient_workspace)
    assert count(await read(patient_workspace)) == {**IDLE, "done": 6}
    view = await patient_workspace.read("al", sessions=["one"])
    assert [each["content"] for each in view["conclusions"]] == [
        f"al needs {i} eggs" for i in (2, 1, 0)
    ]


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"workspace": "no"}, "NOT_FOUND", 'workspace "no" does not exist'),
        ({"session": "no"}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
        ({"session": ""}, "BAD_USER_INPUT",
         "session name is empty, at least 1 character is needed"),
        ({"maxWaitMs": 25_001}, "BAD_USER_INPUT",
         "maxWaitMs is 25001, it must be from 0 to 25000"),
        ({"maxWaitMs": -1}, "BAD_USER_INPUT", "maxWaitMs is -1, it must be from 0 to 25000"),
    ],
)  # fmt: skip
async def test_what_cannot_be_derived_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    refusal = await workspace.client.get_refusal(
        DERIVE, input={"workspace": workspace.name, **given}
    )
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)


async def test_dead_work_is_listed_up_to_200_at_once(workspace: Workspace) -> None:
    refusal = await workspace.client.get_refusal(READ, workspace=workspace.name, first=201)
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "first is 201, it must be from 0 to 200",
    )
