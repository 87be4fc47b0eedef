"""Keeps web pages of others out: they run in browsers that reach what they themselves cannot.

A page of another origin may send requests that it cannot read the answers of, open sockets, and,
by DNS rebinding, let its own name mean our address. Programs send no Origin and are not concerned.
"""

from ipaddress import ip_address

import orjson
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin

from core.errors import Forbidden
from core.settings import Settings

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_API = "/graphql"
_CORS_AGE_S = 600
_OF_OTHERS = ("cross-site", "same-site")
"""What Sec-Fetch-Site says of pages that are not of this very origin."""


class Gate:
    """Refuses Hosts and origins that are not ours, for HTTP and sockets; lets CORS be asked."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._origins = frozenset(settings.allowed_origins)
        self._app = _allow_origins(app, sorted(self._origins)) if self._origins else app
        named = frozenset(name.lower() for name in settings.allowed_hosts)
        # Beyond loopback nobody can tell which names lead here, unless they are named.
        self._hosts = named | LOOPBACK if named or settings.host in LOOPBACK else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host")
        if not self._is_host_ours(host):
            told = f'the Host "{host}" is not a name of this server; see VANTAGE_ALLOWED_HOSTS'
            await _refuse(scope, receive, send, status=421, message=told)
        elif not self._is_page_ours(scope, headers):
            origin = headers.get("origin", "another site")
            told = f'pages of "{origin}" may not use this server; see VANTAGE_ALLOWED_ORIGINS'
            await _refuse(scope, receive, send, status=403, message=told)
        else:
            await self._app(scope, receive, send)

    def _is_host_ours(self, host: str | None) -> bool:
        if self._hosts is None or host is None:
            return True
        name = _get_name(host)
        return name in self._hosts or name.endswith(".localhost") or _is_address(name)

    def _is_page_ours(self, scope: Scope, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site == "same-origin":
            return True
        origin = headers.get("origin")
        if origin is None:  # a program, or what a page shows or leads to without reading it
            return site not in _OF_OTHERS or scope["path"] != _API
        return origin in self._origins or is_same_origin(origin, headers.get("host"))


def _allow_origins(app: ASGIApp, origins: list[str]) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Authorization", "Content-Type"),
        max_age=_CORS_AGE_S,
    )


def _get_name(host: str) -> str:
    """Returns a Host without its port, and an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    """Tells whether it is no name at all: what no DNS answers for cannot be rebound."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, receive: Receive, send: Send, *, status: int, message: str) -> None:
    if scope["type"] == "websocket":
        await receive()  # websocket.connect
        await send({"type": "websocket.close"})  # before it is accepted: 403
        return
    # Headers are bytes of any kind; what is quoted of them must be text.
    error = {"message": message.encode("ascii", "backslashreplace").decode()}
    body = orjson.dumps({"errors": [{**error, "extensions": {"code": Forbidden.code}}]})
    await Response(body, status_code=status, media_type="application/json")(scope, receive, send)
