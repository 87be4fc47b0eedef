"""Copies of sessions: their messages and stays as they were, under ids of their own.

Everything here runs in one transaction that holds the workspace (models/forget.py) and the origin.
"""

from uuid import UUID

from core.ids import create_id
from models.database import Connection
from models.event import CURRENT_TRANSACTION
from models.session import SESSION_COLUMNS, SessionRow

# A new id with the time and counter of the old one: whatever is ordered by ids keeps its order.
_NEW_ID = "(left({id}::text, 19) || substr(gen_random_uuid()::text, 20))::uuid"


async def count_messages(connection: Connection, session_id: UUID, *, through: int) -> int:
    """Counts a session's messages up to a sequence."""
    count = await connection.fetchval(
        "SELECT count(*) FROM message WHERE session_id = $1 AND sequence <= $2",
        session_id,
        through,
    )
    return int(count)


async def create_clone(
    connection: Connection, origin: SessionRow, name: str, *, asked_sequence: int | None
) -> SessionRow | None:
    """Creates the session, still without a message; None: there is one of this name."""
    record = await connection.fetchrow(
        f"""
        INSERT INTO session (id, workspace_id, name, metadata, configuration, is_active,
            last_sequence, roster_version, token_total, derived_sequence, derived_tokens,
            last_transaction, origin_id, origin_sequence, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, $7, $8, now(), now())
        ON CONFLICT (workspace_id, name) DO NOTHING RETURNING {SESSION_COLUMNS}
        """,
        create_id(),
        origin.workspace_id,
        name,
        origin.metadata,
        origin.configuration,
        origin.is_active,
        origin.id,
        asked_sequence,
    )
    return SessionRow(**record) if record else None


async def find_clone(
    connection: Connection, origin: SessionRow, name: str, *, asked_sequence: int | None
) -> SessionRow | None:
    """Finds the session of this name, if it was cloned from the origin in the same way."""
    record = await connection.fetchrow(
        f"""
        SELECT {SESSION_COLUMNS} FROM session
        WHERE workspace_id = $1 AND name = $2 AND origin_id = $3
          AND origin_sequence IS NOT DISTINCT FROM $4::int
        """,
        origin.workspace_id,
        name,
        origin.id,
        asked_sequence,
    )
    return SessionRow(**record) if record else None


async def copy_messages(
    connection: Connection, origin: SessionRow, clone: SessionRow, *, through: int
) -> SessionRow:
    """Copies what was said up to a sequence, to be derived anew; returns the clone as it is then.

    Times are as they were: what was said first stays the older statement of the two.
    """
    await connection.execute(
        f"""
        INSERT INTO message (id, workspace_id, session_id, peer_id, sequence, content, metadata,
                             token_count, created_at, utc_offset_s, recorded_at, client_message_id,
                             is_observed, is_reasoned, makes_card, feeds_dreams, instruction_id,
                             feeds_summaries, transaction)
        SELECT {_NEW_ID.format(id="id")}, workspace_id, $2, peer_id, sequence, content, metadata,
               token_count, created_at, utc_offset_s, recorded_at, client_message_id,
               is_observed, is_reasoned, makes_card, feeds_dreams, instruction_id,
               feeds_summaries, {CURRENT_TRANSACTION}
        FROM message WHERE session_id = $1 AND sequence <= $3
        """,
        origin.id,
        clone.id,
        through,
    )
    record = await connection.fetchrow(
        f"""
        UPDATE session SET last_sequence = $2, last_transaction = {CURRENT_TRANSACTION},
            token_total = (SELECT coalesce(sum(token_count), 0) FROM message WHERE session_id = $1)
        WHERE id = $1 RETURNING {SESSION_COLUMNS}
        """,
        clone.id,
        through,
    )
    if record is None:
        raise RuntimeError("a session that was just created is gone")
    return SessionRow(**record)


async def copy_stays(
    connection: Connection, origin: SessionRow, clone: SessionRow, *, asked_sequence: int | None
) -> list[tuple[UUID, int]]:
    """Copies who was in; returns who is in the clone now, and from which sequence.

    With a sequence, as of that message: who came later is not in, who left later still is.
    """
    records = await connection.fetch(
        f"""
        INSERT INTO membership (id, workspace_id, session_id, peer_id, from_sequence, to_sequence,
                                observe_me, observe_others, observe_me_set, observe_others_set,
                                joined_at, left_at)
        SELECT {_NEW_ID.format(id="id")}, workspace_id, $2, peer_id, from_sequence,
               CASE WHEN to_sequence > $3 THEN NULL ELSE to_sequence END,
               observe_me, observe_others, observe_me_set, observe_others_set, joined_at,
               CASE WHEN to_sequence > $3 THEN NULL ELSE left_at END
        FROM membership WHERE session_id = $1 AND ($3::int IS NULL OR from_sequence <= $3)
        ORDER BY from_sequence, id
        RETURNING peer_id, from_sequence, to_sequence
        """,
        origin.id,
        clone.id,
        asked_sequence,
    )
    return [
        (record["peer_id"], record["from_sequence"])
        for record in records
        if record["to_sequence"] is None
    ]
