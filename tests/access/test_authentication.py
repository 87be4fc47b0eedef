"""A key is asked for over HTTP and over sockets, and says who the caller is."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from server.serve import Serving
from tests.access.house import PEER, SESSION, WORKSPACE, House, make_key
from tests.client import TIMEOUT_S, Client

VIEWER = "{ viewer { kind workspace peer session expiresAt } }"


async def get_viewer(client: Client) -> Any:
    return (await client.run(VIEWER))["viewer"]


async def test_the_viewer_is_who_the_key_is_for(shared_house: House) -> None:
    house, nothing = shared_house, {"workspace": None, "peer": None, "session": None}
    own = {**nothing, "workspace": house.own.name, "expiresAt": None}
    assert await get_viewer(house.admin) == {**nothing, "kind": "ADMIN", "expiresAt": None}
    assert await get_viewer(house.clients[WORKSPACE]) == {**own, "kind": "WORKSPACE"}
    assert await get_viewer(house.clients[PEER]) == {**own, "kind": "PEER", "peer": "carol"}
    assert await get_viewer(house.clients[SESSION]) == {**own, "kind": "SESSION", "session": "hall"}


async def test_without_authentication_everybody_may_do_everything(client: Client) -> None:
    viewer = await get_viewer(client)
    assert viewer == {
        "kind": "OPEN", "workspace": None, "peer": None, "session": None, "expiresAt": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({}, 'no key was sent; send it as "Authorization: Bearer <key>"'),
        (
            {"Authorization": "Basic dmFudGFnZQ=="},
            'no key was sent; send it as "Authorization: Bearer <key>"',
        ),
        ({"Authorization": "Bearer"}, 'no key was sent; send it as "Authorization: Bearer <key>"'),
        (
            {"Authorization": "Bearer vantage_nobodys"},
            "the key is not valid: unknown, revoked or expired",
        ),
    ],
)
async def test_who_has_no_key_is_told_so(
    guarded: Serving, credentials: dict[str, str], message: str
) -> None:
    async with Client(guarded.url) as client:
        response = await client.http.post("/graphql", json={"query": VIEWER}, headers=credentials)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json() == {
        "errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]
    }
    async with open_socket(guarded.url) as socket:
        await send_init(socket, credentials)
        assert await get_close(socket) == (4403, message)


async def test_nothing_runs_on_a_socket_before_its_key_was_seen(shared_house: House) -> None:
    async with open_socket(shared_house.admin.url) as socket:
        payload = {"query": "{ viewer { kind } }"}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        assert await get_close(socket) == (4401, "Unauthorized")


async def test_a_second_key_on_a_socket_changes_nothing(shared_house: House) -> None:
    async with open_socket(shared_house.admin.url) as socket:
        await send_init(socket, shared_house.peer.credentials)
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        await send_init(socket, shared_house.admin.credentials)
        assert await get_close(socket) == (4429, "Too many initialisation requests")


async def test_the_header_is_read_in_any_case(shared_house: House) -> None:
    secret = shared_house.peer.credentials["Authorization"].removeprefix("Bearer ")
    credentials = {"authorization": f"bearer  {secret}"}
    async with Client(shared_house.admin.url) as client:
        response = await client.http.post("/graphql", json={"query": VIEWER}, headers=credentials)
    assert response.json()["data"]["viewer"]["kind"] == "PEER"
    async with open_socket(shared_house.admin.url) as socket:
        await send_init(socket, credentials)
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}


async def test_health_and_schema_need_no_key(guarded: Serving) -> None:
    async with Client(guarded.url) as client:
        for path in ("/healthz", "/readyz", "/schema.graphql", "/"):
            assert (await client.http.get(path)).status_code == 200


async def test_a_key_made_anew_is_good_at_once(shared_house: House) -> None:
    secret, _ = await make_key(shared_house.admin, WORKSPACE, workspace=shared_house.own.name)
    async with Client(shared_house.admin.url, key=secret) as client:
        assert (await get_viewer(client))["kind"] == "WORKSPACE"


def open_socket(url: str) -> connect:
    return connect(url.replace("http", "ws", 1) + "/graphql", subprotocols=["graphql-transport-ws"])


async def send_init(socket: ClientConnection, credentials: dict[str, str]) -> None:
    await socket.send(json.dumps({"type": "connection_init", "payload": credentials}))


async def get_close(socket: ClientConnection) -> tuple[int | None, str | None]:
    """Waits until the server closes; returns with what, whatever it sent before."""
    async with asyncio.timeout(TIMEOUT_S):
        await socket.wait_closed()
    return socket.close_code, socket.close_reason
