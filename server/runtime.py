"""Everything a process runs, started in order and ended in reverse."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import asyncpg
from dramatiq import Broker

from core.bus import Bus, OpenLine
from core.embedded_postgres import EmbeddedPostgres
from core.errors import SetupError
from core.hints import Hints
from core.model_client.client import create_model_client
from core.queue import WakeUps, check_broker, create_broker
from core.redis_line import open_redis_line
from core.settings import Settings
from models.database import Pool, open_pool
from models.hint import open_postgres_line
from models.message import BatchRule
from models.migrate import migrate
from representation.builtin.reasoner import BuiltinReasoner
from representation.model.reasoner import ModelReasoner
from representation.reasoner import Reasoner
from resolvers.key_watch import KeyWatch
from resolvers.live import Tails
from resolvers.outbox import Outbox
from resolvers.services import Services
from workers.crew import Crew


@dataclass(frozen=True, slots=True)
class Runtime:
    """A running server without its HTTP part."""

    services: Services
    crew: Crew


@asynccontextmanager
async def run_server(settings: Settings) -> AsyncIterator[Runtime]:
    """Starts database, workers and services for the block.

    Raises SetupError, with what to do about it, and then leaves nothing running.
    """
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(run_database(settings))
        pool = await _enter_pool(stack, dsn, settings)
        hints = await _enter_hints(stack, settings)
        reasoner = create_reasoner(settings)
        stack.push_async_callback(reasoner.close)
        broker = await _enter_broker(stack, settings)
        # Another one: connections to models belong to the event loop that uses them.
        crew = Crew(settings, dsn, broker=broker, hints=hints, reasoner=create_reasoner(settings))
        await crew.start()
        stack.push_async_callback(crew.stop)
        wake_ups = WakeUps(broker)
        await _enter_task(stack, wake_ups.run())
        tails = Tails(pool, hints, poll_s=settings.poll_s)
        stack.push_async_callback(tails.close)
        key_watch = KeyWatch(pool, poll_s=settings.poll_s)
        stack.push_async_callback(key_watch.close)
        rule = BatchRule(settings.derive_batch_tokens, settings.derive_batch_age_s)
        services = Services(
            settings=settings,
            pool=pool,
            hints=hints,
            wake_ups=wake_ups,
            reasoner=reasoner,
            outbox=Outbox(pool, hints, wake_ups, rule),
            tails=tails,
            key_watch=key_watch,
        )
        yield Runtime(services, crew)


@asynccontextmanager
async def run_worker(settings: Settings) -> AsyncIterator[Crew]:
    """Starts workers alone for the block; they need a database and a broker of their own."""
    if settings.database_url is None or settings.broker_url is None:
        raise SetupError(
            "`vantage worker` shares its work with servers elsewhere: set VANTAGE_DATABASE_URL and"
            " VANTAGE_BROKER_URL. Without them `vantage serve` runs its own workers."
        )
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(run_database(settings))
        broker = await _enter_broker(stack, settings)
        hints = await _enter_hints(stack, settings)
        crew = Crew(settings, dsn, broker=broker, hints=hints, reasoner=create_reasoner(settings))
        await crew.start()
        stack.push_async_callback(crew.stop)
        yield crew


@asynccontextmanager
async def run_database(settings: Settings) -> AsyncIterator[str]:
    """Yields the DSN of a migrated database: the configured one, or the embedded one."""
    if settings.database_url is not None:
        dsn = settings.database_url
        await _migrate(dsn)
        yield dsn
        return
    postgres = await EmbeddedPostgres.start(settings.data_dir)
    try:
        await _migrate(postgres.dsn())
        yield postgres.dsn()
    finally:
        await postgres.stop()


def create_reasoner(settings: Settings) -> Reasoner:
    """Makes a reasoner for one event loop: by models if one is configured, else by rules."""
    client = create_model_client(settings)
    return BuiltinReasoner() if client is None else ModelReasoner(client)


async def _migrate(dsn: str) -> None:
    try:
        await migrate(dsn)
    except (OSError, asyncpg.PostgresError) as error:
        raise SetupError(f"the database cannot be used: {error}") from error


async def _enter_broker(stack: AsyncExitStack, settings: Settings) -> Broker:
    broker = create_broker(settings.broker_url)
    stack.callback(broker.close)
    await check_broker(broker)
    return broker


async def _enter_pool(stack: AsyncExitStack, dsn: str, settings: Settings) -> Pool:
    pool = await open_pool(dsn, connections=settings.database_connections)
    # Not close(): it waits for whoever still holds a connection, and by then nobody may.
    stack.callback(pool.terminate)
    return pool


async def _enter_hints(stack: AsyncExitStack, settings: Settings) -> Hints:
    """Makes the process's hints; with others on the same database, they reach those too."""
    hints = Hints()
    if settings.database_url is None or not settings.hints:  # the embedded one serves us alone
        return hints
    bus = Bus(_create_opener(settings.database_url, settings.bus_url), hints.wake)
    await _enter_task(stack, bus.run())
    await bus.wait_until_heard()
    hints.publish_with(bus.publish)
    return hints


def _create_opener(dsn: str, bus_url: str | None) -> OpenLine:
    if bus_url is None:
        return lambda hear: open_postgres_line(dsn, hear)
    if find_spec("redis") is None:
        raise SetupError("VANTAGE_BUS_URL needs the package redis; install the extra `redis`")
    return lambda hear: open_redis_line(bus_url, hear)


async def _enter_task(stack: AsyncExitStack, coroutine: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(coroutine)

    async def end() -> None:
        task.cancel()
        await asyncio.wait({task})

    stack.push_async_callback(end)
