"""What a database needs after a dump was loaded into it."""

import structlog

from models.database import Connection

NEWEST_EVENTS = 1_000
"""The highest position is among the events written last, give or take concurrent writers."""

_log = structlog.get_logger(__name__)


async def pass_loaded_positions(connection: Connection) -> int:
    """Uses up transaction ids until the next is above all positions; returns how many it took.

    Positions are made of transaction ids, and a dump brings them from another cluster, whose ids
    may be far ahead of this one's. Until they are passed, followers would take every row for one
    of a transaction that is still open. A million takes about a second; normally there are none.
    """
    missing = await connection.fetchval(
        """
        SELECT max(transaction) + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        FROM (SELECT transaction FROM event ORDER BY id DESC LIMIT $1) AS newest
        """,
        NEWEST_EVENTS,
    )
    if missing is None or missing <= 0:
        return 0
    _log.info("passing the positions of a loaded dump", transactions=missing)
    await connection.execute("SET synchronous_commit = off")
    await connection.execute(
        f"""
        DO $$ BEGIN
            FOR i IN 1..{int(missing)} LOOP
                PERFORM pg_current_xact_id();
                COMMIT;
            END LOOP;
        END $$
        """
    )
    await connection.execute("RESET synchronous_commit")
    return int(missing)
