"""Answers one GraphQL operation per HTTP request."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from core.errors import PayloadTooLarge, RateLimited, Unavailable
from resolvers.services import Services
from schema.context import Context
from schema.limits import OPERATION_S
from schema.schema import Schema
from server.transport_http.accept import JSON, MEDIA_TYPES, choose_media_type
from server.transport_http.refusal import BadRequest
from server.transport_http.request import Request, read_request

_ALLOWED = {
    "GET": frozenset((OperationType.QUERY,)),
    "POST": frozenset((OperationType.QUERY, OperationType.MUTATION)),
}
_STATUS = {PayloadTooLarge.code: 413, RateLimited.code: 429, Unavailable.code: 503, "INTERNAL": 500}
"""Of operations that did not run, by their first error; the others were bad requests."""


class Endpoint:
    """The ASGI application at `/graphql`, for HTTP."""

    def __init__(self, schema: Schema, services: Services) -> None:
        self._schema = schema
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HTTPRequest(scope, receive)
        media_type = choose_media_type(http.headers.get("accept"))
        try:
            if media_type is None:
                raise BadRequest(
                    f"the response can be {' or '.join(MEDIA_TYPES)}, Accept takes neither",
                    status=406,
                )
            request = await read_request(http)
            result = await self._run(http, request)
            response = _to_response(result, media_type)
        except BadRequest as refusal:
            response = _to_refusal(refusal, media_type or JSON)
        await response(scope, receive, send)

    async def _run(self, http: HTTPRequest, request: Request) -> ExecutionResult:
        if http.method == "GET" and self._schema.is_mutation(request.query, request.operation_name):
            raise BadRequest(
                "a mutation needs POST: GET must change nothing",
                status=405,
                headers={"Allow": "POST"},
            )
        try:
            async with asyncio.timeout(OPERATION_S):
                return await self._schema.execute(
                    request.query,
                    variable_values=request.variables,
                    context_value=Context(self._services, http.state.viewer),
                    operation_name=request.operation_name,
                    allowed_operation_types=_ALLOWED[http.method],
                )
        except TimeoutError:
            message = f"the operation took longer than {OPERATION_S:g} s"
            error = GraphQLError(message, extensions={"code": Unavailable.code})
            return PreExecutionError(data=None, errors=[error])


def _to_response(result: ExecutionResult, media_type: str) -> Response:
    errors = [error.formatted for error in result.errors or ()]
    if not errors:
        return _create_response(200, {"data": result.data}, media_type)
    if result.data is not None or any(error.get("path") for error in errors):
        return _create_response(200, {"data": result.data, "errors": errors}, media_type)
    # It did not run: then there is no data, and who takes the newer media type gets a status.
    code = str((errors[0].get("extensions") or {}).get("code"))
    status = 200 if media_type == JSON else _STATUS.get(code, 400)
    return _create_response(status, {"errors": errors}, media_type)


def _to_refusal(refusal: BadRequest, media_type: str) -> Response:
    error = {"message": str(refusal), "extensions": {"code": refusal.code}}
    response = _create_response(refusal.status, {"errors": [error]}, media_type)
    response.headers.update(refusal.headers)
    return response


def _create_response(status: int, payload: Mapping[str, Any], media_type: str) -> Response:
    return Response(
        orjson.dumps(payload),
        status_code=status,
        headers={"Content-Type": f"{media_type}; charset=utf-8", "Vary": "Accept"},
    )
