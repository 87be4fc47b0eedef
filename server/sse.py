"""GraphQL over server-sent events: graphql-sse, each operation on a request of its own.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md (distinct connections mode). The
operations run in server/stream.py, together with those of sockets. Each event of `messages` and
`events` has an id; sent back as Last-Event-ID, the stream goes on after it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import BadInput, Unauthenticated, VantageError
from resolvers.key import Viewer
from schema.operation import read_operation
from server.stream import ClientGone, Request, Streams, Subscriber
from server.transport_ws.message import BadMessage, read_request
from server.transport_ws.outlet import SEND_S
from server.transport_ws.wire import BUFFER_BYTES

MEDIA_TYPE = "text/event-stream"
COMPLETE = b"event: complete\ndata:\n\n"
SIGN_OF_LIFE = b":\n\n"
QUIET_S = 15.0
"""After how long without an event a comment is sent: proxies close what is quiet."""


@dataclass(frozen=True, slots=True)
class NextEvent:
    """Puts a payload into an event; the same for everybody."""

    def __call__(self, payload: bytes, token: str | None) -> bytes:
        id_ = b"" if token is None else b"id: " + token.encode() + b"\n"
        return id_ + b"event: next\ndata: " + payload + b"\n\n"


class EventOutlet:
    """What waits to be sent as the body of one response."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._size_bytes = 0
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_over = False

    def offer(self, frame: bytes) -> bool:
        """Takes a frame; False: too much waits already, and it was not taken."""
        if self._size_bytes > BUFFER_BYTES:
            return False
        self.put(frame)
        return True

    async def send_frame(self, frame: bytes) -> None:
        await self.wait_for_room()
        self.put(frame)

    def put(self, frame: bytes) -> None:
        """Takes what ends something, room or not."""
        self._waiting.append(frame)
        self._size_bytes += len(frame)
        if self._size_bytes > BUFFER_BYTES:
            self._has_room.clear()
        self._has_news.set()

    async def wait_for_room(self) -> None:
        """Raises ClientGone if nothing was read for too long; the response ends then."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._has_room.wait()
        except TimeoutError:
            self.end()
            raise ClientGone from None

    def end(self) -> None:
        """Ends the response after what waits."""
        self._is_over = True
        self._has_news.set()

    async def list_frames(self) -> AsyncIterator[bytes]:
        """Yields what waits, all at once, whenever there is some; the next when it was taken."""
        yield SIGN_OF_LIFE  # tells the client at once that it was accepted
        while self._waiting or not self._is_over:
            if await self._is_quiet():
                yield SIGN_OF_LIFE
                continue
            frames = b"".join(self._waiting)
            self._waiting.clear()
            self._has_news.clear()
            if frames:
                yield frames
            # Only now: until then it was in the hands of the transport.
            self._size_bytes = sum(map(len, self._waiting))
            if self._size_bytes <= BUFFER_BYTES:
                self._has_room.set()

    async def _is_quiet(self) -> bool:
        try:
            async with asyncio.timeout(QUIET_S):
                await self._has_news.wait()
        except TimeoutError:
            return True
        return False


class EventSubscriber(Subscriber):
    """The operation of one response, which ends with it."""

    def __init__(
        self, request: Request, viewer: Viewer, outlet: EventOutlet, *, after: str | None
    ) -> None:
        super().__init__(request, viewer, outlet, NextEvent(), after=after)
        self._outlet = outlet

    def complete(self) -> None:
        self._outlet.put(COMPLETE)
        self._outlet.end()

    def refuse(self, errors: list[dict[str, Any]]) -> None:
        self._outlet.put(self.envelope(orjson.dumps({"errors": errors}), None))
        self.complete()


class EventApp:
    """Answers requests that accept only events; hands all others on."""

    def __init__(self, app: ASGIApp, streams: Streams) -> None:
        self._app = app
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        if request.method not in ("GET", "POST") or not _accepts_events(request):
            await self._app(scope, receive, send)
            return
        try:
            asked = await _read(request)
        except (BadInput, BadMessage) as error:
            await _create_refusal(error)(scope, receive, send)
            return
        await self._answer(request, asked, send)

    async def _answer(self, request: HttpRequest, asked: Request, send: Send) -> None:
        viewer: Viewer = request.state.viewer
        outlet = EventOutlet()
        after = request.headers.get("last-event-id") or None
        subscriber = EventSubscriber(asked, viewer, outlet, after=after)
        response = StreamingResponse(
            outlet.list_frames(),
            media_type=MEDIA_TYPE,
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )
        async with self._streams.services.key_watch.watch(viewer.key_id) as ending:
            closing = asyncio.create_task(_refuse_after(ending, subscriber))
            self._streams.start(subscriber)
            try:
                await response(request.scope, request.receive, send)
            finally:
                closing.cancel()
                ended = [task for task in (subscriber.leave(), closing) if task is not None]
                await asyncio.wait(ended)


async def _refuse_after(ending: asyncio.Event, subscriber: EventSubscriber) -> None:
    await ending.wait()
    subscriber.leave()
    gone = Unauthenticated("the key was revoked or has expired")
    subscriber.refuse([{"message": str(gone), "extensions": {"code": gone.code}}])


def _accepts_events(request: HttpRequest) -> bool:
    """Tells whether it wants events and no plain answer: many clients list all that they read."""
    accepted = request.headers.get("accept", "").lower().split(",")
    types = {part.split(";")[0].strip() for part in accepted}
    return MEDIA_TYPE in types and not any("json" in type_ or "*" in type_ for type_ in types)


async def _read(request: HttpRequest) -> Request:
    """Reads what is asked; raises BadInput or BadMessage."""
    if request.method == "POST":
        return read_request(_read_object("the body", await request.body()))
    asked: dict[str, Any] = dict(request.query_params)
    if variables := asked.get("variables"):
        asked["variables"] = _read_object("variables", variables)
    asked.pop("extensions", None)
    found = read_request(asked)
    operation = read_operation(found.query, found.operation_name)
    # A page elsewhere can make a browser GET anything.
    if operation is not None and not operation.is_subscription:
        raise BadInput("GET with Accept: text/event-stream is for subscriptions alone")
    return found


def _read_object(name: str, text: str | bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except ValueError:
        raise BadInput(f"{name} is not JSON") from None
    if not isinstance(value, dict):
        raise BadInput(f"{name} is no JSON object")
    return value


def _create_refusal(error: Exception) -> Response:
    code = error.code if isinstance(error, VantageError) else BadInput.code
    told = {"errors": [{"message": str(error), "extensions": {"code": code}}]}
    return Response(orjson.dumps(told), status_code=400, media_type="application/json")
