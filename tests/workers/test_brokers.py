"""`vantage worker` elsewhere, woken over Redis or RabbitMQ, derives what a server took in."""

import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from dramatiq import Broker
from dramatiq.brokers.redis import RedisBroker

from core.queue import QUEUE, create_broker, send_wake_up
from models.database import open_pool
from models.work import ask_for_derivation
from tests.client import Client, Workspace
from tests.server.programs import Program, launch, serve
from tests.waiting import wait_until

# A Redis database of our own, since tests may run elsewhere at the same time. RabbitMQ has one
# queue for all: a wake-up that another test's worker takes is sent again by the sweeper.
BROKERS = {"redis": "redis://127.0.0.1:6379/9", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672"}


@pytest.fixture(params=BROKERS)
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A broker that runs, without wake-ups of ours before and after."""
    url = BROKERS[request.param]
    _require_listener(url)
    _purge(url)
    yield url
    _purge(url)


@asynccontextmanager
async def work(dsn: str, broker_url: str, **settings: str) -> AsyncIterator[Program]:
    """Runs `vantage worker` until it is ready."""
    shared = {"DATABASE_URL": dsn, "BROKER_URL": broker_url, **settings}
    async with launch("worker", **shared) as worker:
        await worker.wait_for_line("Vantage worker: ")
        yield worker


async def test_a_worker_derives_what_a_server_took_in_and_then_had_no_time_for(
    dsn: str, broker_url: str, tmp_path: Path
) -> None:
    settings = {"DERIVE_BATCH_AGE_S": "3600"}
    async with (
        serve(tmp_path, DATABASE_URL=dsn, BROKER_URL=broker_url, **settings) as server,
        work(dsn, broker_url, **settings) as worker,
        Client(server.url) as client,
    ):
        workspace = await Workspace.create(client, "w")
        await workspace.say("s", "ada", "I am a pilot.")
        # Stopped, not ended: whatever is derived now, the worker derives.
        server.process.send_signal(signal.SIGSTOP)
        await _ask_and_wait(dsn, broker_url)
        server.process.send_signal(signal.SIGCONT)
        assert await workspace.list_known("ada") == ["ada is a pilot"]
        await workspace.derive()
        assert await worker.stop() == 0
        assert await server.stop() == 0
    assert (worker.error, server.error) == ("", "")


async def test_a_worker_and_a_server_share_the_work_and_do_none_of_it_twice(
    dsn: str, broker_url: str, tmp_path: Path
) -> None:
    settings = {"DERIVE_BATCH_TOKENS": "1", "SWEEP_S": "0.05"}
    async with (
        serve(tmp_path, DATABASE_URL=dsn, BROKER_URL=broker_url, **settings) as server,
        work(dsn, broker_url, **settings),
        Client(server.url) as client,
    ):
        workspace = await Workspace.create(client, "w")
        for session in range(20):
            for number in range(5):
                text = f"I have {number} boats in town {session}."
                await workspace.say(f"s-{session}", "ada", text)
        await workspace.derive()
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT count(*) FROM conclusion") == 100
        query = "SELECT count(DISTINCT message_id) FROM citation"
        assert await connection.fetchval(query) == 100

        async def is_nothing_left() -> bool:
            return await connection.fetchval("SELECT count(*) FROM work_item") == 0

        await wait_until(is_nothing_left)
        await connection.close()


@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_a_worker(
    dsn: str, broker_url: str, stop_signal: signal.Signals
) -> None:
    async with work(dsn, broker_url) as worker:
        assert await worker.stop(stop_signal) == 0
    assert worker.out == ["Vantage worker: 8 subjects at once. Ctrl-C stops it."]
    assert worker.error == ""


async def _ask_and_wait(dsn: str, broker_url: str) -> None:
    """Asks for everything, as another server would, and waits until nothing is left to do."""
    pool = await open_pool(dsn, connections=2)
    broker = create_broker(broker_url)
    workspace_id = await pool.fetchval("SELECT id FROM workspace")
    for kind, session_id in await ask_for_derivation(pool, workspace_id, None):
        send_wake_up(broker, kind, session_id)

    async def is_done() -> bool:
        return await pool.fetchval("SELECT count(*) FROM work_item") == 0

    await wait_until(is_done, timeout_s=60)
    broker.close()
    await pool.close()


def _require_listener(url: str) -> None:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=2).close()
    except OSError:
        reason = f"no broker listens on {parts.hostname}:{parts.port}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must not skip this: {reason}")
        pytest.skip(reason)


def _purge(url: str) -> None:
    broker: Broker = create_broker(url)
    broker.flush(QUEUE)
    if isinstance(broker, RedisBroker):  # heartbeats of the dead, and what they had taken
        for key in broker.client.scan_iter("dramatiq:*"):
            broker.client.delete(key)
    broker.close()
