"""What a page of another origin gets, opened in the browser of somebody who runs Vantage."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.serve import Serving, run_http
from tests.client import Client
from tests.conftest import create_settings

ELSEWHERE = "http://elsewhere.example"
FRIEND = "https://friend.example"
TYPENAME = {"query": "{ __typename }"}
CREATE = 'mutation { createWorkspace(input: {name: "csrf"}) { created } }'


@pytest.fixture(scope="module")
async def named(shared_dsn: str) -> AsyncIterator[Serving]:
    """A server that was told its names and its friends."""
    settings = create_settings(
        shared_dsn, allowed_hosts=("memory.example",), allowed_origins=(FRIEND,)
    )
    async with run_http(settings) as serving:
        yield serving


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://127.0.0.1:1", "https://"])
async def test_its_socket_is_refused(server: Serving, origin: str) -> None:
    assert await get_socket_status(server, origin=origin) == 403


async def test_a_socket_of_our_own_page_is_taken(server: Serving) -> None:
    assert await get_socket_status(server, origin=server.url) == 101


async def test_a_socket_of_a_friend_is_taken_and_of_others_not(named: Serving) -> None:
    assert await get_socket_status(named, origin=FRIEND) == 101
    assert await get_socket_status(named, origin=ELSEWHERE) == 403


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 400),
    ],
)
async def test_what_it_may_post_unasked_is_refused_and_changes_nothing(
    client: Client, kind: str, status: int
) -> None:
    for origin, expected in ((ELSEWHERE, 403), (None, status)):
        headers = {"content-type": kind} | ({} if origin is None else {"origin": origin})
        response = await client.http.post(
            "/graphql", content=f'{{"query": "{CREATE}"}}'.replace('"csrf"', '\\"csrf\\"'),
            headers=headers,
        )  # fmt: skip
        assert response.status_code == expected
    assert await client.run('{ workspace(name: "csrf") { name } }') == {"workspace": None}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_what_it_may_get_unasked_is_refused(client: Client, site: str) -> None:
    """An image or a link of the page: browsers send no Origin with those."""
    headers = {"sec-fetch-site": site}
    response = await client.http.get("/graphql", params=TYPENAME, headers=headers)
    assert get_refusal(response) == (
        403,
        'pages of "another site" may not use this server; see VANTAGE_ALLOWED_ORIGINS',
    )
    # A link to the playground is another thing.
    assert (await client.http.get("/", headers=headers)).status_code == 200


async def test_it_may_not_even_ask_and_is_told_no_cors(client: Client) -> None:
    asked = {"origin": ELSEWHERE, "access-control-request-method": "POST"}
    for response in (
        await client.http.options("/graphql", headers=asked),
        await client.http.post("/graphql", json=TYPENAME, headers={"origin": ELSEWHERE}),
    ):
        assert get_refusal(response) == (
            403,
            f'pages of "{ELSEWHERE}" may not use this server; see VANTAGE_ALLOWED_ORIGINS',
        )
        assert "access-control-allow-origin" not in response.headers


async def test_a_friend_may_ask_and_read(named: Serving) -> None:
    async with Client(named.url) as client:
        asked = {
            "origin": FRIEND,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        }
        allowed = (await client.http.options("/graphql", headers=asked)).headers
        assert allowed["access-control-allow-origin"] == FRIEND
        assert "authorization" in allowed["access-control-allow-headers"].lower()
        response = await client.http.post("/graphql", json=TYPENAME, headers={"origin": FRIEND})
        assert response.json() == {"data": {"__typename": "Query"}}
        assert response.headers["access-control-allow-origin"] == FRIEND
        assert "Origin" in response.headers["vary"]
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "path", ["/graphql?query={__typename}", "/", "/healthz", "/schema.graphql"]
)
async def test_a_name_that_is_not_ours_gets_nothing_on_loopback(client: Client, path: str) -> None:
    response = await client.http.get(path, headers={"host": "rebound.example:8000"})
    assert get_refusal(response) == (
        421,
        'the Host "rebound.example:8000" is not a name of this server; see VANTAGE_ALLOWED_HOSTS',
    )


async def test_a_socket_to_a_name_that_is_not_ours_is_refused(server: Serving) -> None:
    origin = "http://rebound.example"
    assert await get_socket_status(server, origin=origin, host="rebound.example") == 403


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "app.localhost", "10.0.0.7"],
)
async def test_our_own_names_and_addresses_are_answered(client: Client, host: str) -> None:
    response = await client.http.post("/graphql", json=TYPENAME, headers={"host": host})
    assert response.status_code == 200


async def test_names_that_were_told_are_answered_and_no_others(named: Serving) -> None:
    async with Client(named.url) as client:
        for host, status in (
            ("memory.example", 200), ("MEMORY.example:443", 200), ("localhost", 200),
            ("memory.example.evil", 421), ("xmemory.example", 421),
        ):  # fmt: skip
            response = await client.http.post("/graphql", json=TYPENAME, headers={"host": host})
            assert response.status_code == status


async def get_socket_status(server: Serving, *, origin: str, host: str | None = None) -> int:
    """Opens a socket as a page of that origin would; returns the status of the answer."""
    url = server.url.replace("http", "ws", 1) + "/graphql"
    headers = {} if host is None else {"Host": host}
    try:
        async with asyncio.timeout(20), connect(
            url, subprotocols=["graphql-transport-ws"], origin=origin, additional_headers=headers
        ) as socket:  # fmt: skip
            await socket.send('{"type": "connection_init"}')
            assert '"connection_ack"' in str(await socket.recv())
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


def get_refusal(response: httpx.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}
    return response.status_code, error["message"]
