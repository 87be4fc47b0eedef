"""A dump brings positions from a cluster whose transaction ids may be far ahead."""

import asyncpg

from core.position import START
from models.event import list_events
from models.migrate import migrate
from models.restore import pass_loaded_positions

AHEAD = 5_000


async def test_a_start_passes_the_positions_of_a_loaded_dump(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    workspace_id = await connection.fetchval("SELECT gen_random_uuid()")
    await connection.execute(
        f"""
        INSERT INTO event (workspace_id, transaction, kind, data, at)
        SELECT $1, pg_current_xact_id()::text::bigint + place, 'MESSAGES_ADDED', '{{}}', now()
        FROM generate_series({AHEAD - 9}, {AHEAD}) AS place
        """,
        workspace_id,
    )
    settled, is_more_coming = await list_events(connection, workspace_id, after=START, limit=100)
    assert (settled, is_more_coming) == ([], True)

    await migrate(dsn)

    settled, is_more_coming = await list_events(connection, workspace_id, after=START, limit=100)
    assert (len(settled), is_more_coming) == (10, False)
    assert await pass_loaded_positions(connection) == 0
    await connection.close()


async def test_an_empty_database_has_nothing_to_pass(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    assert await pass_loaded_positions(connection) == 0
    await connection.close()
