"""Data directories; every test of this folder runs real servers in them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.core.embedded_postgres.owners import (
    kill_processes_below,
    new_data_dir,
    start_and_stop,
)


@pytest.fixture(scope="session")
async def made_dir() -> AsyncIterator[Path]:
    with new_data_dir() as path:
        await start_and_stop(path)
        yield path


@pytest.fixture
def data_dir(made_dir: Path) -> Iterator[Path]:
    """A data directory after its first start; the tests share it and leave it usable."""
    yield made_dir
    kill_processes_below(made_dir)


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A data directory of the test's own, not there yet."""
    with new_data_dir() as path:
        yield path
