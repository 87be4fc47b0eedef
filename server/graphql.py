"""GraphQL over HTTP, by Strawberry, bound to our services. Not: transport_ws, sse."""

import asyncio
from typing import Any, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.types import ExecutionResult

from core.errors import Unavailable
from resolvers.services import Services
from schema.context import Context
from schema.limits import OPERATION_S
from schema.schema import Schema
from server.upload import check_origin, place_files, read_form


class GraphQLApp(GraphQL[Context, None]):
    """The `/graphql` endpoint for HTTP."""

    def __init__(self, schema: Schema, services: Services) -> None:
        super().__init__(
            schema, graphql_ide=None, subscription_protocols=(), multipart_uploads_enabled=True
        )
        self._services = services

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return Context(self._services, request.state.viewer)

    def parse_json(self, data: str | bytes) -> Any:
        try:
            value = super().parse_json(data)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "Unable to parse request body as JSON") from error
        if isinstance(data, bytes) and not isinstance(value, dict | list):
            raise HTTPException(400, "The request body must be a JSON object")
        return value

    async def parse_multipart(self, request: AsyncHTTPRequestAdapter) -> dict[str, Any]:
        form = cast(StarletteRequestAdapter, request)._request
        check_origin(form.headers)
        operations, places, files = await read_form(form)
        return place_files(self.parse_json(operations), self.parse_json(places), files)

    def encode_json(self, data: object) -> str:
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
