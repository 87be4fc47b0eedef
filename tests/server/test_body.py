"""Bodies larger than the limit are refused, whether they say so or not."""

from collections.abc import AsyncIterator

import httpx

from server.body import BODY_BYTES
from tests.client import Client


def check_refusal(response: httpx.Response) -> None:
    assert response.status_code == 413
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "PAYLOAD_TOO_LARGE"}
    assert error["message"].endswith(f"bytes long, at most {BODY_BYTES}")


async def test_a_body_that_says_it_is_too_large_is_refused(client: Client) -> None:
    headers = {"content-type": "application/json"}
    body = b" " * (BODY_BYTES + 1)
    check_refusal(await client.http.post("/graphql", headers=headers, content=body))


async def test_a_body_that_turns_out_too_large_is_refused(client: Client) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 1024 * 1024

    headers = {"content-type": "application/json"}
    check_refusal(await client.http.post("/graphql", headers=headers, content=stream()))


async def test_a_body_within_the_limit_is_answered(client: Client) -> None:
    padding = " " * (BODY_BYTES - 100)
    response = await client.http.post(
        "/graphql",
        headers={"content-type": "application/json"},
        content=f'{{"query": "{{ __typename }}"}}{padding}',
    )
    assert response.json() == {"data": {"__typename": "Query"}}
