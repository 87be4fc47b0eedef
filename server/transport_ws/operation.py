"""A socket's operation: how its results are put into messages with its id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resolvers.key import Viewer
from server.stream import Subscriber
from server.transport_ws.message import Subscribe, to_complete, to_error, to_next_head
from server.transport_ws.outlet import Outlet
from server.transport_ws.wire import to_text_frame


@dataclass(frozen=True, slots=True)
class NextMessage:
    """Puts a payload into a text frame; the same for all who use the same id."""

    head: bytes

    def __call__(self, payload: bytes, token: str | None) -> bytes:
        return to_text_frame(self.head + payload + b"}")


class SocketSubscriber(Subscriber):
    """Tells its connection when it has ended, as its id is free then."""

    def __init__(
        self, message: Subscribe, viewer: Viewer, outlet: Outlet, *, on_end: Callable[[], None]
    ) -> None:
        super().__init__(message.request, viewer, outlet, NextMessage(to_next_head(message.id)))
        self._id = message.id
        self._outlet = outlet
        self._on_end = on_end

    def complete(self) -> None:
        self._on_end()
        self._outlet.put(to_complete(self._id))

    def refuse(self, errors: list[dict[str, Any]]) -> None:
        self._on_end()
        self._outlet.put(to_error(self._id, errors))
