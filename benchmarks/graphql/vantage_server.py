"""Ours: with rows held in memory, or whole, for a caller with the key that it prints."""

import sys
from uuid import UUID

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.schema.config import StrawberryConfig

from benchmarks.graphql.rows import COUNT, WORKSPACE, create_content, create_rows
from benchmarks.graphql.server import obey, serve
from benchmarks.rig import create_services, run_measured
from core.settings import Settings
from models.sight import KeyKind
from models.visibility import Vantage
from models.workspace import create_workspace
from resolvers.key import ANYBODY, WantedKey, create_key
from resolvers.message import Utterance, send_messages
from schema.errors import ErrorCodes
from schema.message import Message
from schema.scalars import SCALARS
from schema.schema import Schema
from server.authenticate import Authentication
from server.body import BodyLimit
from server.gate import Gate
from server.serve import run_http
from server.transport_http.endpoint import Endpoint

_ROWS = create_rows()
_VANTAGE = Vantage(UUID(int=0), None)


@strawberry.type
class Query:
    @strawberry.field
    async def messages(self) -> list[Message]:
        return [Message.from_row(row, _VANTAGE) for row in _ROWS]


async def serve_held(dsn: str) -> None:
    """The way of a request as server/app.py has it, with a root field that reads no database."""
    schema = Schema(
        query=Query, config=StrawberryConfig(scalar_map=SCALARS), extensions=[ErrorCodes]
    )
    async with create_services(dsn) as services:
        endpoint = Authentication(BodyLimit(Endpoint(schema, services)), services)
        app = Starlette(routes=[Route("/graphql", endpoint)])
        await serve(Gate(app, services.settings))


async def serve_stored(dsn: str) -> None:
    settings = Settings(database_url=dsn, port=0, auth=True, derive_batch_age_s=86_400)
    async with run_http(settings) as serving:
        services = serving.runtime.services
        await create_workspace(services.pool, WORKSPACE, metadata="{}", configuration="{}")
        said = [Utterance("ada", create_content(number)) for number in range(COUNT)]
        await send_messages(services, WORKSPACE, "s", said)
        wanted = WantedKey("bench", KeyKind.WORKSPACE, WORKSPACE)
        _, secret = await create_key(services.pool, ANYBODY, wanted)
        print(f"key {secret}", flush=True)
        await obey(int(serving.url.rpartition(":")[2]))


if __name__ == "__main__":
    run_measured((serve_stored if sys.argv[1] == "stored" else serve_held)(sys.argv[2]))
