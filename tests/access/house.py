"""Two workspaces alike, and keys for what is in the first.

In each, alice, bob and carol meet in the hall, alice and bob in the den, and carol has come to the
attic and left it again. Keys: carol's, and the hall's.
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from models.database import Pool
from tests.client import Client, Refused, Workspace
from tests.snapshot import take_snapshot, wait_for_idleness

PEER, SESSION, WORKSPACE, ADMIN = "PEER", "SESSION", "WORKSPACE", "ADMIN"
SELF, ROOM = "carol", "hall"

IDS = """
query($name: String!) { workspace(name: $name) { id
  peers { edges { node { id name
    conclusions { edges { node { id content } } } } } }
  sessions { edges { node { id name messages { edges { node { id content } } } } } }
  scopes { edges { node { id name } } }
} }
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace and the ids of what is in it, by `peer alice`, or by what was said."""

    workspace: Workspace
    ids: dict[str, str]

    @property
    def name(self) -> str:
        return self.workspace.name


@dataclass(slots=True)
class House:
    """The two workspaces, and a client for each kind of key."""

    own: Place
    foreign: Place
    admin: Client
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """Ids of the keys, by kind."""

    @property
    def peer(self) -> Client:
        return self.clients[PEER]

    @property
    def session(self) -> Client:
        return self.clients[SESSION]


@asynccontextmanager
async def open_house(admin: Client, foreign: Place) -> AsyncIterator[House]:
    house = House(await furnish(admin), foreign, admin, {ADMIN: admin})
    own = {"workspace": house.own.name}
    wanted = {
        PEER: {**own, "peer": SELF},
        SESSION: {**own, "session": ROOM},
        WORKSPACE: own,
    }
    async with AsyncExitStack() as stack:
        for kind, subject in wanted.items():
            secret, house.keys[kind] = await make_key(admin, kind, **subject)
            client = await stack.enter_async_context(Client(admin.url, key=secret))
            house.clients[kind] = client
            await client.run("{ viewer { kind } }")  # so that its first use is noted
        _, house.keys["foreign"] = await make_key(admin, WORKSPACE, workspace=house.foreign.name)
        house.keys[ADMIN] = house.keys["foreign"]
        yield house


async def make_key(client: Client, kind: str, **subject: Any) -> tuple[str, str]:
    """Makes a key; returns its secret and its id."""
    data = await client.run(
        "mutation($input: CreateKeyInput!) { createKey(input: $input) { secret key { id } } }",
        input={"name": f"{kind}-{uuid.uuid4().hex[:8]}", "kind": kind, **subject},
    )
    made = data["createKey"]
    return str(made["secret"]), str(made["key"]["id"])


@asynccontextmanager
async def nothing_changes(pool: Pool, *workspaces: str) -> AsyncIterator[None]:
    """Fails if the block changes a row of one of them, but for when keys were last used."""
    await wait_for_idleness(pool, *workspaces)
    before = [await _look(pool, name) for name in workspaces]
    yield
    assert [await _look(pool, name) for name in workspaces] == before


async def _look(pool: Pool, workspace: str) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = dict(await take_snapshot(pool, workspace))
    keys = [json.loads(row) for row in rows["access_key"]]
    return {**rows, "access_key": [{**key, "last_used_at": None} for key in keys]}


async def get_answer(client: Client, operation: str, **variables: Any) -> Any:
    """Returns the data, or the code of the refusal."""
    try:
        return await client.run(operation, **variables)
    except Refused as refusal:
        return refusal.code


async def furnish(admin: Client) -> Place:
    """Makes one of the two workspaces."""
    workspace = await Workspace.create(admin, f"w-{uuid.uuid4().hex[:12]}")
    await workspace.create_peers("alice", "bob", "carol", observeOthers=True)
    await workspace.join("hall", "alice", "bob", "carol")
    await workspace.join("den", "alice", "bob")
    await workspace.join("attic", "alice", "carol")
    await workspace.say("hall", "alice", "I live in Paris.")
    await workspace.say("hall", "carol", "I like tea.")
    await workspace.say("den", "alice", "I have a secret twin.")
    await workspace.say("attic", "alice", "I collect stamps.")
    await workspace.leave("attic", "carol")
    await workspace.say("attic", "alice", "I am afraid of carol.")
    await workspace.derive()
    await workspace.change("createScope", name="rooms", sessions=["hall", "den"])
    return Place(workspace, _read_ids(await admin.run(IDS, name=workspace.name)))


def _read_ids(data: Any) -> dict[str, str]:
    workspace = data["workspace"]
    ids = {"workspace": workspace["id"]}
    for peer in _list_nodes(workspace["peers"]):
        ids[f"peer {peer['name']}"] = peer["id"]
        ids |= {node["content"]: node["id"] for node in _list_nodes(peer["conclusions"])}
    for session in _list_nodes(workspace["sessions"]):
        ids[f"session {session['name']}"] = session["id"]
        ids |= {node["content"]: node["id"] for node in _list_nodes(session["messages"])}
    ids |= {f"scope {scope['name']}": scope["id"] for scope in _list_nodes(workspace["scopes"])}
    return ids


def _list_nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]
