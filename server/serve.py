"""Serving until told to stop: the listening socket, the order of the start, signals."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from core.errors import SetupError
from core.settings import Settings
from server.app import create_app
from server.runtime import Runtime, run_server, run_worker
from server.transport_ws.wire import Wire
from server.web import is_built

GRACE_S = 3
"""How long requests and sockets in flight may take to end."""
UNANSWERED_MS = 60_000
"""How long what was sent may stay unacknowledged: then nobody is there any more."""
LARGEST_FRAME_BYTES = 16 * 1024 * 1024


class _Server(uvicorn.Server):
    """uvicorn, with signals left to us: PostgreSQL has to end after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers at `url` until `task` is done."""

    url: str
    task: asyncio.Task[None]
    runtime: Runtime


@asynccontextmanager
async def run_http(settings: Settings) -> AsyncIterator[Serving]:
    """Starts everything and answers HTTP for the block; raises SetupError if it can't."""
    with _listen(settings) as listener:
        async with run_server(settings) as runtime:
            server = _create_server(create_app(runtime))
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                while not server.started and not task.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                yield Serving(_get_url(settings, listener), task, runtime)
            finally:
                server.should_exit = True
                await task


async def serve(settings: Settings, console: Console) -> None:
    """Runs the server until SIGINT or SIGTERM."""

    async def run() -> None:
        async with run_http(settings) as serving:
            _print_addresses(console, settings, serving.url)
            await asyncio.wait({serving.task})

    await run_until_signal(run())


async def work(settings: Settings, console: Console) -> None:
    """Runs workers until SIGINT or SIGTERM."""

    async def run() -> None:
        async with run_worker(settings):
            console.print(
                f"Vantage worker: {settings.worker_threads} subjects at once. Ctrl-C stops it."
            )
            await asyncio.Event().wait()

    await run_until_signal(run())


async def run_until_signal(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs it; the first signal cancels it, wherever it is, and everything is ended in order."""
    task = asyncio.ensure_future(coroutine)
    signals: list[int] = []

    def stop(number: int) -> None:
        signals.append(number)
        if len(signals) == 1:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not signals:
            raise


def _listen(settings: Settings) -> socket.socket:
    """Opens the listening socket before anything is started, since a taken port is common."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise SetupError(
            f"cannot listen on {settings.host}:{settings.port} ({_get_reason(error)});"
            " is Vantage running already? Choose another port with --port."
        ) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted sockets inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)
    return listener


def _get_reason(error: OSError) -> str:
    # asyncio and socket append the address, which is said already.
    return str(error.strerror).partition(" (while")[0]


def _create_server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws=Wire,
            ws_per_message_deflate=False,  # a compressed frame cannot be shared: docs/realtime.md
            ws_max_size=LARGEST_FRAME_BYTES,
            lifespan="off",  # run_server has started everything before
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def _get_url(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _print_addresses(console: Console, settings: Settings, url: str) -> None:
    data = settings.database_url and "in the configured database"
    lines = [
        f"  playground   {url}/" + ("" if is_built() else "  (not built; the page says how)"),
        f"  GraphQL      {url}/graphql  (HTTP, graphql-transport-ws, graphql-sse)",
        f"  schema       {url}/schema.graphql",
        f"  data         {data or settings.data_dir.resolve()}",
        "  docs         README.md and docs/ in this folder",
    ]
    console.print("[bold]Vantage is ready.[/bold]")
    # Not wrapped, highlighted or read as markup: these are to be copied.
    console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)
    if not settings.auth and settings.host not in ("127.0.0.1", "::1", "localhost"):
        console.print(
            "[yellow]Whoever can reach this address can read and write everything:"
            " set VANTAGE_AUTH=true to ask for keys.[/yellow]"
        )
    console.print("Ctrl-C stops it.")
