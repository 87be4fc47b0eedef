"""Work items: what is still to be done, for whom it must be ordered, and who is doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.ids import create_ids
from core.position import START, Position
from models.database import Connection, Runner
from models.event import CURRENT_TRANSACTION, EventKind, get_newest_position


class WorkItem(Model):
    """What is due for one subject. Gone when nothing is left to do."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    kind = fields.TextField()
    subject_id = fields.UUIDField()
    """What must be worked on in order: a session, an observed peer, a mind."""
    transaction = fields.BigIntField(default=0)
    """Of the oldest message it follows from; `derive` finds that out by itself."""
    asked_sequence = fields.IntField(default=0)
    """Messages up to here are due at once: someone asked not to wait for a full batch."""
    is_asked_again = fields.BooleanField(default=False)
    """More has come up since it was leased."""
    due_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    faults = fields.IntField(default=0, db_default=0)
    """Attempts that failed by a fault and not for want of an answer, since it last came on."""
    fence = fields.BigIntField(default=0)
    """Grows with each lease; a result that carries an older one is not written."""
    leased_until = fields.DatetimeField(null=True)
    woken_at = fields.DatetimeField(null=True)
    """When the sweeper last sent a wake-up for it."""
    is_dead = fields.BooleanField(default=False)
    error = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "work_item"
        constraints = (UniqueConstraint(fields=("kind", "subject_id"), name="work_item_subject"),)
        indexes = (
            # The sweeper looks for what is due.
            Index(fields=("due_at",), name="work_item_due"),
            # The derivation status of a workspace.
            Index(fields=("workspace_id",), name="work_item_workspace"),
        )


DERIVE = "derive"
"""Its subject is a session with messages that were not derived."""
LINK = "link"
"""Its subject is a peer about whom something was concluded and not yet compared."""
DREAM = "dream"
"""Its subject is a mind that was asked to reason."""
EMBED = "embed"
"""Its subject is a session with messages that search does not find yet."""
EMBED_CONCLUSIONS = "embed_conclusions"
"""Its subject is a peer about whom something was concluded that search does not find yet."""
SUMMARISE = "summarise"
"""Its subject is a session with messages enough for a summary, or one to be made anew."""

_AFTERWARDS = f"('{EMBED}', '{EMBED_CONCLUSIONS}', '{SUMMARISE}')"
"""What follows derivation, and from which nothing is concluded."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to write the result for one subject, while its fence is the newest."""

    item_id: UUID
    workspace_id: UUID
    kind: str
    subject_id: UUID
    transaction: int
    asked_sequence: int
    attempts: int
    """Counting this one."""
    fence: int
    claimed_at: datetime
    """By the database's clock, which alone decides what is due."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """When failed work is tried again: after `first_s`, then twice as long each time.

    After so many `attempts` that failed under such a rule, it is given up; None: never.
    """

    attempts: int | None
    first_s: float
    most_s: float


@dataclass(frozen=True, slots=True)
class DerivationRow:
    """How far a workspace's derivation is, counted in messages."""

    pending: int
    leased: int
    retrying: int
    dead: int
    done: int
    oldest_pending_s: float | None
    position: Position


_IS_CLAIMABLE = """
    due_at <= now() AND NOT is_dead AND (leased_until IS NULL OR leased_until < now())
"""


async def add_work(
    connection: Connection,
    workspace_id: UUID,
    kind: str,
    subject_ids: Sequence[UUID],
    *,
    transaction: int = 0,
) -> None:
    """Makes work due now, in the transaction it follows from.

    `transaction` is that of the oldest message it follows from. Work that is given up is tried
    again, since there is something new.
    """
    await connection.execute(
        """
        INSERT INTO work_item (id, workspace_id, kind, subject_id, transaction, asked_sequence,
                               due_at, is_asked_again, attempts, fence, is_dead, created_at)
        SELECT id, $1, $2, subject_id, $3, 0, now(), false, 0, 0, false, now()
        FROM unnest($4::uuid[], $5::uuid[]) AS told(id, subject_id) ORDER BY subject_id
        ON CONFLICT (kind, subject_id) DO UPDATE
        SET due_at = least(work_item.due_at, excluded.due_at), is_dead = false,
            faults = CASE WHEN work_item.is_dead THEN 0 ELSE work_item.faults END,
            is_asked_again = true,
            transaction = least(work_item.transaction, excluded.transaction)
        """,
        workspace_id,
        kind,
        transaction,
        create_ids(len(subject_ids)),
        list(subject_ids),
    )


async def claim_work(
    runner: Runner, kind: str, subject_id: UUID, *, lease_s: float
) -> Lease | None:
    """Takes the subject's item if it is due and nobody works on it."""
    record = await runner.fetchrow(
        f"""
        UPDATE work_item
        SET fence = fence + 1, attempts = attempts + 1, is_asked_again = false,
            leased_until = now() + make_interval(secs => $3)
        WHERE kind = $1 AND subject_id = $2 AND {_IS_CLAIMABLE}
        RETURNING id AS item_id, workspace_id, kind, subject_id, transaction, asked_sequence,
                  attempts, fence, now() AS claimed_at
        """,
        kind,
        subject_id,
        lease_s,
    )
    return Lease(**record) if record else None


async def renew_lease(runner: Runner, lease: Lease, *, lease_s: float) -> bool:
    """Keeps a lease; False: somebody else has the item now."""
    renewed = await runner.fetchval(
        """
        UPDATE work_item SET leased_until = now() + make_interval(secs => $3)
        WHERE id = $1 AND fence = $2 RETURNING true
        """,
        lease.item_id,
        lease.fence,
        lease_s,
    )
    return bool(renewed)


async def finish_work(
    connection: Connection, lease: Lease, *, reached_sequence: int, next_due_at: datetime | None
) -> bool:
    """Ends a lease; False: it is stale, so roll back.

    With `next_due_at` the item waits for more, or not at all if more than what was reached has
    been asked for meanwhile; without, nothing is left and it goes.
    """
    if next_due_at is None:
        return await finish_whole_work(connection, lease)
    done = await connection.fetchval(
        """
        UPDATE work_item SET attempts = 0, faults = 0, leased_until = NULL, error = NULL,
            due_at = CASE WHEN is_asked_again OR asked_sequence > $4 THEN now() ELSE $3 END
        WHERE id = $1 AND fence = $2 RETURNING true
        """,
        lease.item_id,
        lease.fence,
        next_due_at,
        reached_sequence,
    )
    return bool(done)


async def finish_whole_work(connection: Connection, lease: Lease) -> bool:
    """Ends a lease on work that is done at once; False: it is stale, so roll back.

    The item goes, unless more has come up since the lease began.
    """
    is_asked_again = await connection.fetchval(
        "SELECT is_asked_again FROM work_item WHERE id = $1 AND fence = $2 FOR UPDATE",
        lease.item_id,
        lease.fence,
    )
    if is_asked_again is None:
        return False
    if is_asked_again:
        await connection.execute(
            """
            UPDATE work_item SET attempts = 0, faults = 0, leased_until = NULL, error = NULL,
                due_at = now()
            WHERE id = $1
            """,
            lease.item_id,
        )
    else:
        await connection.execute("DELETE FROM work_item WHERE id = $1", lease.item_id)
        if lease.kind not in (EMBED, EMBED_CONCLUSIONS, SUMMARISE):
            await _tell_idle(connection, lease.workspace_id)
    return True


async def keep_lease(connection: Connection, lease: Lease, *, reached: int = 0) -> bool:
    """Holds the item for a transaction that writes a part of the result; False: it is stale.

    Work that comes on starts counting its attempts anew. `reached` is the transaction of the
    newest message that it has come to.
    """
    held = await connection.fetchval(
        """
        UPDATE work_item
        SET attempts = 1, faults = 0, error = NULL, transaction = greatest(transaction, $3)
        WHERE id = $1 AND fence = $2 RETURNING true
        """,
        lease.item_id,
        lease.fence,
        reached,
    )
    return bool(held)


async def release_work(runner: Runner, lease: Lease) -> None:
    """Ends a lease as if the item had not been taken."""
    await runner.execute(
        """
        UPDATE work_item
        SET leased_until = NULL, woken_at = NULL, attempts = greatest(attempts - 1, 0)
        WHERE id = $1 AND fence = $2
        """,
        lease.item_id,
        lease.fence,
    )


async def give_back_work(
    runner: Runner, lease: Lease, *, error: str, rule: RetryRule, wait_s: float = 0.0
) -> None:
    """Ends a lease without a result: the item is tried again later, or given up, visibly.

    It waits as the rule says, but at least `wait_s`.
    """
    await runner.execute(
        f"""
        WITH given_back AS (
            UPDATE work_item
            SET leased_until = NULL, error = $3, is_dead = coalesce(faults + 1 >= $4, false),
                faults = faults + CASE WHEN $4::int IS NULL THEN 0 ELSE 1 END,
                due_at = now() + make_interval(secs => greatest(
                    $7, least($6, $5 * 2 ^ least(attempts - 1, 30))))
            WHERE id = $1 AND fence = $2
            RETURNING workspace_id, kind, subject_id, attempts, is_dead
        )
        INSERT INTO event (workspace_id, transaction, kind, session_id, peer_id, data, at)
        SELECT workspace_id, {CURRENT_TRANSACTION}, '{EventKind.WORK_DEAD}',
               CASE WHEN kind IN ('{DERIVE}', '{SUMMARISE}') THEN subject_id END,
               CASE kind WHEN '{LINK}' THEN subject_id
                         WHEN '{DREAM}' THEN (SELECT observed_id FROM mind WHERE id = subject_id)
               END,
               jsonb_build_object('kind', kind, 'attempts', attempts), now()
        FROM given_back WHERE is_dead
        """,
        lease.item_id,
        lease.fence,
        error,
        rule.attempts,
        rule.first_s,
        rule.most_s,
        wait_s,
    )


async def _tell_idle(connection: Connection, workspace_id: UUID) -> None:
    """Writes an event if this transaction has done the last that was to do in its workspace.

    Indexing and summarising are not waited for: nothing is concluded from them.
    Two that finish at once would each see the other's item, so they go one after the other.
    """
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"idle {workspace_id}"
    )
    await connection.execute(
        f"""
        INSERT INTO event (workspace_id, transaction, kind, data, at)
        SELECT $1, {CURRENT_TRANSACTION}, '{EventKind.DERIVATION_IDLE}', '{{}}', now()
        WHERE NOT EXISTS (SELECT FROM work_item WHERE workspace_id = $1 AND NOT is_dead
                          AND kind NOT IN {_AFTERWARDS})
        """,
        workspace_id,
    )


async def ask_for_derivation(
    runner: Runner, workspace_id: UUID, session_id: UUID | None
) -> list[tuple[str, UUID]]:
    """Makes what is pending in a session, or in all, due now; returns the work concerned.

    Work that failed keeps its distance all the same: however many ask, it is not tried more often.
    """
    records = await runner.fetch(
        """
        WITH asked AS (
            SELECT item.id, session.last_sequence
            FROM work_item AS item JOIN session ON session.id = item.subject_id
            WHERE item.kind IN ('derive', 'embed') AND item.workspace_id = $1
              AND ($2::uuid IS NULL OR session.id = $2)
              AND NOT item.is_dead AND item.asked_sequence < session.last_sequence
            -- In the order of add_work, and of who sends: no deadlocks.
            ORDER BY item.subject_id, item.kind FOR UPDATE OF item
        )
        UPDATE work_item
        SET asked_sequence = greatest(asked_sequence, last_sequence),
            due_at = CASE WHEN attempts = 0 THEN least(due_at, now()) ELSE due_at END
        FROM asked WHERE asked.id = work_item.id
        RETURNING work_item.kind, work_item.subject_id
        """,
        workspace_id,
        session_id,
    )
    return [(record["kind"], record["subject_id"]) for record in records]


async def take_due_work(
    runner: Runner, *, limit: int, lost_after_s: float
) -> list[tuple[str, UUID]]:
    """Returns kind and subject of what is due and wants a wake-up, the longest due first.

    Each item is handed out once until it is due anew, or until its wake-up must have been lost.
    """
    records = await runner.fetch(
        f"""
        UPDATE work_item SET woken_at = now()
        WHERE id IN (
            SELECT id FROM work_item
            WHERE {_IS_CLAIMABLE} AND (woken_at IS NULL OR woken_at < due_at
                OR woken_at < now() - make_interval(secs => $2))
            ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        RETURNING kind, subject_id
        """,
        limit,
        lost_after_s,
    )
    return [(record["kind"], record["subject_id"]) for record in records]


async def get_derivation(
    runner: Runner, workspace_id: UUID, *, session_id: UUID | None = None
) -> DerivationRow:
    """Counts messages by what is happening to them, in a workspace or one session of it.

    Work of other kinds counts one each, indexing and summarising only when it is given up.
    """
    record = await runner.fetchrow(
        f"""
        WITH standing AS (
            SELECT session.last_sequence - session.derived_sequence + again.count AS waiting,
                   session.derived_sequence - again.count AS done,
                   CASE WHEN item.is_dead THEN 'dead'
                        WHEN item.leased_until > now() THEN 'leased'
                        WHEN item.attempts > 0 THEN 'retrying'
                        ELSE 'pending' END AS state,
                   CASE WHEN session.last_sequence > session.derived_sequence THEN (
                       SELECT recorded_at FROM message
                       WHERE session_id = session.id AND sequence > session.derived_sequence
                       ORDER BY sequence LIMIT 1) END AS waiting_since
            FROM session
            LEFT JOIN work_item AS item ON item.subject_id = session.id AND item.kind = 'derive'
            CROSS JOIN LATERAL (
                SELECT count(*) FROM message
                WHERE message.workspace_id = session.workspace_id
                  AND message.session_id = session.id AND message.anew_window IS NOT NULL
            ) AS again
            WHERE session.workspace_id = $1 AND ($2::uuid IS NULL OR session.id = $2)
            UNION ALL
            SELECT 1, 0, CASE WHEN is_dead THEN 'dead' WHEN leased_until > now() THEN 'leased'
                              WHEN attempts > 0 THEN 'retrying' ELSE 'pending' END, created_at
            FROM work_item WHERE workspace_id = $1 AND kind <> 'derive'
              AND (is_dead OR kind NOT IN {_AFTERWARDS})
        )
        SELECT coalesce(sum(waiting) FILTER (WHERE state = 'pending'), 0)::bigint AS pending,
               coalesce(sum(waiting) FILTER (WHERE state = 'leased'), 0)::bigint AS leased,
               coalesce(sum(waiting) FILTER (WHERE state = 'retrying'), 0)::bigint AS retrying,
               coalesce(sum(waiting) FILTER (WHERE state = 'dead'), 0)::bigint AS dead,
               coalesce(sum(done), 0)::bigint AS done,
               extract(epoch FROM now() - min(waiting_since))::float8 AS oldest_pending_s
        FROM standing
        """,
        workspace_id,
        session_id,
    )
    position = await get_derived_position(runner, workspace_id)
    return DerivationRow(**dict(record or {}), position=position)


async def get_derived_position(runner: Runner, workspace_id: UUID) -> Position:
    """Returns the position up to which everything said in a workspace was derived."""
    newest = await get_newest_position(runner, workspace_id)
    first_waiting = await find_first_waiting(runner, workspace_id)
    if first_waiting is None:
        return newest
    return min(newest, Position(first_waiting - 1)) if first_waiting > 1 else START


async def find_first_waiting(
    runner: Runner, workspace_id: UUID, *, session_id: UUID | None = None
) -> int | None:
    """Finds the transaction of the oldest message that waits to be derived, in a session or all.

    What was derived but not yet compared with what was known waits too.
    """
    first: int | None = await runner.fetchval(
        """
        SELECT least(
            (SELECT min(first.transaction) FROM session CROSS JOIN LATERAL (
                SELECT transaction FROM message
                WHERE session_id = session.id AND sequence > session.derived_sequence
                ORDER BY sequence LIMIT 1) AS first
             WHERE session.workspace_id = $1 AND ($2::uuid IS NULL OR session.id = $2)
               AND session.last_sequence > session.derived_sequence),
            (SELECT min(transaction) FROM message
             WHERE workspace_id = $1 AND ($2::uuid IS NULL OR session_id = $2)
               AND anew_window IS NOT NULL),
            (SELECT min(transaction) FROM work_item
             WHERE workspace_id = $1 AND kind = 'link' AND NOT is_dead)
        )
        """,
        workspace_id,
        session_id,
    )
    return first


async def get_last_transaction(runner: Runner) -> int:
    """Returns an id that no transaction committed by now is above."""
    return int(
        await runner.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1")
    )


async def is_following_up(
    runner: Runner, workspace_id: UUID, *, session_id: UUID | None, up_to: int
) -> bool:
    """Tells whether something up to a transaction is to be indexed or summarised, not given up.

    With a session: messages of that one, or conclusions from anywhere.
    """
    return bool(
        await runner.fetchval(
            """
            SELECT EXISTS (SELECT FROM work_item
                WHERE workspace_id = $1 AND NOT is_dead AND transaction <= $3
                  AND (kind = 'embed_conclusions'
                    OR kind IN ('embed', 'summarise') AND ($2::uuid IS NULL OR subject_id = $2)))
            """,
            workspace_id,
            session_id,
            up_to,
        )
    )


async def is_work_open(runner: Runner, kind: str, subject_id: UUID) -> bool:
    """Tells whether there is work for a subject that was neither done nor given up."""
    statement = "SELECT true FROM work_item WHERE kind = $1 AND subject_id = $2 AND NOT is_dead"
    return bool(await runner.fetchval(statement, kind, subject_id))
