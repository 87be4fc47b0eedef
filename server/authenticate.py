"""Credentials: from a request or a socket's first message to whom they stand for.

Over HTTP `Authorization: Bearer <key>`; over sockets the same, in the payload of connection_init.
With authentication off nobody is asked, and what is sent is not looked at.
"""

from collections.abc import Mapping

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import Unauthenticated, Unavailable, VantageError
from models.database import AWAY
from resolvers.key import ANYBODY, Viewer, get_viewer
from resolvers.services import Services

HEADER = "authorization"
DATABASE_AWAY = "the database does not answer; try again"
_MISSING = 'no key was sent; send it as "Authorization: Bearer <key>"'


class Authentication:
    """Puts the viewer into the request's state, or answers 401 (503 if it cannot be told)."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            viewer = await _get_viewer(self._services, Headers(scope=scope).get(HEADER))
        except Unauthenticated as error:
            await _create_refusal(401, error)(scope, receive, send)
            return
        except AWAY:
            await _create_refusal(503, Unavailable(DATABASE_AWAY))(scope, receive, send)
            return
        scope.setdefault("state", {})["viewer"] = viewer
        await self._app(scope, receive, send)


async def get_socket_viewer(services: Services, payload: object) -> Viewer:
    """Returns whom a connection_init payload stands for; raises Unauthenticated."""
    told = payload if isinstance(payload, Mapping) else {}
    named = {str(name).lower(): value for name, value in told.items()}
    header = named.get(HEADER)
    return await _get_viewer(services, header if isinstance(header, str) else None)


async def _get_viewer(services: Services, header: str | None) -> Viewer:
    if not services.settings.auth:
        return ANYBODY
    scheme, _, secret = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(_MISSING)
    return await get_viewer(services.pool, secret.strip())


def _create_refusal(status: int, refusal: VantageError) -> Response:
    error = {"message": str(refusal), "extensions": {"code": refusal.code}}
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=status,
        media_type="application/json",
        headers={"WWW-Authenticate": "Bearer"} if status == 401 else None,
    )
