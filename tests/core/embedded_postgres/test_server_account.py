"""The account the server runs under, started by root and by others."""

import os
import shutil
import signal
import stat
from pathlib import Path

import psutil
import pytest

from core.embedded_postgres import EmbeddedPostgres
from core.errors import SetupError
from tests.core.embedded_postgres.owners import (
    postmaster_pid,
    ready_owner,
    running,
)

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change accounts")


@as_root
async def test_an_ordinary_user_runs_the_server_as_themselves(empty_dir: Path) -> None:
    shutil.chown(empty_dir.parent, NOBODY, NOBODY)
    with ready_owner(empty_dir, user_id=str(NOBODY)) as owner:
        assert psutil.Process(postmaster_pid(empty_dir)).uids().effective == NOBODY
        owner.send_signal(signal.SIGINT)
        assert owner.wait(10) == 0
    assert stat.S_IMODE(empty_dir.parent.stat().st_mode) == 0o700


@as_root
async def test_root_opens_its_own_directories_only_for_passing_through(data_dir: Path) -> None:
    data_dir.parent.chmod(0o700)
    async with running(data_dir):
        assert psutil.Process(postmaster_pid(data_dir)).uids().effective != 0
    assert stat.S_IMODE(data_dir.parent.stat().st_mode) == 0o701
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700


@as_root
async def test_root_does_not_open_the_directory_of_another_user(empty_dir: Path) -> None:
    shutil.chown(empty_dir.parent, NOBODY, NOBODY)
    with pytest.raises(SetupError, match=f"of user id {NOBODY} is closed to user id"):
        await EmbeddedPostgres.start(empty_dir)
    assert stat.S_IMODE(empty_dir.parent.stat().st_mode) == 0o700
