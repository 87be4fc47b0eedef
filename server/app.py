"""The ASGI application: what is served where."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from schema.schema import create_schema, print_schema
from server.authenticate import Authentication
from server.body import BodyLimit
from server.gate import Gate
from server.health import healthz, readyz
from server.runtime import Runtime
from server.sse import EventApp
from server.stream import Streams
from server.transport_http.endpoint import Endpoint
from server.transport_ws.handshake import SocketApp
from server.web import create_routes


def create_app(runtime: Runtime) -> ASGIApp:
    """Makes the application of a running server; it starts and ends nothing itself."""
    schema = create_schema()
    streams = Streams(schema, runtime.services)
    http = BodyLimit(EventApp(Endpoint(schema, runtime.services), streams))
    printed = print_schema()

    async def schema_file(_: Request) -> PlainTextResponse:
        return PlainTextResponse(printed)

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/schema.graphql", schema_file),
            Route("/graphql", Authentication(http, runtime.services)),
            WebSocketRoute("/graphql", SocketApp(streams)),
            *create_routes(),
        ]
    )
    app.state.runtime = runtime
    return Gate(app, runtime.services.settings)
