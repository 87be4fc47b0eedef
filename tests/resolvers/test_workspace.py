"""Workspaces: got or created, and walls between them."""

import asyncio
import uuid
from typing import Any

import pytest

from models.database import Pool
from tests.client import Client, Workspace, comes_to

CREATE = """
mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) {
  created workspace { id name metadata createdAt updatedAt position }
} }
"""
READ = """
query($name: String!) { workspace(name: $name) { id name metadata createdAt updatedAt position } }
"""


def invent_name() -> str:
    return f"w-{uuid.uuid4().hex[:12]}"


async def create(client: Client, name: str, **more: Any) -> Any:
    data = await client.run(CREATE, input={"name": name, **more})
    return data["createWorkspace"]


async def count_workspaces(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM workspace"))


async def test_a_workspace_is_created_once_and_then_found(client: Client) -> None:
    name = invent_name()
    made = await create(client, name, metadata={"plan": "free"})
    found = await create(client, name, metadata={"plan": "paid"})
    assert (made["created"], found["created"]) == (True, False)
    assert made["workspace"] == found["workspace"]
    assert made["workspace"]["name"] == name
    # What is there already keeps its metadata.
    assert made["workspace"]["metadata"] == {"plan": "free"}
    assert (await client.run(READ, name=name))["workspace"] == made["workspace"]


async def test_of_many_that_create_one_workspace_one_does(client: Client) -> None:
    name = invent_name()
    made = await asyncio.gather(*(create(client, name) for _ in range(10)))
    assert sorted(each["created"] for each in made) == [False] * 9 + [True]
    assert len({each["workspace"]["id"] for each in made}) == 1


async def test_a_workspace_that_does_not_exist_is_null(client: Client) -> None:
    assert await client.run(READ, name=invent_name()) == {"workspace": None}


async def test_names_differ_by_case_and_take_any_script(client: Client) -> None:
    end = uuid.uuid4().hex[:8]
    names = [f"Café-{end}", f"café-{end}", f"cafe\u0301-{end}", f'\' OR "1"="1-{end}', f"猫-{end}"]
    made = [await create(client, name) for name in names]
    assert [each["workspace"]["name"] for each in made] == names
    assert len({each["workspace"]["id"] for each in made}) == len(names)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "workspace name is empty, at least 1 character is needed"),
        ("x" * 513, "workspace name is 513 characters long, at most 512"),
        ("a\x00b", "workspace name 'a\\x00b' has a control character"),
        ("\ud800", "workspace name has the character U+D800 at 0, which cannot be stored"),
    ],
)
async def test_a_name_that_cannot_be_is_refused_wherever_it_comes(
    client: Client, pool: Pool, name: str, message: str
) -> None:
    before = await count_workspaces(pool)
    for refusal in [
        await client.get_refusal(CREATE, input={"name": name}),
        await client.get_refusal(READ, name=name),
        await Workspace(client, name).get_send_refusal("s", {"peer": "al", "content": "hi"}),
    ]:
        assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
        assert len(refusal.errors) == 1
    assert await count_workspaces(pool) == before


async def test_metadata_that_is_no_object_is_refused(client: Client, pool: Pool) -> None:
    before = await count_workspaces(pool)
    refusal = await client.get_refusal(CREATE, input={"name": invent_name(), "metadata": []})
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "metadata is a JSON array, it must be an object",
    )
    assert await count_workspaces(pool) == before


async def test_every_write_moves_the_position_on(patient_workspace: Workspace) -> None:
    workspace = patient_workspace

    async def get_position() -> str:
        data = await workspace.client.run(READ, name=workspace.name)
        return str(data["workspace"]["position"])

    assert await get_position() == "0-0"
    first = await workspace.say("s", "al", "Hello!")
    await comes_to(get_position, first)
    second = await workspace.say("s", "al", "Hello again!")
    await comes_to(get_position, second)
    assert int(second, 16) > int(first, 16)


async def test_nothing_crosses_from_one_workspace_into_another(client: Client) -> None:
    one, other = [await Workspace.create(client, invent_name()) for _ in range(2)]
    for workspace in (one, other):
        await workspace.join("s", "al", "bo", observeOthers=True)
    await one.say("s", "al", "I love tea.")
    await one.derive()
    assert await one.list_known("al", "bo") == ["al loves tea"]
    assert await other.list_contents("s") == []
    for observer in (None, "bo", "al"):
        assert await other.list_known("al", observer) == []
    data = await client.run(
        """
        query($name: String!) { workspace(name: $name) {
          derivation { pending leased retrying dead done } session(name: "s") { lastSequence }
        } }
        """,
        name=other.name,
    )
    assert data["workspace"] == {
        "derivation": {"pending": 0, "leased": 0, "retrying": 0, "dead": 0, "done": 0},
        "session": {"lastSequence": 0},
    }


async def test_workspaces_are_listed_in_the_order_of_their_creation(client: Client) -> None:
    names = [invent_name() for _ in range(3)]
    for name in names:
        await create(client, name)
    data = await client.run("{ workspaces(last: 200) { totalCount edges { node { name } } } }")
    listed = [edge["node"]["name"] for edge in data["workspaces"]["edges"]]
    assert [name for name in listed if name in names] == names
    assert data["workspaces"]["totalCount"] >= len(listed)
