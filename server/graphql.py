"""GraphQL over HTTP and graphql-transport-ws, by Strawberry, bound to our services."""

import asyncio
from typing import Any

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
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage
from strawberry.types import ExecutionResult

from core.errors import RateLimited, Unavailable
from resolvers.services import Services
from schema.context import Context
from schema.schema import Schema

OPERATION_S = 30.0
SOCKET_SUBSCRIPTIONS = 50


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's, with refusals where it would fail or say no code."""

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
        self._services = services

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return Context(self._services)

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
