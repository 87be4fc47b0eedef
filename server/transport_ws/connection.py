"""One socket's side of graphql-transport-ws: a method per message.

    opened ── connection_init ──▶ acknowledged ── subscribe, complete ──▶ ...
       └── nothing for INIT_S: INIT_TIMEOUT

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from contextlib import AsyncExitStack

from starlette.types import Message, Receive

from core.errors import RateLimited, Unauthenticated
from models.database import AWAY
from resolvers.key import Viewer
from schema.limits import SOCKET_OPERATIONS
from server.authenticate import DATABASE_AWAY, get_socket_viewer
from server.stream import ClientGone, Streams
from server.transport_ws.close_code import CloseCode
from server.transport_ws.message import (
    CONNECTION_ACK,
    BadMessage,
    Complete,
    ConnectionInit,
    Ping,
    Pong,
    Subscribe,
    read_message,
    to_error,
    to_pong,
)
from server.transport_ws.operation import SocketSubscriber
from server.transport_ws.outlet import Outlet

INIT_S = 10.0
"""How long a client may take to begin."""


class Connection:
    """An accepted socket, and the operations that run over it."""

    def __init__(self, outlet: Outlet, streams: Streams) -> None:
        self._outlet = outlet
        self._streams = streams
        self._viewer: Viewer | None = None
        self._is_initialised = False
        self._stack = AsyncExitStack()
        self._operations: dict[str, SocketSubscriber] = {}

    async def run(self, receive: Receive) -> None:
        """Speaks until the socket is closed, by whomever; then nothing of it runs any more."""
        timer = asyncio.get_running_loop().call_later(INIT_S, self._time_out)
        try:
            while (event := await receive())["type"] == "websocket.receive":
                await self._take(event)
        except ClientGone:
            return
        finally:
            timer.cancel()
            await self._stack.aclose()
            await self._end_operations()

    def _time_out(self) -> None:
        if not self._is_initialised:
            self._outlet.close(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")

    async def _take(self, event: Message) -> None:
        if self._outlet.is_closed:  # it was sent before the client knew
            raise ClientGone
        try:
            text = event.get("text")
            if text is None:
                raise BadMessage("the message is binary, it must be text")
            message = read_message(text)
        except BadMessage as error:
            self._outlet.close(CloseCode.BAD_MESSAGE, str(error))
            return
        match message:
            case ConnectionInit():
                await self._initialise(message)
            case Ping():
                await self._outlet.send(to_pong(message.payload))
            case Pong():
                pass  # nothing was asked
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                self._complete(message)

    async def _initialise(self, message: ConnectionInit) -> None:
        """Lets in whom the payload's key stands for."""
        if self._is_initialised:
            self._outlet.close(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
            return
        self._is_initialised = True
        try:
            viewer = await get_socket_viewer(self._streams.services, message.payload)
        except Unauthenticated as error:
            self._outlet.close(CloseCode.FORBIDDEN, str(error))
        except AWAY:
            self._outlet.close(CloseCode.TRY_AGAIN, DATABASE_AWAY)
        else:
            self._viewer = viewer
            await self._end_with_key(viewer)
            await self._outlet.send(CONNECTION_ACK)

    async def _end_with_key(self, viewer: Viewer) -> None:
        """Has the socket closed once the viewer's key is revoked or expires."""
        if viewer.key_id is None:
            return
        watch = self._streams.services.key_watch.watch(viewer.key_id)
        ending = await self._stack.enter_async_context(watch)

        async def close() -> None:
            await ending.wait()
            self._outlet.close(CloseCode.FORBIDDEN, "the key was revoked or has expired")

        closing = asyncio.create_task(close())
        self._stack.callback(closing.cancel)

    async def _subscribe(self, message: Subscribe) -> None:
        id_ = message.id
        if self._viewer is None:
            self._outlet.close(CloseCode.UNAUTHORIZED, "Unauthorized")
        elif id_ in self._operations:
            self._outlet.close(CloseCode.DUPLICATE_ID, f"Subscriber for {id_} already exists")
        elif len(self._operations) >= SOCKET_OPERATIONS:
            rule = f"this socket has {SOCKET_OPERATIONS} operations open, no more are allowed"
            error = {"message": rule, "extensions": {"code": RateLimited.code}}
            await self._outlet.send(to_error(id_, [error]))
        else:
            subscriber = SocketSubscriber(
                message, self._viewer, self._outlet, on_end=lambda: self._forget(id_)
            )
            self._operations[id_] = subscriber
            self._streams.start(subscriber)

    def _complete(self, message: Complete) -> None:
        subscriber = self._operations.pop(message.id, None)
        if subscriber is not None:  # else ours crossed with theirs
            subscriber.leave()

    def _forget(self, id_: str) -> None:
        self._operations.pop(id_, None)

    async def _end_operations(self) -> None:
        tasks = [subscriber.leave() for subscriber in self._operations.values()]
        self._operations.clear()
        if ended := [task for task in tasks if task is not None]:
            await asyncio.wait(ended)
