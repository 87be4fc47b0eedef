"""Data directories for servers that are processes of their own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.core.embedded_postgres.owners import kill_processes_below, new_data_dir
from tests.server.programs import run


@pytest.fixture(scope="session")
async def made_dir() -> AsyncIterator[Path]:
    with _new_open_data_dir() as path:
        assert (await run("migrate", "--data-dir", path)).process.returncode == 0
        yield path


@pytest.fixture
def server_dir(made_dir: Path) -> Iterator[Path]:
    """A data directory with a migrated database; the tests share it and leave it usable."""
    yield made_dir
    kill_processes_below(made_dir)


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A data directory of the test's own, not there yet."""
    with _new_open_data_dir() as path:
        yield path


@contextmanager
def _new_open_data_dir() -> Iterator[Path]:
    with new_data_dir() as path:
        path.parent.chmod(0o755)  # as root, the server would open it itself, and say so
        yield path
