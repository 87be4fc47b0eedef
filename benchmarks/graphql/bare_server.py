"""The limit: rows to dicts to orjson in a plain ASGI handler; with a DSN, read from PostgreSQL."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.graphql.rows import COUNT, create_rows, to_answer
from benchmarks.graphql.server import serve
from benchmarks.rig import run_measured
from models.database import open_pool

_SELECT = """
SELECT m.* FROM message AS m JOIN session AS s ON s.id = m.session_id
JOIN workspace AS w ON w.id = s.workspace_id
WHERE w.name = $1 AND s.name = 's' ORDER BY m.sequence LIMIT $2
"""
_HEADERS = [(b"content-type", b"application/json")]


def create_app(list_rows: Callable[[Any], Awaitable[Sequence[Any]]]) -> ASGIApp:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        asked = orjson.loads((await receive())["body"])
        rows = await list_rows(asked["variables"])
        body = orjson.dumps({"data": {"messages": [to_answer(row) for row in rows]}})
        headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def main(dsn: str | None = None) -> None:
    rows = create_rows()

    async def list_held(_: Any) -> Sequence[Any]:
        return rows

    if dsn is None:
        await serve(create_app(list_held))
        return
    pool = await open_pool(dsn, connections=20)

    async def list_stored(variables: Any) -> Sequence[Any]:
        return [_Row(row) for row in await pool.fetch(_SELECT, variables["workspace"], COUNT)]

    await serve(create_app(list_stored))
    pool.terminate()


class _Row:
    """A record whose columns are attributes."""

    __slots__ = ("_record",)

    def __init__(self, record: Any) -> None:
        self._record = record

    def __getattr__(self, name: str) -> Any:
        return self._record[name]


if __name__ == "__main__":
    run_measured(main(*sys.argv[1:]))
