"""Keys are made, listed, used, rotated and revoked; nobody gets their secrets twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database import Pool
from tests.access.house import (
    PEER,
    SESSION,
    WORKSPACE,
    House,
    get_answer,
    make_key,
    nothing_changes,
)
from tests.access.test_authentication import get_close, open_socket, send_init
from tests.client import Client

CREATE = """
mutation($input: CreateKeyInput!) { createKey(input: $input) {
  secret key { id name kind peer session expiresAt lastUsedAt revokedAt } } }
"""
REVOKE = """
mutation($id: ID!, $grace: Int) { revokeKey(input: {id: $id, graceSeconds: $grace}) {
  secret key { id revokedAt } } }
"""
KEYS = """
query($name: String!) { workspace(name: $name) { keys {
  id name kind peer session expiresAt lastUsedAt revokedAt } } }
"""
FOLLOW = """
subscription($w: String!) { messages(workspace: $w, session: "hall", last: 1) { sequence } }
"""


async def create(client: Client, **wanted: Any) -> Any:
    return (await client.run(CREATE, input=wanted))["createKey"]


async def revoke(client: Client, id_: str, grace_s: int | None = None) -> Any:
    return (await client.run(REVOKE, id=id_, grace=grace_s))["revokeKey"]["key"]


async def is_refused(client: Client) -> bool:
    return await get_answer(client, "{ viewer { kind } }") == "UNAUTHENTICATED"


async def test_a_key_is_listed_without_its_secret(house: House) -> None:
    owner, own = house.clients[WORKSPACE], house.own.name
    made = await create(owner, name="k", kind=PEER, workspace=own, peer="bob")
    assert made["secret"].startswith("vantage_")
    listed = (await owner.run(KEYS, name=own))["workspace"]["keys"]
    assert [(key["kind"], key["peer"], key["session"]) for key in listed] == [
        (PEER, "carol", None),
        (SESSION, None, "hall"),
        (WORKSPACE, None, None),
        (PEER, "bob", None),
    ]
    assert listed[-1] == made["key"]
    assert made["secret"] not in str(listed)


async def test_the_database_has_no_secret(house: House, guarded_pool: Pool) -> None:
    secret, _ = await make_key(house.admin, WORKSPACE, workspace=house.own.name)
    rows = await guarded_pool.fetch("SELECT access_key::text FROM access_key")
    assert secret.removeprefix("vantage_") not in str([row[0] for row in rows])


async def test_a_key_shows_when_it_was_last_used(house: House) -> None:
    own = {"workspace": house.own.name}
    secret, id_ = await make_key(house.admin, WORKSPACE, **own)

    async def get_last_use() -> Any:
        keys = (await house.admin.run(KEYS, name=house.own.name))["workspace"]["keys"]
        return next(key["lastUsedAt"] for key in keys if key["id"] == id_)

    assert await get_last_use() is None
    async with Client(house.admin.url, key=secret) as client:
        await client.run("{ viewer { kind } }")
        used = await get_last_use()
        assert abs(datetime.now(UTC) - datetime.fromisoformat(used)) < timedelta(minutes=1)


async def test_making_a_key_again_changes_nothing(house: House, guarded_pool: Pool) -> None:
    wanted = {"name": "k", "kind": SESSION, "workspace": house.own.name, "session": "hall"}
    made = await create(house.admin, **wanted)
    async with nothing_changes(guarded_pool, house.own.name):
        assert await create(house.admin, **wanted) == {"secret": None, "key": made["key"]}
        other = await house.admin.get_refusal(CREATE, input={**wanted, "session": "den"})
    assert other.code == "CONFLICT"
    assert other.message == 'key "k" is there already and is for something else'


async def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    revoked = await revoke(house.admin, house.keys[PEER])
    assert await is_refused(house.peer)
    assert datetime.fromisoformat(revoked["revokedAt"]) <= datetime.now(UTC)
    # Once more, or later, changes nothing.
    assert await revoke(house.admin, house.keys[PEER], 3600) == revoked


async def test_a_rotated_key_is_good_for_its_grace_and_its_name_is_free(house: House) -> None:
    wanted = {"name": "k", "kind": WORKSPACE, "workspace": house.own.name}
    old = await create(house.admin, **wanted)
    revoked = await revoke(house.admin, old["key"]["id"], 3600)
    left = datetime.fromisoformat(revoked["revokedAt"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)
    new = await create(house.admin, **wanted)
    assert new["secret"] not in (None, old["secret"])
    for secret in (old["secret"], new["secret"]):
        async with Client(house.admin.url, key=secret) as client:
            assert not await is_refused(client)
    await revoke(house.admin, old["key"]["id"])
    async with Client(house.admin.url, key=old["secret"]) as client:
        assert await is_refused(client)


async def test_an_expired_key_is_refused(house: House, guarded_pool: Pool) -> None:
    secret, id_ = await make_key(
        house.admin,
        WORKSPACE,
        workspace=house.own.name,
        expiresAt=(datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    )
    async with Client(house.admin.url, key=secret) as client:
        assert not await is_refused(client)
        await expire(guarded_pool, id_)
        assert await is_refused(client)


async def test_no_key_makes_one_that_outlives_it(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    own = {"workspace": house.own.name}
    secret, _ = await make_key(house.admin, WORKSPACE, **own, expiresAt=soon.isoformat())
    async with Client(house.admin.url, key=secret) as client:
        later = {"expiresAt": (soon + timedelta(seconds=1)).isoformat()}
        refusal = await client.get_refusal(
            CREATE, input={"name": "k", "kind": WORKSPACE, **own, **later}
        )
        assert refusal.code == "FORBIDDEN"
        assert "but the key it is made with expires at" in refusal.message
        made = await create(client, name="k", kind=WORKSPACE, **own)
        assert datetime.fromisoformat(made["key"]["expiresAt"]) == soon


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ({"kind": "OPEN"}, "BAD_USER_INPUT",
         "no key is of kind OPEN; it says that authentication is off"),
        ({"kind": PEER}, "BAD_USER_INPUT",
         "peer of a key of kind PEER is None, it must be named"),
        ({"kind": SESSION, "session": "hall", "peer": "bob"}, "BAD_USER_INPUT",
         "peer of a key of kind SESSION is 'bob', it is for none"),
        ({"kind": "ADMIN"}, "BAD_USER_INPUT",
         "workspace of a key of kind ADMIN is '{own}', it is for none"),
        ({"kind": PEER, "peer": "zoe"}, "NOT_FOUND",
         'peer "zoe" does not exist in this workspace'),
        ({"kind": SESSION, "session": "pub"}, "NOT_FOUND",
         'session "pub" does not exist in this workspace'),
        ({"kind": WORKSPACE, "name": ""}, "BAD_USER_INPUT",
         "key name is empty, at least 1 character is needed"),
        ({"kind": WORKSPACE, "expiresAt": "2020-01-01T00:00:00Z"}, "BAD_USER_INPUT",
         "expiresAt is 2020-01-01T00:00:00+00:00, it must be in the future"),
    ],
)  # fmt: skip
async def test_a_key_that_cannot_be_is_refused(
    shared_house: House, guarded_pool: Pool, wanted: dict[str, Any], code: str, message: str
) -> None:
    own = shared_house.own.name
    async with nothing_changes(guarded_pool, own):
        refusal = await shared_house.admin.get_refusal(
            CREATE, input={"name": "bad", "workspace": own, **wanted}
        )
    assert (refusal.code, refusal.message) == (code, message.format(own=own))


async def test_only_an_admin_key_makes_admin_keys(shared_house: House) -> None:
    refusal = await shared_house.clients[WORKSPACE].get_refusal(
        CREATE, input={"name": "k", "kind": "ADMIN"}
    )
    assert refusal.code == "FORBIDDEN"
    assert refusal.message == "an ADMIN key is not for WORKSPACE keys to make"


async def test_revocation_ends_the_sockets_of_the_key_and_no_others(house: House) -> None:
    other, _ = await make_key(house.admin, PEER, workspace=house.own.name, peer="carol")
    async with (
        Client(house.admin.url, key=other) as kept,
        house.peer.subscribe(FOLLOW, w=house.own.name) as ended_stream,
        kept.subscribe(FOLLOW, w=house.own.name) as kept_stream,
        open_socket(house.admin.url) as idle,
    ):
        await send_init(idle, house.peer.credentials)
        await ended_stream.get_next()
        await kept_stream.get_next()
        await revoke(house.admin, house.keys[PEER])
        assert await get_close(ended_stream.socket) == ENDED
        assert await get_close(idle) == ENDED
        await house.own.workspace.say("hall", "alice", "Carol, are you still there?")
        assert await kept_stream.take(1) == [{"sequence": 3}]


async def test_a_socket_ends_with_a_key_that_expires_or_was_revoked_elsewhere(
    house: House, guarded_pool: Pool
) -> None:
    async with house.peer.subscribe(FOLLOW, w=house.own.name) as stream:
        await stream.get_next()
        await expire(guarded_pool, house.keys[PEER])  # as time or another process would
        assert await get_close(stream.socket) == ENDED


async def test_keys_go_with_what_they_are_for(house: House) -> None:
    workspace = house.own.workspace
    async with house.session.subscribe(FOLLOW, w=house.own.name) as stream:
        await stream.get_next()
        await workspace.forget("deleteSession", session="hall")
        await get_close(stream.socket)
    assert await is_refused(house.session)
    await workspace.forget("deletePeer", peer="carol")
    assert await is_refused(house.peer)
    assert not await is_refused(house.clients[WORKSPACE])
    await workspace.forget("deleteWorkspace")
    assert await is_refused(house.clients[WORKSPACE])


ENDED = (4403, "the key was revoked or has expired")


async def expire(pool: Pool, node_id: str) -> None:
    await pool.execute(
        "UPDATE access_key SET expires_at = now() WHERE id = $1::uuid",
        node_id.removeprefix("key_"),
    )
