"""Nested lists: how many statements an operation costs does not depend on how many rows it has."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asyncpg.connection import LoggedQuery

from models import database
from server.serve import run_http
from tests.client import Client, Workspace
from tests.conftest import create_settings

PEERS, SESSIONS, MESSAGES = 50, 10, 20
TREE_STATEMENTS = 4
WIDE_STATEMENTS = 24
"""One for each field of WIDE that reads something, however many rows it is read for."""

TREE = """query($name: String!, $peers: Int!, $sessions: Int!, $messages: Int!) {
  workspace(name: $name) { peers(first: $peers) { edges { node {
    name sessions(first: $sessions) { edges { node {
      name messages(first: $messages) { edges { node { sequence content } } }
} } } } } } } }"""
WIDE = """query($name: String!, $peers: Int!) {
  workspace(name: $name) { peers(first: $peers) { edges { node {
    observers { name } observes { name }
    messages(first: 2, filter: {sequence: {gt: 1}}) {
      totalCount edges { node { sequence author { name } session { name } } }
    }
    sessions(first: 2, active: true) { totalCount edges { node {
      configuration { reasoning { enabled } } members(active: true) { peer { name } }
      seen: messages(first: 1, vantage: "p0") { totalCount edges { node { content } } }
      summaries(vantage: "p0") { content }
      newest: messages(last: 1) { edges { node { witnesses { name } conclusions { content } } } }
    } } }
  } } } scopes(first: 50) { edges { node {
    sessions(first: 1) { totalCount edges { node { name } } } } } }
} }"""


class _Counted(database._PlainConnection):
    """A connection that writes down what it runs."""

    statements: list[str] | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.add_query_logger(_Counted.log)

    @staticmethod
    def log(query: LoggedQuery) -> None:
        # The driver reads up on types that it meets for the first time on a connection.
        is_ours = "typeinfo" not in query.query and "'jit'" not in query.query
        if _Counted.statements is not None and is_ours:
            _Counted.statements.append(query.query)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collects the statements that the server runs in the block."""
    _Counted.statements = statements = []
    yield statements
    _Counted.statements = None


@pytest.fixture(scope="module")
async def full(patient_dsn: str) -> AsyncIterator[Workspace]:
    """Fifty peers in ten sessions of twenty messages, on a server that does nothing by itself."""
    settings = create_settings(patient_dsn, sweep_s=3_600, poll_s=3_600, derive_batch_age_s=86_400)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_PlainConnection", _Counted)
        async with run_http(settings) as serving, Client(serving.url) as client:
            yield await fill(client)


async def fill(client: Client) -> Workspace:
    workspace = await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}")
    for i in range(SESSIONS):
        await workspace.join(f"s{i}", *(f"p{j}" for j in range(PEERS)))
        await workspace.say(f"s{i}", "p0", *(f"m{k}" for k in range(MESSAGES)))
        scope = {"name": f"x{i}", "sessions": [f"s{i}"]}
        await workspace.run_input("createScope", "created", workspace=workspace.name, **scope)
    return workspace


async def test_a_tree_of_lists_costs_as_many_statements_as_it_has_levels(
    full: Workspace, record_property: Callable[[str, object], None]
) -> None:
    with counted() as few:
        await full.client.run(TREE, name=full.name, peers=2, sessions=2, messages=2)
    with counted() as many:
        data = await full.client.run(
            TREE, name=full.name, peers=PEERS, sessions=SESSIONS, messages=MESSAGES
        )
    record_property("statements of a tree", len(many))
    assert len(few) == len(many) == TREE_STATEMENTS, many
    peers = [edge["node"] for edge in data["workspace"]["peers"]["edges"]]
    assert [peer["name"] for peer in peers] == sorted(f"p{j}" for j in range(PEERS))
    for peer in peers:
        sessions = [edge["node"] for edge in peer["sessions"]["edges"]]
        assert [session["name"] for session in sessions] == [f"s{i}" for i in range(SESSIONS)]
        for session in sessions:
            assert [edge["node"] for edge in session["messages"]["edges"]] == [
                {"sequence": k + 1, "content": f"m{k}"} for k in range(MESSAGES)
            ]


async def test_every_list_below_many_parents_is_read_at_once(full: Workspace) -> None:
    with counted() as statements:
        data = await full.client.run(WIDE, name=full.name, peers=7)
    # Fewer, if what several lists ask of the same loader happens to come at the same moment.
    assert len(statements) <= WIDE_STATEMENTS, statements
    first, second = (edge["node"] for edge in data["workspace"]["peers"]["edges"][:2])
    assert (first["messages"]["totalCount"], second["messages"]["totalCount"]) == (190, 0)
    assert first["messages"]["edges"][0]["node"] == {
        "sequence": 2,
        "author": {"name": "p0"},
        "session": {"name": "s0"},
    }
    assert second["messages"]["edges"] == []
    assert second["sessions"]["totalCount"] == SESSIONS
    place = second["sessions"]["edges"][1]["node"]
    assert len(place["members"]) == PEERS
    assert place["seen"] == {"totalCount": MESSAGES, "edges": [{"node": {"content": "m0"}}]}
    assert len(place["newest"]["edges"][0]["node"]["witnesses"]) == PEERS
    scopes = [edge["node"]["sessions"] for edge in data["workspace"]["scopes"]["edges"]]
    assert scopes == [
        {"totalCount": 1, "edges": [{"node": {"name": f"s{i}"}}]} for i in range(SESSIONS)
    ]


async def test_a_mistake_in_one_list_leaves_the_others_alone(full: Workspace) -> None:
    answer = await full.client.http.post(
        "/graphql",
        json={
            "query": """query($name: String!) { workspace(name: $name) {
              a: session(name: "s0") { messages(first: 1, vantage: "nobody") { totalCount } }
              b: session(name: "s1") { messages(first: 1, vantage: "p1") { totalCount } }
              c: session(name: "s2") { messages(first: 201) { totalCount } }
            } }""",
            "variables": {"name": full.name},
        },
    )
    said = answer.json()
    assert {error["path"][1]: error["message"] for error in said["errors"]} == {
        "a": 'peer "nobody" does not exist in this workspace',
        "c": "first is 201, it must be from 0 to 200",
    }
    assert said["data"]["workspace"] == {
        "a": None,
        "b": {"messages": {"totalCount": MESSAGES}},
        "c": None,
    }
