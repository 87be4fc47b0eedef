"""Migrations say what the tables say, and run once, whoever else runs them."""

import asyncio
import json
import sys
import uuid
from pathlib import Path

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

import models
from core.embedded_postgres import EmbeddedPostgres
from models import tables
from models.database import open_pool
from models.migrate import TORTOISE, is_current, list_missing_migrations, migrate

FOLDER = Path(models.__file__).parent / "migrations"
NAMES = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))

MIGRATE = """
import asyncio, json, sys
from models.migrate import migrate
print(json.dumps(asyncio.run(migrate(sys.argv[1]))))
"""


@pytest.fixture
async def empty_dsn(postgres: EmbeddedPostgres) -> str:
    """A database without a single table."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(postgres.dsn("postgres"))
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    return postgres.dsn(name)


async def is_up_to_date(dsn: str) -> bool:
    pool = await open_pool(dsn, connections=1)
    try:
        return await is_current(pool)
    finally:
        await pool.close()


async def migrate_in_a_process(dsn: str) -> list[str]:
    """Migrates as another process of Vantage would; returns what that one applied."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MIGRATE, dsn, cwd=FOLDER.parent.parent, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return [str(name) for name in json.loads(output)]


async def test_the_tables_ask_for_no_further_migration() -> None:
    async with TortoiseContext() as context:
        await context.init(config=TORTOISE, init_connections=False)
        assert context.apps is not None
        autodetector = MigrationAutodetector(context.apps, TORTOISE["apps"])
        assert [writer.name for writer in await autodetector.changes()] == []


async def test_an_empty_database_gets_every_migration_once(empty_dsn: str) -> None:
    assert await list_missing_migrations(empty_dsn) == NAMES
    assert await migrate(empty_dsn) == NAMES
    assert await list_missing_migrations(empty_dsn) == []
    assert await migrate(empty_dsn) == []
    assert await is_up_to_date(empty_dsn)


async def test_two_processes_that_migrate_at_once_apply_it_once(empty_dsn: str) -> None:
    applied = await asyncio.gather(migrate_in_a_process(empty_dsn), migrate_in_a_process(empty_dsn))
    assert sorted(applied) == [[], NAMES]
    assert await is_up_to_date(empty_dsn)


async def test_a_database_that_lacks_a_migration_is_not_current(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DELETE FROM tortoise_migrations WHERE name = $1", NAMES[-1])
    await connection.close()
    assert not await is_up_to_date(dsn)
    assert await list_missing_migrations(dsn) == NAMES[-1:]


async def test_every_index_and_constraint_is_in_the_database(dsn: str) -> None:
    wanted = {
        each.name
        for name in tables.__all__
        for meta in [getattr(tables, name).Meta]
        for each in (*getattr(meta, "indexes", ()), *getattr(meta, "constraints", ()))
    }
    connection = await asyncpg.connect(dsn)
    records = await connection.fetch(
        "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
    )
    await connection.close()
    assert wanted - {record["name"] for record in records} == set()
