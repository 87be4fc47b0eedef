"""Estimated nodes: what could come back, before anything runs."""

from typing import Any

import pytest
from graphql import parse

from schema.cost import estimate_nodes
from schema.limits import OPERATION_NODES
from tests.client import Client, Workspace

NESTED = """
query($name: String!, $sessions: Int, $messages: Int) { workspace(name: $name) {
  sessions(first: $sessions) { edges { node {
    messages(first: $messages) { edges { node { id author { name } } } }
  } } }
} }
"""


@pytest.mark.parametrize(
    ("operation", "variables", "nodes"),
    [
        ("{ workspace(name: \"w\") { name } }", {}, 1),
        ("{ workspaces { edges { node { name } } } }", {}, 50),
        ("{ workspaces { pageInfo { endCursor } } }", {}, 50),
        ("{ workspaces(first: 3) { edges { node { peers(last: 2) { edges { node { id } } } } } } }",
         {}, 3 * (1 + 2)),
        ("query($n: Int) { workspaces(first: $n) { edges { node { id } } } }", {"n": 7}, 7),
        ("query($n: Int) { workspaces(first: $n) { edges { node { id } } } }", {}, 50),
        ("{ workspaces(first: 1000000) { edges { node { id } } } }", {}, 200),
        ("{ nodes(ids: [\"a\", \"b\"]) { id } }", {}, 2),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a", "b", "c"]}, 3),
        ("{ workspaces(first: 2) { ...Page } } fragment Page on WorkspaceConnection"
         " { edges { node { peers { edges { node { id } } } } } }", {}, 2 * (1 + 50)),
        ("{ __schema { types { fields { name } } } }", {}, 0),
    ],
)  # fmt: skip
def test_nodes_are_counted_by_the_pages_asked_for(
    operation: str, variables: dict[str, Any], nodes: int
) -> None:
    assert estimate_nodes(parse(operation), None, variables) == nodes


def test_fragments_that_double_are_counted_in_one_pass() -> None:
    chain = " ".join(
        f"fragment F{i} on Workspace {{ ...F{i + 1} ...F{i + 1} }}" for i in range(100)
    )
    last = "fragment F100 on Workspace { peers(first: 1) { edges { node { id } } } }"
    document = parse(f'{{ workspace(name: "w") {{ ...F0 }} }} {chain} {last}')
    assert estimate_nodes(document, None, {}) == 1 + 2**100


async def test_what_could_return_too_much_is_refused_and_smaller_pages_are_not(
    client: Client, workspace: Workspace
) -> None:
    refusal = await client.get_refusal(NESTED, name=workspace.name, sessions=100, messages=100)
    assert refusal.code == "QUERY_TOO_COMPLEX"
    assert refusal.message == (
        f"the operation could return 20101 nodes, at most {OPERATION_NODES}; ask for smaller pages"
    )
    await client.run(NESTED, name=workspace.name, sessions=90, messages=100)


async def test_subscriptions_are_measured_too(client: Client, workspace: Workspace) -> None:
    operation = """
    subscription($name: String!) { representation(workspace: $name, observed: "a") {
      representation { observed { sessions(first: 200) { edges { node {
        messages(first: 200) { edges { node { id } } } } } } } } } }
    """
    async with client.subscribe(operation, name=workspace.name) as stream:
        refusal = await stream.get_refusal()
    assert refusal.code == "QUERY_TOO_COMPLEX"
