"""Every type of node by its id, under every kind of key: what is not seen is not there."""

import pytest
from graphql import GraphQLInterfaceType

from schema.schema import create_schema
from tests.access.house import ADMIN, PEER, SESSION, WORKSPACE, House

SEEN = {
    "workspace": {ADMIN, WORKSPACE, PEER, SESSION},
    "peer carol": {ADMIN, WORKSPACE, PEER, SESSION},
    "peer alice": {ADMIN, WORKSPACE, PEER, SESSION},
    "session hall": {ADMIN, WORKSPACE, PEER, SESSION},
    "session attic": {ADMIN, WORKSPACE, PEER},
    "session den": {ADMIN, WORKSPACE},
    "scope rooms": {ADMIN, WORKSPACE},
    # Messages.
    "I live in Paris.": {ADMIN, WORKSPACE, PEER, SESSION},
    "I collect stamps.": {ADMIN, WORKSPACE, PEER},
    "I am afraid of carol.": {ADMIN, WORKSPACE},
    "I have a secret twin.": {ADMIN, WORKSPACE},
    # Conclusions.
    "alice lives in Paris": {ADMIN, WORKSPACE, PEER, SESSION},
    "alice collects stamps": {ADMIN, WORKSPACE, PEER},
    "alice is afraid of carol": {ADMIN, WORKSPACE},
    "alice has a secret twin": {ADMIN, WORKSPACE},
}
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def test_an_id_stands_for_what_the_key_sees_and_for_nothing_else(shared_house: House) -> None:
    for what, kinds in SEEN.items():
        for kind, client in shared_house.clients.items():
            found = (await client.run(NODE, id=shared_house.own.ids[what]))["node"]
            assert (found is not None) == (kind in kinds), (what, kind)


async def test_no_id_of_another_workspace_stands_for_anything(shared_house: House) -> None:
    for kind in (WORKSPACE, PEER, SESSION):
        ids = list(shared_house.foreign.ids.values())
        found = await shared_house.clients[kind].run(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids
        )
        assert found == {"nodes": [None] * len(ids)}


async def test_every_type_of_node_is_looked_at(shared_house: House) -> None:
    schema = create_schema()._schema
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    found = {
        (await shared_house.admin.run(NODE, id=shared_house.own.ids[what]))["node"]["__typename"]
        for what in SEEN
    }
    assert found == {type_.name for type_ in schema.get_implementations(node).objects}


@pytest.mark.parametrize("kind", [WORKSPACE, PEER, SESSION])
async def test_only_ones_own_workspace_is_listed(shared_house: House, kind: str) -> None:
    client = shared_house.clients[kind]
    listed = await client.run("{ workspaces { totalCount edges { node { name } } } }")
    assert listed["workspaces"] == {
        "totalCount": 1,
        "edges": [{"node": {"name": shared_house.own.name}}],
    }
    other = await client.run("query($n: String!) { workspace(name: $n) { id } }", n="none")
    foreign = await client.run(
        "query($n: String!) { workspace(name: $n) { id } }", n=shared_house.foreign.name
    )
    assert other == foreign == {"workspace": None}
