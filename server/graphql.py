"""GraphQL over HTTP and graphql-transport-ws, by Strawberry, bound to our services."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)
from strawberry.types import ExecutionResult

from core.errors import RateLimited, Unauthenticated, Unavailable
from models.database import AWAY
from resolvers.key import Viewer
from resolvers.services import Services
from schema.context import Context
from schema.schema import Schema
from server.authenticate import DATABASE_AWAY, get_socket_viewer

OPERATION_S = 30.0
SOCKET_SUBSCRIPTIONS = 50
FORBIDDEN = 4403
"""The protocol's close code for who is not let in; also for who is not let stay."""
TRY_AGAIN = 1013
"""RFC 6455's registry: the server cannot answer now."""
_NOBODY = cast(Context, None)
"""A socket's context until its connection_init: whatever would run before it fails."""


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's, with refusals where it would fail or say no code."""

    async def handle(self) -> None:
        async with AsyncExitStack() as self._stack:
            await super().handle()

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Lets in whom the payload's key stands for; the socket ends with the key."""
        if not self.connection_init_received:
            services = cast(GraphQLApp, self.view).services
            try:
                viewer = await get_socket_viewer(services, message.get("payload"))
            except (Unauthenticated, *AWAY) as error:
                is_away = not isinstance(error, Unauthenticated)
                code, reason = (TRY_AGAIN, DATABASE_AWAY) if is_away else (FORBIDDEN, str(error))
                await self.websocket.close(code=code, reason=reason)
                return
            self.context = Context(services, viewer)
            await self._end_with_key(services, viewer)
        await super().handle_connection_init(message)

    async def _end_with_key(self, services: Services, viewer: Viewer) -> None:
        """Has the socket closed once the viewer's key is revoked or expires."""
        if viewer.key_id is None:
            return
        watch = services.key_watch.watch(viewer.key_id)
        ending = await self._stack.enter_async_context(watch)

        async def close() -> None:
            await ending.wait()
            await self.websocket.close(code=FORBIDDEN, reason="the key was revoked or has expired")

        closing = asyncio.create_task(close())
        self._stack.callback(closing.cancel)

    async def handle_message(self, message: Message) -> None:
        if not isinstance(message, dict):
            await self.handle_invalid_message("WebSocket message must be a JSON object")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        is_known = message["id"] in self.operations
        if is_known or len(self.operations) < SOCKET_SUBSCRIPTIONS:
            await super().handle_subscribe(message)
            return
        error = GraphQLError(
            f"this socket has {SOCKET_SUBSCRIPTIONS} operations open, no more are allowed",
            extensions={"code": RateLimited.code},
        )
        await self.send_message(
            {"id": message["id"], "type": "error", "payload": [error.formatted]}
        )


class GraphQLApp(GraphQL[Context, None]):
    """The `/graphql` endpoint."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: Schema, services: Services) -> None:
        # Only graphql-transport-ws: the older protocol can be talked into skipping its handshake.
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self.services = services

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        if isinstance(request, WebSocket):
            return _NOBODY
        return Context(self.services, request.state.viewer)

    def parse_json(self, data: str | bytes) -> Any:
        try:
            value = super().parse_json(data)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "Unable to parse request body as JSON") from error
        if isinstance(data, bytes) and not isinstance(value, dict | list):
            raise HTTPException(400, "The request body must be a JSON object")
        return value

    def encode_json(self, data: object) -> str:
        # Text: bytes would make binary frames, which browsers' clients do not read.
        return orjson.dumps(data).decode()

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        try:
            async with asyncio.timeout(OPERATION_S):
                return await super().execute_single(
                    request, request_adapter, sub_response, context, root_value, request_data
                )
        except TimeoutError:
            message = f"the operation took longer than {OPERATION_S:g} s"
            error = GraphQLError(message, extensions={"code": Unavailable.code})
            return ExecutionResult(data=None, errors=[error])
