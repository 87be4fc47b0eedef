"""A wire to PostgreSQL that a test can cut."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

CHUNK_BYTES = 1 << 20


class Wire:
    """Passes bytes between clients and a server's socket."""

    def __init__(self, directory: str, target: str, database: str) -> None:
        self.dsn = f"postgresql://postgres@/{database}?host={directory}&port=5432"
        self._target = target
        self._answers_left: int | None = None

    def cut_after(self, answers: int) -> None:
        """Lets so many more answers pass. The next is lost, with its connection."""
        self._answers_left = answers

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._target)
        asking = asyncio.create_task(_pass(reader, server_writer))
        while answer := await server_reader.read(CHUNK_BYTES):
            if self._answers_left == 0:
                self._answers_left = None
                break
            if self._answers_left is not None:
                self._answers_left -= 1
            writer.write(answer)
            await writer.drain()
        asking.cancel()
        writer.close()
        server_writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK_BYTES):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def run_wire(dsn: str) -> AsyncIterator[Wire]:
    """Runs a wire to the embedded database at `dsn`."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    directory = tempfile.mkdtemp(prefix="vantage-wire-")
    name = ".s.PGSQL.5432"
    wire = Wire(directory, f"{options['host']}/{name}", parts.path.lstrip("/"))
    server = await asyncio.start_unix_server(wire.connect, f"{directory}/{name}")
    try:
        yield wire
    finally:
        server.close()
        shutil.rmtree(directory)
