"""What killed, crashed, silent and interrupted predecessors leave, and how a start copes."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from core import embedded_postgres, postmaster
from core.embedded_postgres import EmbeddedPostgres
from tests.core.embedded_postgres.owners import (
    fetch,
    is_running,
    launched_owner,
    list_names,
    postmaster_pid,
    processes_below,
    ready_owner,
    running,
    start_and_stop,
    wait_for,
    write_stale_pid_files,
)


async def test_the_server_of_a_killed_owner_is_adopted_with_its_data(data_dir: Path) -> None:
    with ready_owner(data_dir, "CREATE TABLE adopted AS SELECT 'kept' AS text"):
        pid = postmaster_pid(data_dir)
    async with running(data_dir) as server:
        assert postmaster_pid(data_dir) == pid
        assert await fetch(server, "SELECT text FROM adopted") == "kept"
    assert not is_running(pid)


async def test_a_running_query_of_a_killed_owner_lets_go_of_its_locks(data_dir: Path) -> None:
    with ready_owner(data_dir, "SELECT pg_advisory_lock(1), pg_sleep(60)"):
        pass
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT pg_try_advisory_lock(1)") is False
        async with asyncio.timeout(5):
            await fetch(server, "SELECT pg_advisory_lock(1)")


async def test_a_pid_file_of_a_dead_process_is_no_obstacle(data_dir: Path) -> None:
    ended = await asyncio.create_subprocess_exec("true")
    await ended.wait()
    write_stale_pid_files(data_dir, ended.pid)
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT 1") == 1


async def test_a_foreign_process_named_in_a_stale_pid_file_lives_on(data_dir: Path) -> None:
    # Of the same user as the server, for PostgreSQL itself takes any other for dead.
    user_id = (data_dir / "postgres").stat().st_uid
    foreign = await asyncio.create_subprocess_exec("sleep", "60", user=user_id)
    write_stale_pid_files(data_dir, foreign.pid)
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT 1") == 1
    assert foreign.returncode is None
    foreign.kill()
    assert await foreign.wait() == -signal.SIGKILL


async def test_a_crashed_server_recovers_its_commits(data_dir: Path) -> None:
    server = await EmbeddedPostgres.start(data_dir)
    await fetch(server, "CREATE TABLE crashed AS SELECT 'kept' AS text")
    os.kill(postmaster_pid(data_dir), signal.SIGKILL)
    await server.stop()
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT text FROM crashed") == "kept"


async def test_a_postmaster_that_does_not_answer_is_replaced(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready_owner(data_dir, "CREATE TABLE silent AS SELECT 'kept' AS text"):
        pid = postmaster_pid(data_dir)
        os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(embedded_postgres, "SILENCE_LIMIT_S", 1.0)
    monkeypatch.setattr(postmaster, "STOP_SIGNALS", ((signal.SIGQUIT, 0.5), (signal.SIGKILL, 5.0)))
    async with running(data_dir) as server:
        assert postmaster_pid(data_dir) != pid
        assert await fetch(server, "SELECT text FROM silent") == "kept"
    assert not is_running(pid)


async def test_an_interrupted_first_start_is_made_good_by_the_next(empty_dir: Path) -> None:
    with launched_owner(empty_dir) as owner:
        wait_for(empty_dir, "postgres.unfinished-*/PG_VERSION")
        for initdb in psutil.Process(owner.pid).children(recursive=True):
            initdb.kill()
    assert not (empty_dir / "postgres").exists()
    async with running(empty_dir) as server:
        assert await fetch(server, "SELECT 1") == 1
    assert list_names(empty_dir) == ["lock", "postgres", "postgres.log"]


async def test_a_first_start_that_is_cancelled_finishes_the_cluster(empty_dir: Path) -> None:
    start = asyncio.create_task(start_and_stop(empty_dir))
    await asyncio.sleep(0.1)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert processes_below(empty_dir) == []
    assert list_names(empty_dir) == ["lock", "postgres"]


@pytest.mark.parametrize("delay_s", [0.005, 0.03, 0.06, 0.1])
async def test_a_start_cancelled_at_any_moment_leaves_nothing_running(
    data_dir: Path, delay_s: float
) -> None:
    start = asyncio.create_task(start_and_stop(data_dir))
    await asyncio.sleep(delay_s)
    start.cancel()
    await asyncio.wait([start])
    assert processes_below(data_dir) == []
    await start_and_stop(data_dir)
