"""Brings a database's tables up to date, one process at a time."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from models.database import Runner
from models.restore import pass_loaded_positions

APP = "models"
# Any constant does, as long as every Vantage process takes the same.
_MIGRATION_LOCK = 0x56414E54

_APPS = {
    APP: {
        "models": ["models.tables"],
        "default_connection": "default",
        "migrations": "models.migrations",
    }
}
TORTOISE: dict[str, Any] = {
    "connections": {"default": "asyncpg://localhost/vantage"},
    "apps": _APPS,
}
"""What `tortoise -c models.migrate.TORTOISE makemigrations` reads; it opens no connection."""


async def migrate(dsn: str) -> list[str]:
    """Applies what is missing and returns the names of the migrations applied."""
    lock = await asyncpg.connect(dsn)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        applied = await _apply_missing(dsn)
        await pass_loaded_positions(lock)
        return applied
    finally:
        await lock.close()


async def list_missing_migrations(dsn: str) -> list[str]:
    """Returns the names of the migrations that this code has and the database has not."""
    async with TortoiseContext() as context:
        executor = await _create_executor(context, dsn)
        return [step.migration.name for step in await executor.plan(_LATEST)]


async def is_current(runner: Runner) -> bool:
    """Tells whether every migration of this code was applied to the database."""
    applied = {r["name"] for r in await runner.fetch("SELECT name FROM tortoise_migrations")}
    ours = {path.stem for path in Path(__file__).parent.glob("migrations/[0-9]*.py")}
    return ours <= applied


_LATEST = [MigrationTarget(app_label=APP, name="__latest__")]


async def _apply_missing(dsn: str) -> list[str]:
    async with TortoiseContext() as context:
        executor = await _create_executor(context, dsn)
        missing = [step.migration.name for step in await executor.plan(_LATEST)]
        if missing:
            await executor.migrate(_LATEST)
        return missing


async def _create_executor(context: TortoiseContext, dsn: str) -> MigrationExecutor:
    config = {"connections": {"default": _to_connection(dsn)}, "apps": _APPS}
    await context.init(config=config, init_connections=False)
    return MigrationExecutor(get_connection("default"), _APPS)


def _to_connection(dsn: str) -> dict[str, Any]:
    """Spells a libpq URL as Tortoise wants it; a socket directory comes in as `?host=`."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": options.pop("host", None) or parts.hostname or "localhost",
            "port": parts.port or int(options.pop("port", "5432")),
            "user": unquote(parts.username) if parts.username else options.pop("user", None),
            "password": unquote(parts.password) if parts.password else None,
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": 2,
            **({"ssl": options["sslmode"]} if "sslmode" in options else {}),
        },
    }
