"""Runs an ASGI application as ours is run, until standard input ends."""

import asyncio
import sys

import uvicorn
from starlette.types import ASGIApp


async def serve(app: ASGIApp) -> None:
    """Prints `port <number>` once it answers."""
    config = uvicorn.Config(
        app, port=0, http="httptools", lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await obey(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


async def obey(port: int) -> None:
    """Tells the load where to ask, and waits until it is done."""
    print(f"port {port}", flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
