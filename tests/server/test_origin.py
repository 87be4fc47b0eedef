"""What a page of another origin gets, opened in the browser of somebody who runs Vantage."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.serve import Serving
from tests.client import Client

ELSEWHERE = "http://elsewhere.example"


@pytest.mark.parametrize("origin", [ELSEWHERE, "null"])
async def test_its_socket_is_refused(server: Serving, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with connect(
            get_socket_url(server), subprotocols=["graphql-transport-ws"], origin=origin
        ):
            pass
    assert refusal.value.response.status_code == 403


async def test_a_socket_of_our_own_page_is_taken(server: Serving) -> None:
    async with connect(
        get_socket_url(server),
        subprotocols=["graphql-transport-ws"],
        origin=server.url,
    ) as socket:
        await socket.send('{"type": "connection_init"}')
        assert await socket.recv() == '{"type":"connection_ack"}'


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_what_it_may_post_unasked_is_no_operation(client: Client, kind: str) -> None:
    response = await client.http.post(
        "/graphql",
        content='{"query": "mutation { createWorkspace(input: {name: \\"csrf\\"}) { created } }"}',
        headers={"content-type": kind, "origin": ELSEWHERE},
    )
    assert response.status_code == 415
    assert (await client.run('{ workspace(name: "csrf") { name } }')) == {"workspace": None}


async def test_it_may_read_no_answer(client: Client) -> None:
    response = await client.http.get(
        "/graphql", params={"query": "{ workspaces { totalCount } }"}, headers={"origin": ELSEWHERE}
    )
    assert "access-control-allow-origin" not in response.headers


def get_socket_url(server: Serving) -> str:
    return server.url.replace("http", "ws", 1) + "/graphql"
