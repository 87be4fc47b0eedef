"""Hints that go to other processes: each process is a bus of its own here."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest
import structlog

from core import bus
from core.bus import Bus, OpenLine
from tests.live.lines import by_line, get_opener
from tests.waiting import wait_until

LATE = UUID(int=9)


@dataclass(slots=True)
class Process:
    """What a process tells, and what it was woken for by others."""

    bus: Bus
    woken: list[UUID] = field(default_factory=list)

    async def wait_for(self, workspace_id: UUID) -> None:
        async def is_woken() -> bool:
            return workspace_id in self.woken

        await wait_until(is_woken)


@asynccontextmanager
async def run_process(open_line: OpenLine) -> AsyncIterator[Process]:
    woken: list[UUID] = []
    process = Process(Bus(open_line, woken.append), woken)
    task = asyncio.create_task(process.bus.run())
    try:
        await process.bus.wait_until_heard()
        yield process
    finally:
        task.cancel()
        await asyncio.wait({task})


@by_line
async def test_a_hint_reaches_the_others_once_and_not_its_sender(
    shared_dsn: str, kind: str
) -> None:
    opener = get_opener(kind, shared_dsn)
    workspace_id, last = uuid.uuid4(), uuid.uuid4()
    async with (
        run_process(opener) as teller,
        run_process(opener) as one,
        run_process(opener) as two,
    ):
        for _ in range(1_000):
            teller.bus.publish(workspace_id)
        await asyncio.gather(one.wait_for(workspace_id), two.wait_for(workspace_id))
        one.bus.publish(last)
        await asyncio.gather(teller.wait_for(last), two.wait_for(last))
    for process in (one, two):
        assert process.woken.count(workspace_id) == 1  # they had gathered
    assert workspace_id not in teller.woken
    assert last not in one.woken


@by_line
async def test_a_hint_from_another_thread_is_carried(shared_dsn: str, kind: str) -> None:
    opener = get_opener(kind, shared_dsn)
    workspace_id = uuid.uuid4()
    async with run_process(opener) as teller, run_process(opener) as other:
        await asyncio.to_thread(teller.bus.publish, workspace_id)
        await other.wait_for(workspace_id)


async def test_a_line_that_was_cut_is_replaced(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "RETRY_S", 0.01)
    monkeypatch.setattr(bus, "HEARTBEAT_S", 0.05)
    opener = get_opener("NOTIFY", dsn)
    watcher = await asyncpg.connect(dsn)
    async with run_process(opener) as teller, run_process(opener) as other:
        with structlog.testing.capture_logs() as logs:
            cut = await watcher.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'vantage hints' AND datname = current_database()"
            )
            assert len(cut) == 2

            async def is_told() -> bool:
                teller.bus.publish(LATE)
                return LATE in other.woken

            await wait_until(is_told)
    await watcher.close()
    assert {log["event"] for log in logs} == {"hints do not reach other processes"}


async def test_a_line_on_which_nothing_is_heard_is_replaced(
    shared_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As through a pooler that hands LISTEN to one server and NOTIFY to another."""
    monkeypatch.setattr(bus, "RETRY_S", 0.01)
    monkeypatch.setattr(bus, "ANSWER_S", 0.5)
    opened = 0

    @asynccontextmanager
    async def open_deaf_at_first(hear: bus.Hear) -> AsyncIterator[bus.Line]:
        nonlocal opened
        opened += 1
        is_deaf = opened == 1
        async with get_opener("NOTIFY", shared_dsn)(lambda told: is_deaf or hear(told)) as line:
            yield line

    with structlog.testing.capture_logs() as logs:
        async with run_process(open_deaf_at_first) as process:

            async def is_heard() -> bool:
                return process.bus._heard_itself.is_set()

            await wait_until(is_heard)
    assert logs[0]["error"] == "TimeoutError('what is sent is not heard')"
    assert opened >= 2
