"""Asks over kept connections, each for the next answer once it has the one before."""

import asyncio
import re
from typing import cast

import orjson

CONNECTIONS = 8
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")


def create_request(query: str, variables: dict[str, str], key: str | None) -> bytes:
    body = orjson.dumps({"query": query, "variables": variables})
    credentials = "" if key is None else f"Authorization: Bearer {key}\r\n"
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{credentials}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """Connections to one server."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self.request = request
        self._askers: list[_Asker] = []
        self._left = 0
        self.is_done = asyncio.Event()
        self.last = b""
        """The body of an answer, to see that it is one."""

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _, asker = await loop.create_connection(lambda: _Asker(self), "127.0.0.1", self._port)
            self._askers.append(asker)

    async def ask(self, count: int) -> None:
        """Returns when so many were answered."""
        self._left = count
        self.is_done.clear()
        for asker in self._askers:
            asker.ask()
        await self.is_done.wait()

    def note(self, body: bytes) -> bool:
        """Takes an answer; tells whether to go on."""
        self._left -= 1
        if self._left > 0:
            # The other connections have theirs to answer yet.
            return self._left >= CONNECTIONS
        self.last = body
        self.is_done.set()
        return False

    def close(self) -> None:
        for asker in self._askers:
            asker.transport.close()
        self._askers.clear()


class _Asker(asyncio.Protocol):
    def __init__(self, load: Load) -> None:
        self._load = load
        self._received = bytearray()
        self._end = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self) -> None:
        self.transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._is_whole():
            body = bytes(self._received)
            self._received.clear()
            self._end = 0
            if self._load.note(body):
                self.ask()

    def _is_whole(self) -> bool:
        if not self._end:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return False
            found = _LENGTH.search(self._received[: head + 2])
            if found is None:  # in chunks, of which the last is empty
                return self._received.endswith(b"\r\n0\r\n\r\n")
            self._end = head + 4 + int(found[1])
        return len(self._received) >= self._end
