"""Sockets that speak graphql-transport-ws by hand, and what was written behind them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.client import TIMEOUT_S

PROTOCOL = Subprotocol("graphql-transport-ws")
STALLED_BYTES = 4096
"""What the kernel keeps for a client that is to stall."""

FOLLOW = """
subscription Follow($workspace: String!, $session: String = "s", $after: Int, $last: Int) {
  messages(workspace: $workspace, session: $session, after: $after, last: $last) {
    kind sequence message { content }
  }
}
"""


@dataclass(slots=True)
class Socket:
    """An open socket."""

    connection: ClientConnection

    async def send(self, message: Any) -> None:
        """Sends text or bytes as they are, anything else as JSON."""
        is_raw = isinstance(message, str | bytes)
        await self.connection.send(message if is_raw else json.dumps(message))

    async def receive(self) -> Any:
        """Returns the next message; it must be a text frame."""
        async with asyncio.timeout(TIMEOUT_S):
            frame = await self.connection.recv()
        assert isinstance(frame, str)
        return json.loads(frame)

    async def initialise(self) -> None:
        await self.send({"type": "connection_init"})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id_: str, query: str, **payload: Any) -> None:
        message = {"id": id_, "type": "subscribe", "payload": {"query": query, **payload}}
        await self.send(message)

    async def follow(self, id_: str, workspace: str, **variables: Any) -> None:
        """Follows the messages of a session."""
        await self.subscribe(id_, FOLLOW, variables={"workspace": workspace, **variables})

    async def take_sequences(self, count: int) -> list[int]:
        """Returns the sequences of so many events, deletions with a minus."""
        found = []
        for _ in range(count):
            event = (await self.receive())["payload"]["data"]["messages"]
            found.append(event["sequence"] * (1 if event["kind"] == "ADDED" else -1))
        return found

    async def get_close(self) -> tuple[int | None, str | None]:
        """Reads until the server has closed; returns its code and reason."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while True:
                    await self.connection.recv()
        except ConnectionClosed:
            return self.connection.close_code, self.connection.close_reason

    async def is_alive(self) -> bool:
        """Tells whether the socket still answers."""
        await self.send({"type": "ping", "payload": {"are": "you there"}})
        return bool(await self.receive() == {"type": "pong", "payload": {"are": "you there"}})


@asynccontextmanager
async def open_socket(url: str, *, is_small: bool = False) -> AsyncIterator[Socket]:
    """Opens a socket to the server at an HTTP address; a small one stalls unless it is read."""
    address = url.replace("http", "ws", 1) + "/graphql"
    options: dict[str, Any] = {"max_size": None}
    if is_small:
        options |= {"sock": await _connect_small(url), "max_queue": 1, "close_timeout": 0.5}
    async with connect(address, subprotocols=[PROTOCOL], **options) as connection:
        yield Socket(connection)


@asynccontextmanager
async def open_initialised(url: str, *, is_small: bool = False) -> AsyncIterator[Socket]:
    async with open_socket(url, is_small=is_small) as opened:
        await opened.initialise()
        yield opened


async def _connect_small(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BYTES)
    small.setblocking(False)
    await asyncio.get_running_loop().sock_connect(small, (host, int(port)))
    return small
