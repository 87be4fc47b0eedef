"""A real server for the tests: embedded PostgreSQL, workers, HTTP and sockets, one per worker."""

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.embedded_postgres import EmbeddedPostgres
from core.settings import Settings
from models.database import Pool, open_pool
from models.migrate import migrate
from server.serve import Serving, run_http
from tests.client import Client, Workspace
from tests.fake_model import FakeModel, open_fake_model

TEMPLATE = "template_vantage"


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    # Not tmp_path: pytest closes its folder to others, and as root PostgreSQL runs as another.
    path = Path(tempfile.mkdtemp(prefix="vantage-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL with a migrated, empty database to copy."""
    server = await EmbeddedPostgres.start(data_dir)
    await _execute(server.dsn("postgres"), f"CREATE DATABASE {TEMPLATE}")
    await migrate(server.dsn(TEMPLATE))
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def shared_dsn(postgres: EmbeddedPostgres) -> str:
    """A database that the tests of this worker share; each takes a workspace of its own."""
    return await copy_template(postgres)


@pytest.fixture
async def fake_model() -> AsyncIterator[FakeModel]:
    """A server that speaks the OpenAI protocol, fresh for the test."""
    async with open_fake_model() as model:
        yield model


@pytest.fixture
async def dsn(postgres: EmbeddedPostgres) -> str:
    """A migrated, empty database for one test."""
    return await copy_template(postgres)


@pytest.fixture(scope="session")
async def pool(shared_dsn: str) -> AsyncIterator[Pool]:
    """Connections to the shared database, for looking behind the API."""
    pool = await open_pool(shared_dsn, connections=5)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def server(shared_dsn: str) -> AsyncIterator[Serving]:
    """A running server on the shared database."""
    async with run_http(create_settings(shared_dsn)) as serving:
        yield serving


@pytest.fixture(scope="session")
async def client(server: Serving) -> AsyncIterator[Client]:
    """Speaks GraphQL to the running server."""
    async with Client(server.url) as client:
        yield client


@pytest.fixture
async def workspace(client: Client) -> Workspace:
    """A new workspace."""
    return await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session")
async def patient_dsn(postgres: EmbeddedPostgres) -> str:
    """The database of the server that derives nothing until it is asked to."""
    return await copy_template(postgres)


@pytest.fixture(scope="session")
async def patient_pool(patient_dsn: str) -> AsyncIterator[Pool]:
    """Connections to that database."""
    pool = await open_pool(patient_dsn, connections=5)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def patient_client(patient_dsn: str) -> AsyncIterator[Client]:
    """Speaks to a server that derives nothing until it is asked to."""
    settings = create_settings(patient_dsn, derive_batch_age_s=86_400)
    async with run_http(settings) as serving, Client(serving.url) as client:
        yield client


@pytest.fixture
async def patient_workspace(patient_client: Client) -> Workspace:
    """A new workspace in which nothing is derived until somebody asks for it."""
    return await Workspace.create(patient_client, f"w-{uuid.uuid4().hex[:12]}")


def create_settings(dsn: str, **changes: object) -> Settings:
    """Settings of a test server: a free port, and batches that are due almost at once."""
    return Settings(
        **{  # type: ignore[arg-type]
            "database_url": dsn,
            "port": 0,
            "derive_batch_age_s": 0.05,
            "sweep_s": 0.05,
            "poll_s": 0.5,
            "database_connections": 10,
            **changes,
        }
    )


async def copy_template(postgres: EmbeddedPostgres) -> str:
    """Makes a migrated, empty database; returns its DSN."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await _execute(postgres.dsn("postgres"), f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return postgres.dsn(name)


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
