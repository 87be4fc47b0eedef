"""Behind the API: what the database holds of a workspace, and a transaction in its way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.database import Pool
from tests.waiting import wait_until


async def take_snapshot(pool: Pool, workspace: str) -> dict[str, list[str]]:
    """Returns every row as JSON text, by table."""
    tables = await pool.fetch(
        """
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY table_name
        """
    )
    return {
        table: [
            str(record["row"])
            for record in await pool.fetch(
                f"""
                SELECT to_jsonb("{table}") AS row FROM "{table}"
                WHERE workspace_id = (SELECT id FROM workspace WHERE name = $1) ORDER BY 1
                """,
                workspace,
            )
        ]
        for (table,) in tables
    }


async def wait_for_idleness(pool: Pool, *workspaces: str) -> None:
    """Waits until workers have nothing to do."""

    async def is_idle() -> bool:
        return not any([(await take_snapshot(pool, name))["work_item"] for name in workspaces])

    await wait_until(is_idle)


@asynccontextmanager
async def nothing_changes(pool: Pool, workspace: str) -> AsyncIterator[None]:
    """Fails if the block changes a row of the workspace, after what was still to be done."""
    await wait_for_idleness(pool, workspace)
    before = await take_snapshot(pool, workspace)
    yield
    assert await take_snapshot(pool, workspace) == before


@asynccontextmanager
async def open_transaction(pool: Pool, workspace: str) -> AsyncIterator[None]:
    """Keeps a transaction open during the block that has written something, then gives it up."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "UPDATE workspace SET updated_at = now() WHERE name = $1", workspace
        )
        try:
            yield
        finally:
            await transaction.rollback()
