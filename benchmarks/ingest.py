"""Our whole send path, in process, against bare asyncpg on the same table.

Ours is `send_messages` with everything it does: validation, token counts, ids, sequence numbers,
the work item, the event. The limit only inserts prepared rows.
"""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from rich.console import Console

from benchmarks.rig import (
    Comparison,
    compare,
    create_services,
    print_comparisons,
    run_measured,
    run_postgres,
)
from core.ids import create_ids
from models.database import Pool
from models.workspace import create_workspace
from resolvers.message import Utterance, send_messages
from resolvers.services import Services

BATCH = 100
BATCHES = 10
SENDERS = 64
SINGLES_EACH = 4
LONE_SINGLES = 200
BARE_CONNECTIONS = (4, 16, 64)
"""How many connections the bare single transactions try; the fastest counts."""
ROUNDS = 31
"""Short ones and many: what else runs on the machine then hits both alike."""
PEERS = ("ada", "ben", "cleo", "dan")

_INSERT = """
INSERT INTO message (id, workspace_id, session_id, peer_id, sequence, content, metadata,
                     token_count, created_at, utc_offset_s, recorded_at, client_message_id,
                     is_observed, is_reasoned, makes_card, feeds_dreams, transaction)
SELECT id, $1, $2, peer_id, sequence, content, '{}', 12, $3, 0, $3, client_message_id,
       true, true, true, true, 1
FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[])
    AS told(id, peer_id, sequence, content, client_message_id)
"""
_TAKE_SEQUENCE = """
UPDATE session SET last_sequence = last_sequence + 1 WHERE id = $1 RETURNING last_sequence
"""


class Ingest:
    """One session for our messages and one for the bare ones, in the same database."""

    def __init__(self, services: Services, dsn: str) -> None:
        self._services = services
        self._dsn = dsn
        self._numbers = itertools.count(1)
        self._sequences = itertools.count(1)
        self._now = datetime.now(UTC)
        self._workspace_id = self._session_id = UUID(int=0)
        self._peer_ids: dict[str, UUID] = {}

    async def prepare(self) -> None:
        pool = self._services.pool
        await create_workspace(pool, "bench", metadata="{}", configuration="{}")
        for session in ("ours", "batches", "singles"):
            await send_messages(self._services, "bench", session, self._create_utterances(4))
        self._workspace_id = await pool.fetchval("SELECT id FROM workspace")
        self._peer_ids = {r["name"]: r["id"] for r in await pool.fetch("SELECT * FROM peer")}
        await self.take_session("batches")

    async def take_session(self, name: str) -> None:
        """Makes a session the bare writers' own."""
        query = "SELECT id FROM session WHERE name = $1"
        self._session_id = await self._services.pool.fetchval(query, name)
        self._sequences = itertools.count(5)

    async def compare_batches(self) -> Comparison:
        connection = await asyncpg.connect(self._dsn)
        comparison = await compare(
            f"batches of {BATCH}, one writer",
            self._send_batches,
            lambda: self._insert_batches(connection),
            budget=0.6,
            rounds=ROUNDS,
        )
        await connection.close()
        return comparison

    async def compare_singles(self, senders: int, each: int, budget: float) -> Comparison:
        await self.take_session("singles")
        found = []
        for connections in BARE_CONNECTIONS if senders > 1 else (1,):
            pool = await asyncpg.create_pool(self._dsn, min_size=connections, max_size=connections)
            comparison = await compare(
                f"single messages, {senders} at once",
                lambda: self._send_singles(senders, each),
                lambda pool=pool: self._insert_singles(pool, senders, each),  # type: ignore[misc]
                budget=budget,
                rounds=ROUNDS,
            )
            found.append(comparison)
            await pool.close()
        return max(found, key=lambda comparison: comparison.limit)

    async def _send_batches(self) -> int:
        for _ in range(BATCHES):
            await send_messages(self._services, "bench", "ours", self._create_utterances(BATCH))
        return BATCH * BATCHES

    async def _insert_batches(self, connection: "asyncpg.Connection[Any]") -> int:
        for _ in range(BATCHES):
            await connection.execute(_INSERT, *self._create_columns(BATCH))
        return BATCH * BATCHES

    async def _send_singles(self, senders: int, each: int) -> int:
        async def send() -> None:
            for _ in range(each):
                await send_messages(self._services, "bench", "ours", self._create_utterances(1))

        await asyncio.gather(*(send() for _ in range(senders)))
        return senders * each

    async def _insert_singles(self, pool: Pool, senders: int, each: int) -> int:
        async def insert() -> None:
            for _ in range(each):
                async with pool.acquire() as connection, connection.transaction():
                    sequence = await connection.fetchval(_TAKE_SEQUENCE, self._session_id)
                    columns = self._create_columns(1)
                    columns[5] = [sequence]
                    await connection.execute(_INSERT, *columns)

        await asyncio.gather(*(insert() for _ in range(senders)))
        return senders * each

    def _create_utterances(self, count: int) -> list[Utterance]:
        return [
            Utterance(PEERS[number % 4], _create_content(number), client_message_id=f"m-{number}")
            for number in itertools.islice(self._numbers, count)
        ]

    def _create_columns(self, count: int) -> list[Any]:
        numbers = list(itertools.islice(self._numbers, count))
        return [
            self._workspace_id,
            self._session_id,
            self._now,
            create_ids(count),
            [self._peer_ids[PEERS[number % 4]] for number in numbers],
            list(itertools.islice(self._sequences, count)),
            [_create_content(number) for number in numbers],
            [f"m-{number}" for number in numbers],
        ]


async def run(console: Console) -> None:
    """Measures and prints the three ingest budgets."""
    async with run_postgres() as dsn, create_services(dsn) as services:
        ingest = Ingest(services, dsn)
        await ingest.prepare()
        print_comparisons(
            console,
            [
                await ingest.compare_batches(),
                await ingest.compare_singles(SENDERS, SINGLES_EACH, 5),
                await ingest.compare_singles(1, LONE_SINGLES, 1),
            ],
        )


def _create_content(number: int) -> str:
    return f"I walked {number} kilometres before lunch and saw eagles above the ridge."


if __name__ == "__main__":
    run_measured(run(Console()))
