"""A server that asks for keys, and two workspaces with the same names in them."""

from collections.abc import AsyncIterator

import pytest

from core.embedded_postgres import EmbeddedPostgres
from models.database import Pool, open_pool
from models.sight import KeyKind
from resolvers.key import ANYBODY, WantedKey, create_key
from server.serve import Serving, run_http
from tests.access.house import House, Place, furnish, open_house
from tests.client import Client
from tests.conftest import copy_template, create_settings


@pytest.fixture(scope="session")
async def guarded_dsn(postgres: EmbeddedPostgres) -> str:
    """The database of the server that asks for keys."""
    return await copy_template(postgres)


@pytest.fixture(scope="session")
async def guarded_pool(guarded_dsn: str) -> AsyncIterator[Pool]:
    """Connections to that database."""
    pool = await open_pool(guarded_dsn, connections=5)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def guarded(guarded_dsn: str) -> AsyncIterator[Serving]:
    """That server; nothing is derived until somebody asks for it."""
    settings = create_settings(guarded_dsn, auth=True, derive_batch_age_s=86_400)
    async with run_http(settings) as serving:
        yield serving


@pytest.fixture(scope="session")
async def admin(guarded: Serving, guarded_pool: Pool) -> AsyncIterator[Client]:
    """Speaks to it with the first key."""
    _, secret = await create_key(guarded_pool, ANYBODY, WantedKey("first", KeyKind.ADMIN))
    async with Client(guarded.url, key=secret) as client:
        yield client


@pytest.fixture(scope="session")
async def foreign(admin: Client) -> Place:
    """A workspace that is nobody's but the administrator's; the tests leave it as it is."""
    return await furnish(admin)


@pytest.fixture
async def house(admin: Client, foreign: Place) -> AsyncIterator[House]:
    """A workspace just like the foreign one, and a key of each kind for it."""
    async with open_house(admin, foreign) as house:
        yield house


@pytest.fixture(scope="session")
async def shared_house(admin: Client, foreign: Place) -> AsyncIterator[House]:
    """A house for tests that only look."""
    async with open_house(admin, foreign) as house:
        yield house
