"""Taking a socket or refusing it. Origins were looked at before: server/gate.py."""

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from server.stream import Streams
from server.transport_ws.close_code import CloseCode
from server.transport_ws.connection import Connection
from server.transport_ws.outlet import SEND_S, Outlet
from server.transport_ws.wire import EXTENSION

SUBPROTOCOL = "graphql-transport-ws"
"""The only one: the older graphql-ws can be talked into skipping its handshake."""


class SocketApp:
    """The ASGI application of the sockets at `/graphql`; uvicorn has to run them as Wires."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self.send_s = SEND_S
        """How long a client may leave unread what waits for it; tests have less patience."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.receive()  # websocket.connect
        outlet = Outlet(scope["extensions"][EXTENSION]["wire"], send_s=self.send_s)
        if SUBPROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            outlet.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await socket.accept(subprotocol=SUBPROTOCOL)
        await Connection(outlet, self._streams).run(receive)
