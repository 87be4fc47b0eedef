"""Serving the fake model until told to stop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from rich.console import Console

from core.errors import SetupError
from server.fake_model.app import MODEL, create_fake_model
from server.serve import run_until_signal


class _Server(uvicorn.Server):
    """uvicorn, with signals left to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def run_fake_model(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Answers for the block at the address yielded; port 0 takes a free one."""
    try:
        listener = socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise SetupError(f"cannot listen on {host}:{port} ({error.strerror})") from error
    # Breaking connections off is its business, not worth a log line each.
    config = uvicorn.Config(
        create_fake_model(), lifespan="off", log_level="critical", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    with listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not task.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def serve_fake_model(host: str, port: int, console: Console) -> None:
    """Serves until SIGINT or SIGTERM, and prints how to use it."""

    async def run() -> None:
        async with run_fake_model(host, port) as url:
            lines = [
                f"  export VANTAGE_MODEL_BASE_URL={url}/v1",
                f"  export VANTAGE_MODEL_NAME={MODEL}",
                f"  faults       POST {url}/script, see docs/reasoning.md",
            ]
            console.print("[bold]The fake model is ready.[/bold]")
            console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)
            console.print("Ctrl-C stops it.")
            await asyncio.Event().wait()

    await run_until_signal(run())
