"""What benchmarks run on: an embedded PostgreSQL of their own, our services, rounds and ratios."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from core.embedded_postgres import EmbeddedPostgres
from core.hints import Hints
from core.queue import WakeUps, create_broker
from core.settings import Settings
from models.database import open_pool
from models.message import BatchRule
from models.migrate import migrate
from representation.builtin.reasoner import BuiltinReasoner
from resolvers.key_watch import KeyWatch
from resolvers.live import Tails
from resolvers.outbox import Outbox
from resolvers.services import Services

Load = Callable[[], Awaitable[int]]
"""Does some work and returns how many things it did."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One budget: our way and the limit, in things per second; the medians of their rounds."""

    what: str
    ours: float
    limit: float
    budget: float
    """The ratio of ours to the limit that is asked for."""

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


def run_measured(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs on the event loop that the server runs on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(coroutine)


def create_directory() -> Path:
    path = Path(tempfile.mkdtemp(prefix="vantage-bench-"))
    path.chmod(0o755)  # as root, PostgreSQL runs as another user
    return path


@asynccontextmanager
async def run_postgres() -> AsyncIterator[str]:
    """Yields the DSN of a migrated database in a temporary directory; fsync is on."""
    path = create_directory()
    postgres = await EmbeddedPostgres.start(path / "data")
    try:
        await migrate(postgres.dsn())
        yield postgres.dsn()
    finally:
        await postgres.stop()
        shutil.rmtree(path, ignore_errors=True)


@asynccontextmanager
async def create_services(dsn: str) -> AsyncIterator[Services]:
    """Our services without workers, so that only what is measured runs."""
    settings = Settings(database_url=dsn)
    pool = await open_pool(dsn, connections=settings.database_connections)
    hints = Hints()
    wake_ups = WakeUps(create_broker(None))
    rule = BatchRule(settings.derive_batch_tokens, settings.derive_batch_age_s)
    try:
        yield Services(
            settings=settings,
            pool=pool,
            hints=hints,
            wake_ups=wake_ups,
            reasoner=BuiltinReasoner(),
            outbox=Outbox(pool, hints, wake_ups, rule),
            tails=Tails(pool, hints, poll_s=settings.poll_s),
            key_watch=KeyWatch(pool, poll_s=settings.poll_s),
        )
    finally:
        pool.terminate()


async def compare(what: str, ours: Load, limit: Load, *, budget: float, rounds: int) -> Comparison:
    """Runs both in turn, one round of each to warm up and `rounds` that count."""
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for load, found in zip((ours, limit), rates, strict=True):
            start = time.perf_counter()
            count = await load()
            found.append(count / (time.perf_counter() - start))
    return Comparison(what, median(rates[0][1:]), median(rates[1][1:]), budget)


def print_comparisons(console: Console, comparisons: Sequence[Comparison]) -> None:
    table = Table("what", "ours /s", "limit /s", "ratio", "budget", "")
    for told in comparisons:
        table.add_row(
            told.what,
            f"{told.ours:,.0f}",
            f"{told.limit:,.0f}",
            f"{told.ratio:.2f}",
            f"≥ {told.budget:g}",
            "met" if told.ratio >= told.budget else "missed",
        )
    console.print(table)
