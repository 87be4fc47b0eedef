"""Hints over NOTIFY, on a connection of their own.

Never in a transaction that writes: NOTIFY makes commits wait for each other, which costs writers
three quarters of their throughput.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from core.bus import ANSWER_S, CHANNEL, Hear
from models.database import Record


class PostgresLine:
    """Notifies on the one channel."""

    def __init__(self, connection: "asyncpg.Connection[Record]") -> None:
        self._connection = connection

    async def send(self, texts: Sequence[str]) -> None:
        await self._connection.execute(
            "SELECT pg_notify($1, told) FROM unnest($2::text[]) AS told", CHANNEL, list(texts)
        )


@asynccontextmanager
async def open_postgres_line(dsn: str, hear: Hear) -> AsyncIterator[PostgresLine]:
    """Opens a line for the block; raises what asyncpg raises."""
    connection = await asyncpg.connect(
        dsn,
        timeout=ANSWER_S,
        # Nothing is written that would have to survive a crash.
        server_settings={"application_name": "vantage hints", "synchronous_commit": "off"},
    )
    try:
        await connection.add_listener(CHANNEL, lambda *told: hear(str(told[-1])))
        yield PostgresLine(connection)
    finally:
        connection.terminate()
