"""Starting, using and stopping the embedded PostgreSQL."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import asyncpg
import psutil
import pytest

from core.embedded_postgres import EmbeddedPostgres
from core.postgres_cluster import choose_socket_dir, find_binary
from tests.core.embedded_postgres.owners import (
    fetch,
    is_running,
    moved,
    postmaster_pid,
    read_line,
    ready_owner,
    running,
)


async def test_data_survives_a_stop_and_the_next_start(data_dir: Path) -> None:
    async with running(data_dir) as server:
        await fetch(server, "CREATE TABLE stopped AS SELECT 'kept' AS text")
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT text FROM stopped") == "kept"


async def test_the_server_has_pgvector_and_keeps_what_it_commits(data_dir: Path) -> None:
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT '[1,2]'::vector <-> '[1,3]'::vector") == 1.0
        for name, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "max_connections": "200",
            "server_encoding": "UTF8",
            "jit": "off",
        }.items():
            assert await fetch(server, f"SHOW {name}") == value


async def test_full_text_knows_that_a_typographic_quote_is_no_letter(data_dir: Path) -> None:
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT to_tsvector('simple', '“Hi”')::text") == "'hi':1"


async def test_what_a_failed_statement_contained_is_not_in_the_log(data_dir: Path) -> None:
    async with running(data_dir) as server:
        await fetch(server, "CREATE TABLE logged (text text PRIMARY KEY)")
        with pytest.raises(asyncpg.UniqueViolationError, match="private"):
            await fetch(server, "INSERT INTO logged VALUES ('private'), ('private')")
    assert "private" not in (data_dir / "postgres.log").read_text()


async def test_environment_variables_of_clients_change_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGHOST", "elsewhere.invalid")
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT 1") == 1


async def test_two_data_directories_run_at_once(data_dir: Path, empty_dir: Path) -> None:
    async with running(data_dir) as one, running(empty_dir) as two:
        await fetch(one, "CREATE TABLE only_here (id int)")
        assert await fetch(two, "SELECT to_regclass('only_here') IS NULL")


@pytest.mark.parametrize("name", ["d" * 120, "a, b", "50 % of 2+2=4 'ö' & \"x\"?"])
async def test_a_directory_of_any_name_will_do_also_after_a_move(
    data_dir: Path, empty_dir: Path, name: str
) -> None:
    with moved(data_dir, empty_dir / name) as directory:
        socket_dir = choose_socket_dir(directory / "postgres")
        async with running(directory) as server:
            assert await fetch(server, "SELECT 1") == 1
            assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        assert socket_dir.exists() == socket_dir.is_relative_to(directory)


async def test_stop_ends_every_process_and_can_be_repeated(data_dir: Path) -> None:
    server = await EmbeddedPostgres.start(data_dir)
    main = psutil.Process(postmaster_pid(data_dir))
    family = [main, *main.children(recursive=True)]
    assert len(family) > 3
    await asyncio.gather(server.stop(), server.stop())
    await server.stop()
    assert [process for process in family if process.is_running()] == []


async def test_an_open_transaction_does_not_delay_the_stop(data_dir: Path) -> None:
    server = await EmbeddedPostgres.start(data_dir)
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("BEGIN; CREATE TABLE unfinished (text text)")
    async with asyncio.timeout(5):
        await server.stop()
    connection.terminate()


async def test_a_ctrl_c_leaves_the_server_to_its_owner(data_dir: Path) -> None:
    with ready_owner(data_dir) as owner:
        pid = postmaster_pid(data_dir)
        os.killpg(owner.pid, signal.SIGINT)
        assert read_line(owner) == "still there"
        assert owner.wait(10) == 0
    assert not is_running(pid)


async def test_pg_dump_of_the_installation_reads_the_database(data_dir: Path) -> None:
    async with running(data_dir) as server:
        await fetch(server, "CREATE TABLE dumped (text text)")
        dump = await asyncio.create_subprocess_exec(
            find_binary("pg_dump"), server.dsn(), stdout=asyncio.subprocess.PIPE
        )
        text, _ = await dump.communicate()
    assert b"CREATE TABLE public.dumped" in text
