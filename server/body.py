"""The limit on request bodies, before anything reads them whole."""

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import PayloadTooLarge

BODY_BYTES = 16 * 1024 * 1024
"""Room for 100 messages of 25,000 characters in any script, as JSON."""


class BodyLimit:
    """Answers 413 to bodies that say, or turn out, to be larger than the limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told) > BODY_BYTES:
            await _create_refusal(int(told))(scope, receive, send)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_BYTES:
                raise _TooLargeError
            return message

        try:
            await self._app(scope, receive_limited, send)
        except _TooLargeError:
            await _create_refusal(received)(scope, receive, send)


class _TooLargeError(Exception):
    """More came than was allowed."""


def _create_refusal(size_bytes: int) -> Response:
    message = f"the request is at least {size_bytes} bytes long, at most {BODY_BYTES}"
    error = {"message": message, "extensions": {"code": PayloadTooLarge.code}}
    return Response(
        orjson.dumps({"errors": [error]}), status_code=413, media_type="application/json"
    )
