"""Databases that hold something are brought up to date, not only empty ones."""

import uuid
from typing import TypeAlias

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationTarget

from core.embedded_postgres import EmbeddedPostgres
from models.migrate import APP, _create_executor, list_missing_migrations, migrate

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

FIRST_COMPLETE = "0002_constraints"
VALUES = {
    "bigint": "1",
    "boolean": "true",
    "character varying": "'x'",
    "integer": "1",
    "jsonb": "'{}'",
    "text": "'x'",
    "timestamp with time zone": "now()",
    "uuid": f"'{uuid.UUID(int=1)}'",  # the same everywhere, so that rows refer to each other
}

COUNTS = {"work_item": 3}
"""The one that was there, and one each to index the session and what was concluded."""


async def test_migrations_apply_to_tables_with_rows(postgres: EmbeddedPostgres) -> None:
    name = f"upgrade_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    dsn = postgres.dsn(name)
    async with TortoiseContext() as context:
        executor = await _create_executor(context, dsn)
        await executor.migrate([MigrationTarget(app_label=APP, name=FIRST_COMPLETE)])
    connection = await asyncpg.connect(dsn)
    tables = await fill(connection)
    assert {"workspace", "session", "message", "conclusion", "work_item"} <= set(tables)

    await migrate(dsn)

    assert await list_missing_migrations(dsn) == []
    for table in tables:
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == COUNTS.get(table, 1)
    await connection.close()


async def fill(connection: Connection) -> list[str]:
    """Writes one row into each table that is empty; returns their names."""
    await connection.execute("SET session_replication_role = replica")  # in any order
    columns = await connection.fetch(
        """
        SELECT table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'tortoise_migrations'
          AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
        """
    )
    rows: dict[str, dict[str, str]] = {}
    for table, column, kind in columns:
        rows.setdefault(table, {})[column] = VALUES[kind]
    for table, row in rows.items():
        names, values = ", ".join(row), ", ".join(row.values())
        await connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")
    return list(rows)
