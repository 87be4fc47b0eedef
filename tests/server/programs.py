"""The `vantage` command as a process of its own, as its users run it."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
VANTAGE = Path(sys.executable).with_name("vantage")
TIMEOUT_S = 60.0
"""For what takes seconds on a machine with nothing else to do."""


@dataclass(slots=True)
class Program:
    """A running command, and what it has printed."""

    process: asyncio.subprocess.Process
    out: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def url(self) -> str:
        """Where a server says it answers."""
        found = re.search(r"GraphQL +(http://\S+)/graphql", "\n".join(self.out))
        assert found is not None
        return found[1]

    async def wait_for_line(self, start: str) -> str:
        """Reads until a line that begins so; fails if the program ends without."""
        assert self.process.stdout is not None
        async with asyncio.timeout(TIMEOUT_S):
            while line := await self.process.stdout.readline():
                self.out.append(line.decode().rstrip("\n"))
                if self.out[-1].startswith(start):
                    return self.out[-1]
        raise AssertionError(f"it ended without {start!r}: {self.out} {await self.wait_for_end()}")

    async def wait_for_end(self) -> int:
        """Reads what is left; returns the exit code."""
        async with asyncio.timeout(TIMEOUT_S):
            out, error = await self.process.communicate()
        self.out += out.decode().splitlines()
        self.error += error.decode()
        assert self.process.returncode is not None
        return self.process.returncode

    async def stop(self, stop_signal: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(stop_signal)
        return await self.wait_for_end()


@asynccontextmanager
async def launch(*arguments: str | Path, **settings: str) -> AsyncIterator[Program]:
    """Starts `vantage …` with settings from the environment; what still runs in the end is killed.

    A killed server leaves its PostgreSQL: whoever made the data directory ends it.
    """
    environment = {name: v for name, v in os.environ.items() if not name.startswith("VANTAGE_")}
    environment["COLUMNS"] = "200"  # so that nothing is wrapped
    process = await asyncio.create_subprocess_exec(
        VANTAGE,
        *map(str, arguments),
        cwd=ROOT,
        env={**environment, **{f"VANTAGE_{name}": value for name, value in settings.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    program = Program(process)
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
            await program.wait_for_end()


@asynccontextmanager
async def serve(data_dir: Path, *, port: int = 0, **settings: str) -> AsyncIterator[Program]:
    """Runs `vantage serve` until it is ready."""
    arguments = ("serve", "--port", str(port), "--data-dir", data_dir)
    async with launch(*arguments, **settings) as program:
        await program.wait_for_line("Ctrl-C stops it.")
        yield program


def find_free_port() -> int:
    """Finds a port for a server that has to come back at the same place."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def run(*arguments: str | Path, **settings: str) -> Program:
    """Runs a command to its end."""
    async with launch(*arguments, **settings) as program:
        await program.wait_for_end()
        return program
