"""Writing to one socket within bounds: of what waits for it, and of how long."""

import asyncio

from server.stream import ClientGone
from server.transport_ws.close_code import CloseCode
from server.transport_ws.wire import Wire, to_text_frame

SEND_S = 30.0
"""How long a client may leave unread what waits for it."""
REASON_BYTES = 123
"""The most that a close frame holds (RFC 6455, section 5.5)."""


class Outlet:
    """Where the frames of one socket leave."""

    __slots__ = ("_send_s", "_wire")

    def __init__(self, wire: Wire, *, send_s: float = SEND_S) -> None:
        self._wire = wire
        self._send_s = send_s

    @property
    def is_closed(self) -> bool:
        return self._wire.is_over

    def offer(self, frame: bytes) -> bool:
        """Sends a frame; False: too much waits already, and the frame was not taken."""
        if not self._wire.is_flowing:
            return False
        self._wire.write_frame(frame)
        return True

    async def send(self, message: bytes) -> None:
        """Sends a message as soon as there is room.

        Raises ClientGone if the socket is closed, as it is when there is no room for too long.
        """
        await self.send_frame(to_text_frame(message))

    async def send_frame(self, frame: bytes) -> None:
        """Sends a frame as `send` does a message."""
        await self.wait_for_room()
        self._wire.write_frame(frame)

    def put(self, message: bytes) -> None:
        """Sends a small message that ends something, room or not."""
        self._wire.write_frame(to_text_frame(message))

    async def wait_for_room(self) -> None:
        """Waits as `send` does."""
        try:
            async with asyncio.timeout(self._send_s):
                await self._wire.wait_until_flowing()
        except TimeoutError:
            reason = f"nothing was read for {self._send_s:g} s; go on from the last you have"
            self.close(CloseCode.TOO_SLOW, reason)
        if self.is_closed:
            raise ClientGone

    def close(self, code: CloseCode, reason: str) -> None:
        """Closes the socket; a reason too long for the frame is cut."""
        self._wire.end(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))
