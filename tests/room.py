"""One session in a database of its own, below the API: for writing to it, and for looking."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.hints import Hints
from core.ids import create_id
from core.queue import WakeUps, create_broker
from core.tokens import count_tokens
from models.database import Connection, Pool, open_pool, transaction
from models.membership import Joining, find_roster, join_session, leave_session
from models.message import BatchRule, MessageRow, NewMessage, Written, write_messages
from models.peer import lock_peers
from models.session import lock_session
from models.work import DerivationRow, get_derivation
from models.workspace import create_workspace
from resolvers.outbox import Draft, Outbox, Sent
from tests.waiting import wait_until

NEVER = BatchRule(tokens=1_000_000, age_s=86_400)
"""Nothing is due unless a test makes it so."""
FULL_AT_ONCE = BatchRule(tokens=1, age_s=86_400)


@dataclass(frozen=True, slots=True)
class Room:
    """The session `room` of the workspace `house`."""

    pool: Pool
    outbox: Outbox
    workspace_id: UUID

    async def send(self, *drafts: Draft) -> Sent:
        return await self.outbox.send("house", "room", drafts)

    async def say(self, peer: str, *contents: str, is_reasoned: bool = True) -> list[MessageRow]:
        drafts = [Draft(peer, content, is_reasoned=is_reasoned) for content in contents]
        return (await self.send(*drafts)).messages

    async def write_within(
        self, connection: Connection, peer: str, content: str, rule: BatchRule = NEVER
    ) -> Written:
        """Writes in a transaction of the test, as another process would."""
        roster = await find_roster(connection, "house", "room", [peer])
        assert roster is not None
        message = NewMessage(
            id=create_id(),
            peer_id=roster.authors[peer].peer_id,
            content=content,
            metadata="{}",
            token_count=count_tokens(content),
            created_at=None,
            utc_offset_s=0,
            client_message_id=None,
            is_observed=True,
            is_reasoned=True,
        )
        written = await write_messages(
            connection,
            session_id=roster.session_id,
            roster_version=roster.version,
            messages=[message],
            rule=rule,
            work_ids=(create_id(), create_id()),
        )
        assert written is not None
        return written

    async def join(self, *peers: str, observe_others: bool | None = None) -> None:
        async with transaction(self.pool) as connection:
            rows = await lock_peers(connection, self.workspace_id, list(peers))
            session, _ = await lock_session(connection, self.workspace_id, "room")
            joining = Joining(observe_others=observe_others)
            await join_session(connection, session, rows, dict.fromkeys(peers, joining))

    async def leave(self, peer: str) -> None:
        async with transaction(self.pool) as connection:
            rows = await lock_peers(connection, self.workspace_id, [peer])
            session, _ = await lock_session(connection, self.workspace_id, "room")
            await leave_session(connection, session, [rows[peer].id])

    async def get_session_id(self) -> UUID:
        return UUID(str(await self.pool.fetchval("SELECT id FROM session WHERE name = 'room'")))

    async def get_item(self) -> dict[str, Any] | None:
        """Returns the work item's columns."""
        record = await self.pool.fetchrow("SELECT * FROM work_item WHERE kind = 'derive'")
        return dict(record) if record else None

    async def get_derivation(self) -> DerivationRow:
        return await get_derivation(self.pool, self.workspace_id)

    async def list_contents(self) -> list[str]:
        """Returns what was written, in order."""
        rows = await self.pool.fetch("SELECT content FROM message ORDER BY sequence")
        return [row["content"] for row in rows]

    async def list_conclusions(self) -> list[tuple[str, list[int]]]:
        """Returns contents and cited sequences, in the order of writing."""
        rows = await self.pool.fetch(
            """
            SELECT content, (SELECT array_agg(sequence ORDER BY sequence)
                             FROM citation JOIN message ON message.id = message_id
                             WHERE conclusion_id = conclusion.id) AS cited
            FROM conclusion ORDER BY id
            """
        )
        return [(row["content"], row["cited"]) for row in rows]

    async def make_due(self) -> None:
        """Lets the time pass until the item is due and its lease, if any, is over."""
        await self.pool.execute(
            "UPDATE work_item SET due_at = least(due_at, now()),"
            " leased_until = least(leased_until, now() - interval '1 second')"
        )

    async def wait_for_blocked(self, count: int = 1) -> None:
        """Waits until so many statements wait for a lock."""

        async def is_blocked() -> bool:
            query = """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
            return bool(await self.pool.fetchval(query) == count)

        await wait_until(is_blocked)

    @asynccontextmanager
    async def holding_session(self) -> AsyncIterator[Connection]:
        """Holds the session against everybody else until the block ends."""
        async with transaction(self.pool) as connection:
            await connection.execute("SELECT FROM session WHERE name = 'room' FOR UPDATE")
            yield connection


def create_outbox(pool: Pool, rule: BatchRule = NEVER) -> Outbox:
    """Makes an outbox whose wake-ups nobody gets."""
    return Outbox(pool, Hints(), WakeUps(create_broker(None)), rule)


@asynccontextmanager
async def open_room(dsn: str, rule: BatchRule = NEVER) -> AsyncIterator[Room]:
    """Opens connections to an empty database and makes the workspace."""
    pool = await open_pool(dsn, connections=10)
    try:
        workspace, _ = await create_workspace(pool, "house", metadata="{}", configuration="{}")
        yield Room(pool, create_outbox(pool, rule), workspace.id)
    finally:
        async with asyncio.timeout(10):
            await pool.close()
