"""uvicorn's WebSocket protocol, opened to the application for frames that it has built itself.

Through ASGI every message is framed anew for every socket, behind an awaited call. Here the bytes
of a frame go to the transport as they are, which leaves little but the system call. In return the
application has to look after the bound that it is given: see outlet.py.
"""

import asyncio
import struct
from asyncio.transports import BaseTransport
from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "vantage.wire"
"""The key in the scope's extensions under which the application finds the Wire, as `wire`."""

BUFFER_BYTES = 256 * 1024
"""What may wait for one socket, beside what its kernel holds. Cohorts share the bytes in it."""
CLOSE_S = 5.0
"""How long a client may take to answer a close before the socket is cut."""

_TEXT = 0x81  # final, text
_LONGEST_IN_1, _LONGEST_IN_2 = 125, 0xFFFF


def to_text_frame(payload: bytes) -> bytes:
    """Writes an unmasked, uncompressed text frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size <= _LONGEST_IN_1:
        return struct.pack("!BB", _TEXT, size) + payload
    if size <= _LONGEST_IN_2:
        return struct.pack("!BBH", _TEXT, 126, size) + payload
    return struct.pack("!BBQ", _TEXT, 127, size) + payload


class Wire(WebSocketsSansIOProtocol):
    """One socket. `is_flowing` is false while more than BUFFER_BYTES wait for the client."""

    is_flowing = True

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=BUFFER_BYTES)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the application starts in the next turn of the loop
            extensions = cast("dict[str, dict[str, object]]", self.scope["extensions"])
            extensions[EXTENSION] = {"wire": self}

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_flowing = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_flowing = True

    @property
    def is_over(self) -> bool:
        """Whether nothing can be sent any more."""
        return self.close_sent or self.disconnected or self.transport.is_closing()

    def write_frame(self, frame: bytes) -> None:
        """Writes a frame, or nothing if it is over."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(frame)

    async def wait_until_flowing(self) -> None:
        """Returns when more may be written, or it is over."""
        await self.writable.wait()

    def end(self, code: int, reason: str) -> None:
        """Closes the socket, also one whose client does not read; repeating it does nothing."""
        if self.is_over:
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:  # the client's answer is still to come
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # uvicorn's close waits for the buffer, which a client that is gone never empties.
        asyncio.get_running_loop().call_later(CLOSE_S, self.transport.abort)
