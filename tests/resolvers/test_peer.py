"""Peers: got or created, changed, found."""

import asyncio
from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes

CREATE = """
mutation($input: CreatePeerInput!) { createPeer(input: $input) {
  created peer { id name metadata observeMe observeOthers createdAt updatedAt }
} }
"""
UPDATE = """
mutation($input: UpdatePeerInput!) { updatePeer(input: $input) {
  created peer { id name metadata observeMe observeOthers createdAt updatedAt }
} }
"""
READ = """
query($workspace: String!, $name: String!) { workspace(name: $workspace) { peer(name: $name) {
  id name metadata observeMe observeOthers createdAt updatedAt
} } }
"""


async def create(workspace: Workspace, name: str, **more: Any) -> Any:
    given = {"workspace": workspace.name, "name": name, **more}
    return (await workspace.client.run(CREATE, input=given))["createPeer"]


async def update(workspace: Workspace, name: str, **changes: Any) -> Any:
    given = {"workspace": workspace.name, "peer": name, **changes}
    return (await workspace.client.run(UPDATE, input=given))["updatePeer"]["peer"]


async def read(workspace: Workspace, name: str) -> Any:
    data = await workspace.client.run(READ, workspace=workspace.name, name=name)
    return data["workspace"]["peer"]


async def test_a_peer_is_observed_and_observes_nobody_unless_it_is_said(
    workspace: Workspace,
) -> None:
    made = await create(workspace, "al")
    assert made["created"] is True
    assert made["peer"] == await read(workspace, "al")
    assert made["peer"]["name"] == "al"
    assert made["peer"]["metadata"] == {}
    assert (made["peer"]["observeMe"], made["peer"]["observeOthers"]) == (True, False)
    unset = await create(workspace, "bo", metadata=None, observeMe=None, observeOthers=None)
    assert (unset["peer"]["observeMe"], unset["peer"]["observeOthers"]) == (True, False)


async def test_what_is_there_already_is_found_as_it_is(workspace: Workspace) -> None:
    made = await create(
        workspace, "al", metadata={"speaks": ["French"]}, observeMe=False, observeOthers=True
    )
    found = await create(
        workspace, "al", metadata={"speaks": []}, observeMe=True, observeOthers=False
    )
    assert found == {**made, "created": False}
    assert found["peer"]["metadata"] == {"speaks": ["French"]}
    assert (found["peer"]["observeMe"], found["peer"]["observeOthers"]) == (False, True)


async def test_of_many_that_create_one_peer_one_does(workspace: Workspace) -> None:
    made = await asyncio.gather(*(create(workspace, "al") for _ in range(10)))
    assert sorted(each["created"] for each in made) == [False] * 9 + [True]
    assert len({each["peer"]["id"] for each in made}) == 1


async def test_a_peer_that_does_not_exist_is_null(workspace: Workspace) -> None:
    assert await read(workspace, "nobody") is None


async def test_names_differ_by_case_and_take_any_script(workspace: Workspace) -> None:
    names = ["Al", "al", "\u00e9", "e\u0301", 'O\'Neill "x" \\ $1 %s {}', "猫", "😀" * 512, " al "]
    made = [await create(workspace, name) for name in names]
    assert [each["peer"]["name"] for each in made] == names
    assert len({each["peer"]["id"] for each in made}) == len(names)
    for name in names:
        assert (await read(workspace, name))["name"] == name


async def test_only_what_is_given_changes(workspace: Workspace) -> None:
    made = (await create(workspace, "al", metadata={"a": 1}))["peer"]
    changed = await update(workspace, "al", observeOthers=True)
    assert changed == {**made, "observeOthers": True, "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] > made["updatedAt"]
    again = await update(workspace, "al", metadata={"b": 2}, observeMe=None)
    assert again == {**changed, "metadata": {"b": 2}, "updatedAt": again["updatedAt"]}
    emptied = await update(workspace, "al", metadata={}, observeMe=False)
    assert emptied == {
        **again,
        "metadata": {},
        "observeMe": False,
        "updatedAt": emptied["updatedAt"],
    }
    assert await read(workspace, "al") == emptied


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"name": ""}, "BAD_USER_INPUT", "peer name is empty, at least 1 character is needed"),
        ({"name": "x" * 513}, "BAD_USER_INPUT", "peer name is 513 characters long, at most 512"),
        ({"name": "a\tb"}, "BAD_USER_INPUT", "peer name 'a\\tb' has a control character"),
        ({"name": "\udfff"}, "BAD_USER_INPUT",
         "peer name has the character U+DFFF at 0, which cannot be stored"),
        ({"metadata": 5}, "BAD_USER_INPUT", "metadata is a JSON number, it must be an object"),
        ({"metadata": {"a": float("nan")}}, "BAD_USER_INPUT",
         "metadata has the number nan, which JSON does not know"),
        ({"workspace": "no such"}, "NOT_FOUND", 'workspace "no such" does not exist'),
    ],
)  # fmt: skip
async def test_a_peer_that_cannot_be_is_not_created(
    workspace: Workspace, pool: Pool, given: dict[str, Any], code: str, message: str
) -> None:
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.client.get_refusal(
            CREATE, input={"workspace": workspace.name, "name": "al", **given}
        )
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"peer": "bo"}, "NOT_FOUND", 'peer "bo" does not exist in this workspace'),
        ({"workspace": "no such"}, "NOT_FOUND", 'workspace "no such" does not exist'),
        ({"peer": "\x00"}, "BAD_USER_INPUT", "peer name '\\x00' has a control character"),
        ({"metadata": []}, "BAD_USER_INPUT", "metadata is a JSON array, it must be an object"),
    ],
)
async def test_a_change_that_cannot_be_changes_nothing(
    workspace: Workspace, pool: Pool, given: dict[str, Any], code: str, message: str
) -> None:
    await create(workspace, "al")
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.client.get_refusal(
            UPDATE,
            input={"workspace": workspace.name, "peer": "al", "observeOthers": True, **given},
        )
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)


async def test_a_peer_lists_the_sessions_it_is_in_and_those_it_has_left(
    workspace: Workspace,
) -> None:
    for session in ("left", "stayed", "returned"):
        await workspace.join(session, "al", "bo")
    await workspace.leave("left", "al")
    await workspace.leave("returned", "al")
    await workspace.join("returned", "al")
    await workspace.join("never", "bo")
    data = await workspace.client.run(
        """
        query($workspace: String!) { workspace(name: $workspace) { peer(name: "al") {
          all: sessions { totalCount edges { node { name } } }
          in: sessions(active: true) { totalCount edges { node { name } } }
          out: sessions(active: false) { totalCount edges { node { name } } }
        } } }
        """,
        workspace=workspace.name,
    )
    listed = {
        kind: ([edge["node"]["name"] for edge in page["edges"]], page["totalCount"])
        for kind, page in data["workspace"]["peer"].items()
    }
    assert listed == {
        "all": (["left", "stayed", "returned"], 3),
        "in": (["stayed", "returned"], 2),
        "out": (["left"], 1),
    }


async def test_a_name_that_no_peer_can_have_is_refused_when_reading(workspace: Workspace) -> None:
    refusal = await workspace.client.get_refusal(READ, workspace=workspace.name, name="a" * 513)
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "peer name is 513 characters long, at most 512",
    )
