"""Messages: what was said, in the order of its sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.position import Position
from models.database import Connection, Runner, Slice
from models.event import CURRENT_TRANSACTION, EventKind
from models.filter import ANYTHING, Column, Columns, Condition, Kind, to_where
from models.peer import Peer
from models.session import Session
from models.visibility import MESSAGE_IS_VISIBLE, Vantage


class Message(Model):
    """One utterance of one peer in one session."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="messages"
    )
    peer: fields.ForeignKeyRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="messages"
    )
    sequence = fields.IntField()
    content = fields.TextField()
    metadata = fields.JSONField[dict[str, Any]]()
    token_count = fields.IntField()
    created_at = fields.DatetimeField()
    utc_offset_s = fields.IntField()
    """Of the sender's clock, so that "today" in the text is the sender's day."""
    recorded_at = fields.DatetimeField()
    client_message_id = fields.CharField(512, null=True)
    is_observed = fields.BooleanField()
    """The author's observe_me when it was written."""
    is_reasoned = fields.BooleanField()
    """Whether reasoning was enabled when it was written."""
    makes_card = fields.BooleanField(default=True)
    """Whether what is concluded from it may go into peer cards, as of when it was written."""
    feeds_dreams = fields.BooleanField(default=True)
    """Whether minds may reason further about what is concluded from it, as of the same moment."""
    anew_window = fields.IntField(null=True)
    """The first sequence of its window, if a message of that was forgotten after it was derived."""
    feeds_summaries = fields.BooleanField(default=True, db_default=True)
    """Whether summaries may tell of it, as of when it was written."""
    instruction_id = fields.UUIDField(null=True)
    """The custom instructions that were in effect when it was written (models/instruction.py)."""
    transaction = fields.BigIntField()
    """Of its position (core/position.py)."""

    class Meta:
        table = "message"
        constraints = (
            # Reading a session in order; also proves that a sequence is given once.
            UniqueConstraint(fields=("session_id", "sequence"), name="message_sequence"),
            UniqueConstraint(
                fields=("session_id", "peer_id", "client_message_id"),
                name="message_client_id",
                condition="client_message_id IS NOT NULL",
            ),
        )
        indexes = (
            # What a peer wrote, newest first.
            Index(fields=("peer_id", "id"), name="message_peer"),
            # What is to be derived anew.
            Index(fields=("workspace_id", "anew_window"), name="message_anew"),
        )


# Tuples, because thousands are made per second, and a frozen dataclass takes four times as long.
class MessageRow(NamedTuple):
    """A message as it is read; `metadata` is JSON text."""

    id: UUID
    workspace_id: UUID
    session_id: UUID
    peer_id: UUID
    sequence: int
    content: str
    metadata: str
    token_count: int
    created_at: datetime
    utc_offset_s: int
    recorded_at: datetime
    client_message_id: str | None
    is_observed: bool
    is_reasoned: bool
    makes_card: bool
    feeds_dreams: bool
    transaction: int
    anew_window: int | None = None
    instruction_id: UUID | None = None
    feeds_summaries: bool = True

    def get_sender_time(self) -> datetime:
        """Returns when it was said, by the sender's own clock."""
        return self.created_at.astimezone(timezone(timedelta(seconds=self.utc_offset_s)))

    @property
    def position(self) -> Position:
        return Position(self.transaction)


class NewMessage(NamedTuple):
    """A message about to be written by a peer that is in the session; checked already.

    Its fields are the columns that write_messages hands over, in this order.
    """

    id: UUID
    peer_id: UUID
    content: str
    metadata: str
    token_count: int
    created_at: datetime | None
    """None: the moment it is recorded."""
    utc_offset_s: int
    client_message_id: str | None
    is_observed: bool
    is_reasoned: bool
    makes_card: bool = True
    feeds_dreams: bool = True
    instruction_id: UUID | None = None
    feeds_summaries: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """Where a batch went: its first sequence, its time, its position, and its work item."""

    first_sequence: int
    recorded_at: datetime
    position: Position
    is_work_due: bool
    """Whether there is something for a worker now that no worker was told of yet."""


@dataclass(frozen=True, slots=True)
class BatchRule:
    """When a session's unread messages are due: with this many tokens, or at this age."""

    tokens: int
    age_s: float


MESSAGE_COLUMNS = (
    "m.id, m.workspace_id, m.session_id, m.peer_id, m.sequence, m.content, m.metadata,"
    " m.token_count, m.created_at, m.utc_offset_s, m.recorded_at,"
    " m.client_message_id, m.is_observed, m.is_reasoned, m.makes_card,"
    " m.feeds_dreams, m.transaction, m.anew_window, m.instruction_id,"
    " m.feeds_summaries"
)

_FILTERED: Columns = {
    "author": Column("(SELECT name FROM peer WHERE peer.id = m.peer_id)", Kind.TEXT),
    "content": Column("m.content", Kind.TEXT),
    "metadata": Column("m.metadata", Kind.JSON),
    "sequence": Column("m.sequence", Kind.INTEGER),
    "created_at": Column("m.created_at", Kind.TIME),
}

# One statement, one round trip, one transaction: sequence numbers under the session's row lock,
# the messages, the work item and the event. A roster that is no longer current matches no session
# row and so writes nothing; a clientMessageId used before fails on its unique index. The row says
# which workspace it is; asked for in the predicate, it lured the planner away from the primary key.
_WRITE = f"""
WITH place AS (
    UPDATE session
    SET last_sequence = last_sequence + $3, token_total = token_total + $4, updated_at = now(),
        last_transaction = greatest(last_transaction, {CURRENT_TRANSACTION})
    WHERE id = $1 AND roster_version = $2
    RETURNING workspace_id, last_sequence - $3 AS base, last_transaction AS transaction,
              token_total - derived_tokens >= $5 AS is_full
), written AS (
    INSERT INTO message (id, workspace_id, session_id, peer_id, sequence, content, metadata,
                         token_count, created_at, utc_offset_s, recorded_at, client_message_id,
                         is_observed, is_reasoned, makes_card, feeds_dreams, instruction_id,
                         feeds_summaries, transaction)
    SELECT told.id, place.workspace_id, $1, told.peer_id, place.base + told.place, told.content,
           told.metadata, told.token_count, coalesce(told.created_at, now()), told.utc_offset_s,
           now(), told.client_message_id, told.is_observed, told.is_reasoned, told.makes_card,
           told.feeds_dreams, told.instruction_id, told.feeds_summaries, place.transaction
    FROM place, unnest($7::uuid[], $8::uuid[], $9::text[], $10::jsonb[], $11::int[],
                       $12::timestamptz[], $13::int[], $14::text[], $15::bool[], $16::bool[],
                       $17::bool[], $18::bool[], $19::uuid[], $20::bool[])
        WITH ORDINALITY AS told(id, peer_id, content, metadata, token_count, created_at,
                                utc_offset_s, client_message_id, is_observed, is_reasoned,
                                makes_card, feeds_dreams, instruction_id, feeds_summaries,
                                place)
), work AS (
    INSERT INTO work_item (id, workspace_id, kind, subject_id, transaction, asked_sequence, due_at,
                           is_asked_again, attempts, fence, is_dead, created_at)
    SELECT asked.id, workspace_id, asked.kind, $1, asked.transaction, 0,
           CASE WHEN is_full THEN now() ELSE now() + make_interval(secs => $6) END,
           false, 0, 0, false, now()
    FROM place CROSS JOIN LATERAL (
        VALUES ($21::uuid, 'derive', 0), ($22, 'embed', place.transaction)
    ) AS asked(id, kind, transaction)
    ON CONFLICT (kind, subject_id) DO UPDATE
    SET due_at = least(work_item.due_at, excluded.due_at)
    WHERE excluded.due_at < work_item.due_at AND work_item.attempts = 0
    RETURNING kind
), told AS (
    INSERT INTO event (workspace_id, transaction, kind, session_id, data, at)
    SELECT workspace_id, transaction, '{EventKind.MESSAGES_ADDED}', $1,
           jsonb_build_object('firstSequence', base + 1, 'lastSequence', base + $3), now()
    FROM place
)
SELECT base, now() AS recorded_at, transaction,
       is_full AND EXISTS (SELECT FROM work WHERE kind = 'derive') AS is_work_due
FROM place
"""


async def write_messages(
    runner: Runner,
    *,
    session_id: UUID,
    roster_version: int,
    messages: Sequence[NewMessage],
    rule: BatchRule,
    work_ids: tuple[UUID, UUID],
) -> Written | None:
    """Writes a batch in order, whole or not at all; None: the roster is no longer this version.

    `work_ids` are for the items to derive and to index it, if the session has none yet.

    Raises asyncpg.UniqueViolationError on `message_client_id` if a clientMessageId was used.
    """
    record = await runner.fetchrow(
        _WRITE,
        session_id,
        roster_version,
        len(messages),
        sum(message.token_count for message in messages),
        rule.tokens,
        rule.age_s,
        *zip(*messages, strict=True),
        *work_ids,
    )
    if record is None:
        return None
    return Written(
        first_sequence=record["base"] + 1,
        recorded_at=record["recorded_at"],
        position=Position(record["transaction"]),
        is_work_due=record["is_work_due"],
    )


async def list_messages_by_client_id(
    runner: Runner, workspace_id: UUID, session_id: UUID, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], MessageRow]:
    """Finds the messages written under pairs of author's name and clientMessageId."""
    records = await runner.fetch(
        f"""
        SELECT told.name, {MESSAGE_COLUMNS}
        FROM unnest($3::text[], $4::text[]) AS told(name, client_message_id)
        JOIN peer ON peer.workspace_id = $1 AND peer.name = told.name
        JOIN message AS m ON m.peer_id = peer.id AND m.session_id = $2
                         AND m.client_message_id = told.client_message_id
        """,
        workspace_id,
        session_id,
        [name for name, _ in keys],
        [client_message_id for _, client_message_id in keys],
    )
    rows = [(record["name"], MessageRow(*tuple(record)[1:])) for record in records]
    return {(name, row.client_message_id or ""): row for name, row in rows}


async def find_messages(runner: Runner, ids: list[UUID]) -> list[MessageRow]:
    """Returns those of the messages that exist, under no vantage at all."""
    records = await runner.fetch(
        f"SELECT {MESSAGE_COLUMNS} FROM message AS m WHERE m.id = ANY ($1::uuid[])", ids
    )
    return [MessageRow(**record) for record in records]


async def list_visible_messages(
    runner: Runner, vantage: Vantage, ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Returns those of some ids that are messages which the vantage sees."""
    records = await runner.fetch(
        f"""
        SELECT m.id FROM message AS m WHERE m.id = ANY ($4::uuid[]) AND {MESSAGE_IS_VISIBLE}
        """,
        *vantage.to_parameters(),
        list(ids),
    )
    return frozenset(record["id"] for record in records)


async def update_message(
    connection: Connection, id_: UUID, *, metadata: str
) -> tuple[MessageRow, bool] | None:
    """Changes a message's metadata; returns it and whether that was different; None: it is gone."""
    before = await connection.fetchrow(
        f"SELECT {MESSAGE_COLUMNS} FROM message AS m WHERE m.id = $1 FOR NO KEY UPDATE", id_
    )
    if before is None:
        return None
    after = await connection.fetchrow(
        f"""
        UPDATE message AS m SET metadata = $2 WHERE m.id = $1 AND m.metadata <> $2
        RETURNING {MESSAGE_COLUMNS}
        """,
        id_,
        metadata,
    )
    return (MessageRow(**before), False) if after is None else (MessageRow(**after), True)


async def list_session_messages(
    runner: Runner,
    session_id: UUID,
    *,
    vantage: Vantage,
    after: int = 0,
    before: int | None = None,
    limit: int,
    newest_first: bool = False,
) -> list[MessageRow]:
    """Returns witnessed messages with after < sequence < before, from one end or the other."""
    direction = "DESC" if newest_first else "ASC"
    records = await runner.fetch(
        f"""
        SELECT {MESSAGE_COLUMNS} FROM message AS m
        WHERE m.session_id = $4 AND m.sequence > $5 AND ($6::int IS NULL OR m.sequence < $6)
          AND {MESSAGE_IS_VISIBLE}
        ORDER BY m.sequence {direction} LIMIT $7
        """,
        *vantage.to_parameters(),
        session_id,
        after,
        before,
        limit,
    )
    return [MessageRow(**record) for record in records]


async def list_messages_of_sessions(
    runner: Runner,
    session_ids: list[UUID],
    page: Slice,
    *,
    vantage: Vantage,
    condition: Condition = ANYTHING,
) -> list[MessageRow]:
    """Returns of each session a slice, by sequence, of what the vantage witnessed."""
    where = to_where(condition, _FILTERED, first_parameter=5)
    part = page.to_sql("m.sequence", first_parameter=where.next_parameter, type_="int")
    records = await runner.fetch(
        f"""
        SELECT m.* FROM unnest($4::uuid[]) AS session(id) CROSS JOIN LATERAL (
            SELECT {MESSAGE_COLUMNS} FROM message AS m
            WHERE m.session_id = session.id AND {MESSAGE_IS_VISIBLE} AND {where.sql} {part}
        ) AS m
        ORDER BY m.session_id, m.sequence {page.direction}
        """,
        *vantage.to_parameters(),
        session_ids,
        *where.parameters,
        *page.to_parameters(),
    )
    return [MessageRow(**record) for record in records]


async def count_messages_of_sessions(
    runner: Runner, session_ids: list[UUID], *, vantage: Vantage, condition: Condition = ANYTHING
) -> dict[UUID, int]:
    """Counts what list_messages_of_sessions lists; a session without any is left out."""
    where = to_where(condition, _FILTERED, first_parameter=5)
    records = await runner.fetch(
        f"""
        SELECT m.session_id, count(*) FROM message AS m
        WHERE m.session_id = ANY ($4::uuid[]) AND {MESSAGE_IS_VISIBLE} AND {where.sql}
        GROUP BY m.session_id
        """,
        *vantage.to_parameters(),
        session_ids,
        *where.parameters,
    )
    return {record["session_id"]: record["count"] for record in records}


async def list_messages_of_peers(
    runner: Runner, peer_ids: list[UUID], page: Slice, condition: Condition = ANYTHING
) -> list[MessageRow]:
    """Returns of each peer a slice of all it has said, in any session."""
    where = to_where(condition, _FILTERED, first_parameter=2)
    records = await runner.fetch(
        f"""
        SELECT m.* FROM unnest($1::uuid[]) AS peer(id) CROSS JOIN LATERAL (
            SELECT {MESSAGE_COLUMNS} FROM message AS m WHERE m.peer_id = peer.id AND {where.sql}
            {page.to_sql("m.id", first_parameter=where.next_parameter)}
        ) AS m
        ORDER BY m.peer_id, m.id {page.direction}
        """,
        peer_ids,
        *where.parameters,
        *page.to_parameters(),
    )
    return [MessageRow(**record) for record in records]


async def count_messages_of_peers(
    runner: Runner, peer_ids: list[UUID], condition: Condition = ANYTHING
) -> dict[UUID, int]:
    """Counts what list_messages_of_peers lists; a peer that said nothing is left out."""
    where = to_where(condition, _FILTERED, first_parameter=2)
    records = await runner.fetch(
        f"""
        SELECT m.peer_id, count(*) FROM message AS m
        WHERE m.peer_id = ANY ($1::uuid[]) AND {where.sql} GROUP BY m.peer_id
        """,
        peer_ids,
        *where.parameters,
    )
    return {record["peer_id"]: record["count"] for record in records}


async def list_newest_messages(runner: Runner, *, vantage: Vantage, limit: int) -> list[MessageRow]:
    """Returns the newest messages that an observer witnessed, in any session, newest first."""
    records = await runner.fetch(
        f"""
        SELECT {MESSAGE_COLUMNS}
        FROM (SELECT DISTINCT session_id FROM membership
              WHERE workspace_id = $1 AND peer_id = $2) AS place
        CROSS JOIN LATERAL (
            SELECT m.* FROM message AS m
            WHERE m.session_id = place.session_id AND {MESSAGE_IS_VISIBLE}
            ORDER BY m.sequence DESC LIMIT $4
        ) AS m
        ORDER BY m.id DESC LIMIT $4
        """,
        *vantage.to_parameters(),
        limit,
    )
    return [MessageRow(**record) for record in records]


async def list_context_messages(
    runner: Runner,
    session_id: UUID,
    *,
    vantage: Vantage,
    budget_tokens: int,
    overhead_tokens: int,
) -> list[MessageRow]:
    """Returns the newest witnessed messages that fit a budget, newest first.

    Each message takes its own tokens and `overhead_tokens`, and at least one token of content.
    """
    records = await runner.fetch(
        f"""
        WITH newest AS (
            SELECT * FROM message AS m
            WHERE m.session_id = $4 AND {MESSAGE_IS_VISIBLE}
            ORDER BY m.sequence DESC LIMIT $5 / ($6 + 1)
        ), counted AS (
            SELECT *, sum(token_count + $6) OVER (ORDER BY sequence DESC) AS running FROM newest
        )
        SELECT {MESSAGE_COLUMNS} FROM counted AS m WHERE running <= $5 ORDER BY m.sequence DESC
        """,
        *vantage.to_parameters(),
        session_id,
        budget_tokens,
        overhead_tokens,
    )
    return [MessageRow(**record) for record in records]


@dataclass(frozen=True, slots=True)
class Backlog:
    """A session's messages that are to be derived next, oldest first."""

    derived_sequence: int
    """How far it was derived when this was read."""
    run_sequence: int
    """Where the run began that the window before these messages is part of; 0: there was none."""
    messages: list[MessageRow]


async def get_backlog(runner: Runner, session_id: UUID, *, limit: int) -> Backlog:
    """Returns one window that is to be derived anew, else the messages that never were derived."""
    session = await runner.fetchrow(
        "SELECT derived_sequence, run_sequence FROM session WHERE id = $1", session_id
    )
    if session is None:
        return Backlog(0, 0, [])
    anew = await runner.fetch(
        f"""
        SELECT {MESSAGE_COLUMNS}
        FROM session JOIN message AS m ON m.workspace_id = session.workspace_id
         AND m.session_id = session.id AND m.anew_window = (
            SELECT min(anew_window) FROM message
            WHERE workspace_id = session.workspace_id AND session_id = session.id
              AND anew_window IS NOT NULL)
        WHERE session.id = $1 ORDER BY m.sequence LIMIT $2
        """,
        session_id,
        limit,
    )
    if anew:
        # They have been in one run, and its windows were cut already.
        return Backlog(session["derived_sequence"], 0, [MessageRow(**record) for record in anew])
    fresh = await runner.fetch(
        f"""
        SELECT {MESSAGE_COLUMNS} FROM message AS m WHERE m.session_id = $1 AND m.sequence > $3
        ORDER BY m.sequence LIMIT $2
        """,
        session_id,
        limit,
        session["derived_sequence"],
    )
    return Backlog(
        session["derived_sequence"],
        session["run_sequence"],
        [MessageRow(**record) for record in fresh],
    )


async def hold_messages(connection: Connection, ids: Sequence[UUID]) -> bool:
    """Keeps messages from being forgotten until the transaction ends; False: one was already."""
    held = await connection.fetch(
        "SELECT FROM message WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE", list(ids)
    )
    return len(held) == len(ids)


async def settle_messages(connection: Connection, ids: Sequence[UUID]) -> None:
    """Notes that messages were derived anew."""
    await connection.execute(
        "UPDATE message SET anew_window = NULL WHERE id = ANY ($1::uuid[])", list(ids)
    )
