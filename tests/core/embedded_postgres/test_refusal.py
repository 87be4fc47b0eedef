"""Starts that are refused: what is said, and that nothing is changed."""

import os
import shutil
from pathlib import Path

import psutil
import pytest

from core.data_directory import DataDirectoryInUse
from core.embedded_postgres import EmbeddedPostgres
from core.errors import SetupError
from core.postgres_cluster import choose_socket_dir, find_binary
from core.postmaster import stop_postmaster
from tests.core.embedded_postgres.owners import (
    fetch,
    is_running,
    moved,
    postmaster_pid,
    processes_below,
    ready_owner,
    running,
    snapshot,
)


async def test_a_second_owner_is_told_who_the_first_is(data_dir: Path) -> None:
    async with running(data_dir) as server:
        with pytest.raises(DataDirectoryInUse) as refusal:
            await EmbeddedPostgres.start(data_dir)
        assert str(refusal.value).startswith(
            f"The data directory {data_dir} is in use by process {os.getpid()}, running since 2"
        )
        assert "choose another directory (--data-dir, VANTAGE_DATA_DIR)" in str(refusal.value)
        assert await fetch(server, "SELECT 1") == 1


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("17\n", "was written by PostgreSQL 17, but this server needs PostgreSQL 18"),
        (None, "holds files but no PG_VERSION"),
    ],
)
async def test_a_directory_we_cannot_serve_is_refused_and_left_alone(
    data_dir: Path, version: str | None, message: str
) -> None:
    marker = data_dir / "postgres" / "PG_VERSION"
    marker.write_text(version) if version else marker.unlink()
    before = snapshot(data_dir / "postgres")
    try:
        with pytest.raises(SetupError, match=message):
            await EmbeddedPostgres.start(data_dir)
        assert snapshot(data_dir / "postgres") == before
    finally:
        marker.write_text("18\n")
        shutil.chown(marker, before[data_dir / "postgres"][1])


async def test_a_server_whose_pid_file_was_deleted_is_not_joined_by_a_second(
    data_dir: Path,
) -> None:
    with ready_owner(data_dir):
        pid = postmaster_pid(data_dir)
    (data_dir / "postgres" / "postmaster.pid").unlink()
    with pytest.raises(SetupError, match="is still in use"):
        await EmbeddedPostgres.start(data_dir)
    assert is_running(pid)
    stop_postmaster(psutil.Process(pid), immediately=True)


async def test_a_failed_start_shows_the_log_and_frees_the_directory(data_dir: Path) -> None:
    settings = data_dir / "postgres" / "postgresql.auto.conf"
    settings.write_text("no_such_setting = on\n")
    try:
        with pytest.raises(SetupError, match='unrecognized configuration parameter "no_such'):
            await EmbeddedPostgres.start(data_dir)
    finally:
        settings.write_text("")
    async with running(data_dir) as server:
        assert await fetch(server, "SELECT 1") == 1


async def test_a_socket_directory_others_can_enter_is_refused(
    data_dir: Path, empty_dir: Path
) -> None:
    with moved(data_dir, empty_dir / ("d" * 120)) as directory:
        socket_dir = choose_socket_dir(directory / "postgres")
        socket_dir.mkdir()
        socket_dir.chmod(0o755)
        with pytest.raises(SetupError, match="must be a directory that only user id"):
            await EmbeddedPostgres.start(directory)
        assert processes_below(directory) == []
        socket_dir.rmdir()


async def test_a_place_where_no_directory_can_be_is_named(empty_dir: Path) -> None:
    file = empty_dir.with_name("file")
    file.write_text("in the way")
    with pytest.raises(SetupError, match=f"The data directory {file} can't be used: .*File exists"):
        await EmbeddedPostgres.start(file)
    assert file.read_text() == "in the way"


def test_a_missing_program_is_named() -> None:
    with pytest.raises(SetupError, match="has no pg_nonsense"):
        find_binary("pg_nonsense")
