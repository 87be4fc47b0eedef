"""Trying again what was given up."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace, comes_to

RETRY = """
mutation($input: RetryDeadWorkInput!) { retryDeadWork(input: $input) {
  position derivation { pending leased retrying dead done }
} }
"""
DEAD = """
query($name: String!) { workspace(name: $name) { derivation {
  dead done deadItems { id kind subject attempts error }
} } }
"""


async def retry(workspace: Workspace, **more: Any) -> Any:
    given = {"workspace": workspace.name, **more}
    return (await workspace.client.run(RETRY, input=given))["retryDeadWork"]


async def read(workspace: Workspace) -> Any:
    data = await workspace.client.run(DEAD, name=workspace.name)
    return data["workspace"]["derivation"]


async def give_up(workspace: Workspace, pool: Pool, *sessions: str) -> list[str]:
    """Lets what is said in sessions be given up; returns the ids of its work."""
    for session in sessions:
        await workspace.say(session, "ada", f"I like {session}.")
    await pool.execute(
        """
        UPDATE work_item SET is_dead = true, attempts = 7, faults = 5, error = 'broken'
        WHERE workspace_id = (SELECT id FROM workspace WHERE name = $1) AND NOT is_dead
          AND kind NOT LIKE 'embed%'
        """,
        workspace.name,
    )
    return [each["id"] for each in (await read(workspace))["deadItems"]]


async def test_all_that_was_given_up_is_done_when_it_is_tried_again(
    patient_workspace: Workspace, patient_pool: Pool
) -> None:
    workspace = patient_workspace
    await give_up(workspace, patient_pool, "tea", "gin")
    assert [each["error"] for each in (await read(workspace))["deadItems"]] == ["broken"] * 2
    derivation = (await retry(workspace))["derivation"]
    assert derivation["dead"] == 0
    await comes_to(lambda: read(workspace), {"dead": 0, "done": 2, "deadItems": []})
    assert sorted(await workspace.list_known("ada")) == ["ada likes gin", "ada likes tea"]
    assert (await retry(workspace))["derivation"]["done"] == 2


async def test_only_what_is_named_is_tried_again(
    patient_workspace: Workspace, patient_pool: Pool
) -> None:
    workspace = patient_workspace
    [tea, gin] = await give_up(workspace, patient_pool, "tea", "gin")
    await retry(workspace, ids=[])
    assert (await read(workspace))["dead"] == 2
    await retry(workspace, ids=[gin])
    left = {"id": tea, "kind": "derive", "subject": "tea", "attempts": 7, "error": "broken"}
    await comes_to(lambda: read(workspace), {"dead": 1, "done": 1, "deadItems": [left]})


async def test_work_of_another_workspace_is_left_alone(
    patient_workspace: Workspace, patient_pool: Pool
) -> None:
    other = await Workspace.create(patient_workspace.client, f"{patient_workspace.name}-other")
    ids = await give_up(other, patient_pool, "tea")
    await retry(patient_workspace, ids=ids)
    assert (await read(other))["dead"] == 1


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["nonsense"], '"nonsense" is not an id; use one this API returned'),
        (["peer_" + "0" * 32], f'"peer_{"0" * 32}" is the id of a peer, not of a work'),
        (["work_" + "0" * 32] * 201, "ids has 201 entries, at most 200"),
    ],
)
async def test_ids_that_are_none_of_work_are_refused(
    workspace: Workspace, ids: list[str], message: str
) -> None:
    refusal = await workspace.client.get_refusal(
        RETRY, input={"workspace": workspace.name, "ids": ids}
    )
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
