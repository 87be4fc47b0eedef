"""Runs the servers side by side, in turn, and compares what one core of each answers."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import orjson
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.graphql.load import Load, create_request
from benchmarks.graphql.rows import COUNT, DATABASE_QUERY, QUERY, WORKSPACE, create_rows, to_answer
from benchmarks.rig import run_postgres

NODE = Path(__file__).with_name("node")
ROUNDS = 7
ROUND_S = 0.5
"""Processor time of a round: each server is asked for as much as takes it so long."""
PLAIN = "plain Strawberry"
OURS = "Vantage"
REFERENCE = "Node, graphql-http"
LIMIT = "bare handler, orjson"
OURS_STORED = "Vantage, from PostgreSQL, with a key"
LIMIT_STORED = "bare handler, from PostgreSQL"


@dataclass
class Contender:
    """A running server, and how many requests it answered per second of its processor time.

    Not of time as such: what else the machine does, and the load itself, would slow the fastest
    servers most.
    """

    name: str
    load: Load
    process: psutil.Process
    count: int = 50
    rates: list[float] = field(default_factory=list)

    async def run_round(self) -> None:
        await self.load.connect()  # anew: idle ones are closed after a while
        before = self.used_s
        await self.load.ask(self.count)
        self.rates.append(self.count / max(0.01, self.used_s - before))
        self.load.close()
        self.count = max(50, int(self.rates[-1] * ROUND_S))

    @property
    def used_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def rate(self) -> float:
        return median(self.rates)


async def run(console: Console) -> None:
    if shutil.which("node") and not (NODE / "node_modules").is_dir():
        command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(command, cwd=NODE, check=True, timeout=300)  # noqa: ASYNC221
    load_core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {load_core})  # and PostgreSQL's: it inherits it
    async with run_postgres() as dsn, AsyncExitStack() as stack:
        contenders = [
            await stack.enter_async_context(launch(name, command))
            for name, command in list_commands(dsn)
        ]
        for _ in range(3):  # to warm up, and to learn how much fits into a round
            for contender in contenders:
                await contender.run_round()
        for contender in contenders:
            check_answer(contender)
            contender.rates.clear()
        for _ in range(ROUNDS):
            for contender in contenders:
                await contender.run_round()
        print_contenders(console, contenders)


def list_commands(dsn: str) -> list[tuple[str, tuple[str, ...]]]:
    python = (sys.executable, "-m")
    commands = [
        (PLAIN, (*python, "benchmarks.graphql.plain_server")),
        (OURS, (*python, "benchmarks.graphql.vantage_server", "held", dsn)),
        (LIMIT, (*python, "benchmarks.graphql.bare_server")),
        (OURS_STORED, (*python, "benchmarks.graphql.vantage_server", "stored", dsn)),
        (LIMIT_STORED, (*python, "benchmarks.graphql.bare_server", dsn)),
    ]
    if node := shutil.which("node"):
        rows = orjson.dumps([to_answer(row) for row in create_rows()]).decode()
        commands.insert(2, (REFERENCE, (node, str(NODE / "server.mjs"), rows)))
    return commands


@asynccontextmanager
async def launch(name: str, command: tuple[str, ...]) -> AsyncIterator[Contender]:
    """Starts a server on the core that the load does not use."""
    others = set(range(os.cpu_count() or 1)) - os.sched_getaffinity(0)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        os.sched_setaffinity(process.pid, {min(others)} if others else os.sched_getaffinity(0))
        told: dict[str, str] = {}
        while "port" not in told:
            what, value = (await process.stdout.readline()).decode().split()
            told[what] = value
        is_stored = name == OURS_STORED
        variables = {"workspace": WORKSPACE} if name in (OURS_STORED, LIMIT_STORED) else {}
        query = DATABASE_QUERY if is_stored else QUERY
        load = Load(int(told["port"]), create_request(query, variables, told.get("key")))
        yield Contender(name, load, psutil.Process(process.pid))
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def check_answer(contender: Contender) -> None:
    """Fails unless all messages were in the last answer."""
    head, _, body = contender.load.last.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] == b"200", contender.load.last
    assert body.count(b'"clientMessageId"') == COUNT, body
    assert b'"errors"' not in body, body


def print_contenders(console: Console, contenders: list[Contender]) -> None:
    found = {each.name: each.rate for each in contenders}
    table = Table(f"{COUNT} messages of 8 fields", "requests /s", "× plain", "of its limit")
    for each in contenders:
        limit = found[LIMIT_STORED if each.name in (OURS_STORED, LIMIT_STORED) else LIMIT]
        table.add_row(
            each.name,
            f"{each.rate:,.0f}",
            f"{each.rate / found[PLAIN]:.1f}",
            f"{each.rate / limit:.2f}",
        )
    console.print(table)
