"""The limit: prebuilt frames, written to bare asyncio sockets."""

import asyncio
import base64
import hashlib
import re
from typing import ClassVar, cast

import orjson

from benchmarks.fanout.control import obey
from benchmarks.fanout.frame import EVENT
from benchmarks.rig import run_measured
from server.transport_ws.wire import to_text_frame

_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_FRAME = to_text_frame(
    orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"said": EVENT}}})
)


class Bare(asyncio.Protocol):
    """Shakes hands; takes the second frame for the subscription without looking into it."""

    open: ClassVar[set["Bare"]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._received = 0

    def data_received(self, data: bytes) -> None:
        self._received += 1
        if self._received == 1:
            key = re.search(rb"(?i)sec-websocket-key: (\S+)", data)
            assert key is not None
            accept = base64.b64encode(hashlib.sha1(key[1] + _SALT).digest())  # noqa: S324
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
        elif self._received == 2:
            self.transport.write(to_text_frame(b'{"type":"connection_ack"}'))
        else:
            self.transport.write(_FRAME)
            self.open.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self.open.discard(self)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Bare, "127.0.0.1", 0, backlog=2048)

    async def send(count: int) -> None:
        for _ in range(count):
            for each in Bare.open:
                each.transport.write(_FRAME)
            await asyncio.sleep(0)  # a message is not there before the one before it is out

    await obey(server.sockets[0].getsockname()[1], send)


if __name__ == "__main__":
    run_measured(main())
