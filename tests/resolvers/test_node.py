"""Anything by its global id."""

from typing import Any

import pytest

from tests.client import Client, Workspace

NODE = """
query($id: ID!) { node(id: $id) {
  __typename id
  ... on Workspace { name }
  ... on Peer { name }
  ... on Session { name }
  ... on Message { content author { name } session { name } }
  ... on Conclusion { content level support observed { name } messages { content } }
} }
"""
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
IDS = """
query($name: String!) { workspace(name: $name) { id
  peer(name: "al") { id representation { conclusions { id } } }
  session(name: "s") { id messages { edges { node { id } } } }
} }
"""


@pytest.fixture
async def ids(workspace: Workspace) -> dict[str, str]:
    """The id of one thing of each type."""
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    data = (await workspace.client.run(IDS, name=workspace.name))["workspace"]
    return {
        "Workspace": data["id"],
        "Peer": data["peer"]["id"],
        "Session": data["session"]["id"],
        "Message": data["session"]["messages"]["edges"][0]["node"]["id"],
        "Conclusion": data["peer"]["representation"]["conclusions"][0]["id"],
    }


async def test_everything_with_an_id_is_found_by_it(
    workspace: Workspace, ids: dict[str, str]
) -> None:
    expected: dict[str, dict[str, Any]] = {
        "Workspace": {"name": workspace.name},
        "Peer": {"name": "al"},
        "Session": {"name": "s"},
        "Message": {
            "content": "I love tea.",
            "author": {"name": "al"},
            "session": {"name": "s"},
        },
        "Conclusion": {
            "content": "al loves tea",
            "level": "EXPLICIT",
            "support": 1,
            "observed": {"name": "al"},
            "messages": [{"content": "I love tea."}],
        },
    }
    for type_name, id_ in ids.items():
        data = await workspace.client.run(NODE, id=id_)
        assert data["node"] == {"__typename": type_name, "id": id_, **expected[type_name]}


async def test_several_come_in_their_order_with_null_for_what_is_missing(
    client: Client, ids: dict[str, str]
) -> None:
    missing = "peer_" + "0" * 32
    asked = [ids["Peer"], missing, ids["Message"], ids["Peer"], "thing_" + "0" * 32]
    data = await client.run(NODES, ids=asked)
    assert data["nodes"] == [
        {"__typename": "Peer", "id": ids["Peer"]},
        None,
        {"__typename": "Message", "id": ids["Message"]},
        {"__typename": "Peer", "id": ids["Peer"]},
        None,
    ]
    assert await client.run(NODES, ids=[]) == {"nodes": []}


async def test_an_id_of_one_type_is_not_found_as_another(
    client: Client, ids: dict[str, str]
) -> None:
    disguised = ids["Session"].replace("session_", "peer_")
    assert await client.run(NODE, id=disguised) == {"node": None}


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "peer_", "peer_zz", "peer_" + "g" * 32, "peer_" + "0" * 31, "0" * 32, "_", "\x00"],
)
async def test_what_is_no_id_is_refused(client: Client, garbage: str) -> None:
    refusal = await client.get_refusal(NODE, id=garbage)
    assert (refusal.code, refusal.message, len(refusal.errors)) == (
        "BAD_USER_INPUT",
        f'"{garbage}" is not an id; use one this API returned',
        1,
    )


async def test_an_error_is_text_also_if_what_it_quotes_is_not(client: Client) -> None:
    refusal = await client.get_refusal(NODE, id="\ud800")
    assert refusal.message == '"\\ud800" is not an id; use one this API returned'


async def test_at_most_200_are_found_at_once(client: Client) -> None:
    refusal = await client.get_refusal(NODES, ids=["peer_" + "0" * 32] * 201)
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "the number of ids is 201, it must be from 0 to 200",
    )
    data = await client.run(NODES, ids=["peer_" + "0" * 32] * 200)
    assert data["nodes"] == [None] * 200
