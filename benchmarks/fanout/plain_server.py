"""Strawberry as it comes: each follower's events are executed for it alone."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry
import uvicorn
from strawberry.asgi import GraphQL
from strawberry.scalars import JSON

from benchmarks.fanout.control import obey
from benchmarks.fanout.frame import EVENT
from benchmarks.rig import run_measured

_queues: set[asyncio.Queue[int]] = set()


@strawberry.type
class Message:
    id: str
    content: str
    token_count: int
    created_at: str
    metadata: JSON


@strawberry.type
class Said:
    kind: str
    sequence: int
    position: str
    message: Message


@strawberry.type
class Query:
    nothing: str


def _create_event() -> Said:
    found = EVENT["message"]
    assert isinstance(found, dict)
    message = Message(
        id=found["id"],
        content=found["content"],
        token_count=found["tokenCount"],
        created_at=found["createdAt"],
        metadata=found["metadata"],
    )
    return Said(kind="ADDED", sequence=1000, position="2f4", message=message)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def said(self) -> AsyncGenerator[Said, None]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        _queues.add(queue)
        yield _create_event()
        while True:
            await queue.get()
            yield _create_event()


async def main() -> None:
    app = GraphQL(strawberry.Schema(query=Query, subscription=Subscription))
    config = uvicorn.Config(
        app, port=0, ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)

    async def send(count: int) -> None:
        for i in range(count):
            for queue in _queues:
                queue.put_nowait(i)
            while any(not queue.empty() for queue in _queues):  # noqa: ASYNC110
                await asyncio.sleep(0)

    await obey(server.servers[0].sockets[0].getsockname()[1], send)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    run_measured(main())
