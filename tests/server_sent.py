"""Responses of server-sent events, read by hand."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.client import TIMEOUT_S, Client

SMALL_BYTES = 65_536
EVENTS = {"accept": "text/event-stream"}


class Body:
    """The events of a response: name, id and data."""

    def __init__(self, response: httpx.Response) -> None:
        self._parts = response.aiter_raw()
        self._rest = bytearray()

    async def get_next(self) -> tuple[str, str | None, Any]:
        async with asyncio.timeout(TIMEOUT_S):
            while (block := await self._take_block()).startswith(b":"):
                pass  # a comment
        fields = dict(line.split(b":", 1) for line in block.split(b"\n"))
        told = {name.decode(): value.strip() for name, value in fields.items()}
        id_ = told["id"].decode() if "id" in told else None
        return told["event"].decode(), id_, json.loads(told["data"]) if told["data"] else None

    async def _take_block(self) -> bytes:
        while (end := self._rest.find(b"\n\n")) < 0:
            try:
                self._rest += await anext(self._parts)
            except StopAsyncIteration:
                raise EOFError("the response has ended") from None
        block = bytes(self._rest[:end])
        del self._rest[: end + 2]
        return block

    async def take_sequences(self, count: int) -> list[tuple[str | None, int]]:
        """Returns the ids and sequences of messages told."""
        found = []
        for _ in range(count):
            name, id_, payload = await self.get_next()
            assert name == "next"
            found.append((id_, payload["data"]["messages"]["sequence"]))
        return found


@asynccontextmanager
async def ask(
    client: Client, query: str, last: str | None = None, *, is_small: bool = False, **variables: Any
) -> AsyncIterator[Body]:
    """Asks with the client's key; `last` is the last event's id. A small one stalls unless read."""
    headers = EVENTS | client.credentials | ({} if last is None else {"last-event-id": last})
    options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)] if is_small else None
    transport = httpx.AsyncHTTPTransport(socket_options=options)
    payload = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_S, transport=transport) as http,
        http.stream("POST", f"{client.url}/graphql", json=payload, headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Body(response)
