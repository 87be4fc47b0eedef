"""Followers that do nothing but count: raw sockets, as cheap as they come."""

import asyncio
import json
from typing import cast

_UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
CONNECT_AT_ONCE = 50


class Followers:
    """Sockets that follow one server; `count` is how many messages came over all of them."""

    def __init__(self, port: int, query: str, workspace: str) -> None:
        self._port = port
        payload = {"query": query, "variables": {"workspace": workspace}}
        self._subscribe = _mask({"id": "1", "type": "subscribe", "payload": payload})
        self.count = 0
        self._target = 0
        self._reached = asyncio.Event()

    async def connect(self, count: int) -> None:
        """Connects so many more; returns once each has its first event."""
        loop = asyncio.get_running_loop()
        for start in range(0, count, CONNECT_AT_ONCE):
            size = min(CONNECT_AT_ONCE, count - start)
            self.expect(self.count + size)
            await asyncio.gather(
                *(
                    loop.create_connection(
                        lambda: Follower(self, self._subscribe), "127.0.0.1", self._port
                    )
                    for _ in range(size)
                )
            )
            await self.wait()

    def expect(self, target: int) -> None:
        self._target = target
        self._reached.clear()

    async def wait(self) -> None:
        """Waits until `count` is what was expected."""
        async with asyncio.timeout(120):
            await self._reached.wait()

    def add(self, count: int) -> None:
        self.count += count
        if self.count >= self._target:
            self._reached.set()


class Follower(asyncio.Protocol):
    """One socket: shakes hands, then counts frames."""

    def __init__(self, followers: Followers, subscribe: bytes) -> None:
        self._followers = followers
        self._subscribe = subscribe
        self._rest = b""
        self._frames = -2  # what comes before the first event: the handshake and the ack

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(_UPGRADE)

    def data_received(self, data: bytes) -> None:
        buffer = self._rest + data if self._rest else data
        if self._frames == -2:
            head, found, buffer = buffer.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            self._frames = -1
            self._transport.write(_mask({"type": "connection_init"}))
        at, count = 0, 0
        while (end := _find_end(buffer, at)) is not None:
            at = end
            count += 1
        self._rest = buffer[at:]
        if count and self._frames == -1:
            self._frames = 0
            count -= 1
            self._transport.write(self._subscribe)
        if count:
            self._followers.add(count)


def _find_end(buffer: bytes, at: int) -> int | None:
    """Returns where the frame that begins here ends; None: not all of it is there."""
    if at + 4 > len(buffer):
        return None
    size = buffer[at + 1]
    end = at + 2 + size if size < 126 else at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
    return end if end <= len(buffer) else None


def _mask(message: object) -> bytes:
    """Writes a client's frame, masked with zeros: that leaves it as it is."""
    payload = json.dumps(message).encode()
    if len(payload) < 126:
        return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload
    return bytes((0x81, 0xFE)) + len(payload).to_bytes(2, "big") + bytes(4) + payload
