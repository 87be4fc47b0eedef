"""Runs the servers side by side, in turn, and compares what one core of each delivers."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import orjson
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.fanout.frame import EVENT, PLAIN_QUERY, QUERY
from benchmarks.fanout.load import Followers
from benchmarks.rig import run_postgres

NODE = Path(__file__).with_name("node")
FOLLOWERS = (100, 1_000)
ROUNDS = 5
DELIVERIES = {"plain Strawberry": 4_000}
"""In one round; others send so many:"""
DELIVERIES_FAST = 40_000
LATENCIES = 15
"""How many messages are timed alone."""
OURS = "Vantage"
LIMIT = "bare sockets"
PLAIN = "plain Strawberry"
BROADCAST = "Node, shared broadcast"


@dataclass
class Contender:
    """A running server with its followers, and what was measured of it."""

    name: str
    process: asyncio.subprocess.Process
    followers: Followers
    rates: list[float] = field(default_factory=list)
    """Deliveries per second."""
    latencies_ms: list[float] = field(default_factory=list)
    follower_bytes: float = 0

    async def connect(self, count: int) -> None:
        before = self._server.memory_info().rss
        await self.followers.connect(count)
        self.follower_bytes = (self._server.memory_info().rss - before) / count

    async def deliver(self, followers: int) -> None:
        """One round of sending as fast as it goes."""
        count = max(1, DELIVERIES.get(self.name, DELIVERIES_FAST) // followers)
        start = time.monotonic()
        await self._send(count, followers)
        self.rates.append(count * followers / (time.monotonic() - start))

    async def time_one(self, followers: int) -> None:
        """From when a message is there to when the last follower has it."""
        sent = await self._send(1, followers)
        self.latencies_ms.append((time.monotonic_ns() - sent) / 1e6)

    async def _send(self, count: int, followers: int) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.followers.expect(self.followers.count + count * followers)
        self.process.stdin.write(f"send {count}\n".encode())
        _, sent = (await self.process.stdout.readline()).split()
        await self.followers.wait()
        return int(sent)

    @property
    def _server(self) -> psutil.Process:
        return psutil.Process(self.process.pid)


async def run(console: Console) -> None:
    if shutil.which("node") and not (NODE / "node_modules").is_dir():
        command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(command, cwd=NODE, check=True, timeout=300)  # noqa: ASYNC221
    load_core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {load_core})  # and PostgreSQL's: it inherits it
    async with run_postgres() as dsn:
        for followers in FOLLOWERS:
            workspace = f"fanout-{followers}"
            async with AsyncExitStack() as stack:
                contenders = [
                    await stack.enter_async_context(launch(name, command, workspace))
                    for name, command in list_commands(dsn, workspace)
                ]
                await measure(contenders, followers)
                print_contenders(console, contenders, followers)


async def measure(contenders: list[Contender], followers: int) -> None:
    for contender in contenders:
        await contender.connect(followers)
        await contender.deliver(followers)  # to warm up
        contender.rates.clear()
    for _ in range(ROUNDS):
        for contender in contenders:
            await contender.deliver(followers)
    for _ in range(LATENCIES):
        for contender in contenders:
            await contender.time_one(followers)


def print_contenders(console: Console, contenders: list[Contender], followers: int) -> None:
    found = {each.name: median(each.rates) for each in contenders}
    table = Table(
        f"{followers:,} followers",
        *("/s", "× plain", "of bare", "last p50 ms", "KB each"),
    )
    for each in contenders:
        rate = found[each.name]
        table.add_row(
            each.name,
            f"{rate:,.0f}",
            f"{rate / found[PLAIN]:.1f}",
            f"{rate / found[LIMIT]:.2f}",
            f"{median(each.latencies_ms):.1f}",
            f"{each.follower_bytes / 1024:.0f}",
        )
    console.print(table)


@asynccontextmanager
async def launch(name: str, command: tuple[str, ...], workspace: str) -> AsyncIterator[Contender]:
    """Starts a server on the core that the load does not use."""
    others = set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        os.sched_setaffinity(process.pid, {min(others)} if others else os.sched_getaffinity(0))
        assert process.stdout is not None
        _, port = (await process.stdout.readline()).split()
        query = QUERY if name == OURS else PLAIN_QUERY
        yield Contender(name, process, Followers(int(port), query, workspace))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def list_commands(dsn: str, workspace: str) -> list[tuple[str, tuple[str, ...]]]:
    python = (sys.executable, "-m")
    commands = [
        (PLAIN, (*python, "benchmarks.fanout.plain_server")),
        (OURS, (*python, "benchmarks.fanout.vantage_server", dsn, workspace)),
        (LIMIT, (*python, "benchmarks.fanout.bare_server")),
    ]
    if node := shutil.which("node"):
        event = orjson.dumps(EVENT).decode()
        commands.append((BROADCAST, (node, str(NODE / "server.mjs"), event)))
    return commands
