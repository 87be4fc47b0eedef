"""Who may see what: the rule of semantics.md as SQL, in this one place, used by every read.

A vantage is handed to SQL as three parameters that every statement here binds alike:

    $1  workspace id
    $2  observer's peer id, or null: the global view
    $3  session ids that the reading is narrowed to, or null: all; empty: nothing

Predicates end in `IS NOT TRUE` or `IS TRUE` where a null could otherwise read as a yes: a peer
without any membership has no multirange at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.database import Runner
from models.sight import Sight


@dataclass(frozen=True, slots=True)
class Vantage:
    """Whose eyes a reading takes, and where it is allowed to look."""

    workspace_id: UUID
    observer_id: UUID | None = None
    """None: the global view, the source of truth."""
    session_ids: tuple[UUID, ...] | None = None
    """None: everywhere. Empty: nowhere."""

    def to_parameters(self) -> tuple[UUID, UUID | None, list[UUID] | None]:
        """Returns what $1, $2 and $3 are bound to."""
        sessions = None if self.session_ids is None else list(self.session_ids)
        return self.workspace_id, self.observer_id, sessions


MESSAGE_IS_VISIBLE = """(
    m.workspace_id = $1
    AND ($3::uuid[] IS NULL OR m.session_id = ANY ($3))
    AND ($2::uuid IS NULL OR EXISTS (
        SELECT FROM membership AS stay
        WHERE stay.session_id = m.session_id AND stay.peer_id = $2
          AND stay.from_sequence <= m.sequence
          AND (stay.to_sequence IS NULL OR stay.to_sequence > m.sequence)
    ))
)"""
"""Message `m` was witnessed by the observer, whether or not it observes others."""


PLACES_SEEN = """(
    SELECT stay.session_id, stay.from_sequence, stay.to_sequence FROM membership AS stay
    WHERE stay.workspace_id = $1 AND stay.peer_id = $2
      AND ($3::uuid[] IS NULL OR stay.session_id = ANY ($3))
    UNION ALL
    SELECT session.id, 1, NULL FROM session
    WHERE session.workspace_id = $1 AND $2::uuid IS NULL
      AND ($3::uuid[] IS NULL OR session.id = ANY ($3))
)"""
"""All that MESSAGE_IS_VISIBLE lets through, told as runs of sequences that do not overlap."""


SUMMARY_IS_VISIBLE = """(
    y.workspace_id = $1 AND y.content IS NOT NULL
    AND ($3::uuid[] IS NULL OR y.session_id = ANY ($3))
    AND ($2::uuid IS NULL OR int4range(y.first_sequence, y.last_sequence, '[]') <@ (
        SELECT range_agg(int4range(stay.from_sequence, stay.to_sequence))
        FROM membership AS stay WHERE stay.session_id = y.session_id AND stay.peer_id = $2
    )) IS TRUE
)"""
"""The observer witnessed all that summary `y` tells of, whether or not it observes others."""


def see_conclusion(alias: str, *, observer: str = "$2", sessions: str = "$3") -> str:
    """Returns the predicate that `observer` sees the conclusion `alias`, from within `sessions`.

    Every window of its evidence lies inside the sessions and was witnessed by the observer on
    intervals with observe_others. A peer's view of itself needs no observe_others, and rests on
    what it said itself, and on what was written by hand into its own mind. What was written by
    hand without a session has no window, so it lies in no sessions that one could name. What one
    mind made of what it sees is seen by that mind alone: that it was made, and of what, depends
    on everything the mind saw. The offsets keep PostgreSQL from reading the evidence of all
    conclusions at once, where few are asked for.
    """
    return f"""(
    {alias}.workspace_id = $1
    AND ({alias}.mind_id IS NULL OR {alias}.mind_id IN (
        SELECT mind.id FROM mind
        WHERE mind.observed_id = {alias}.observed_id
          AND mind.observer_id IS NOT DISTINCT FROM {observer}
    ))
    AND (
        EXISTS (SELECT FROM evidence WHERE evidence.conclusion_id = {alias}.id OFFSET 0)
        OR ({alias}.is_manual AND {alias}.mind_id IS NOT NULL AND {sessions}::uuid[] IS NULL)
    )
    AND NOT EXISTS (
        SELECT FROM evidence AS window_
        WHERE window_.conclusion_id = {alias}.id
          AND (
            ({sessions}::uuid[] IS NULL OR window_.session_id = ANY ({sessions}))
            AND ({observer}::uuid IS NULL OR
                int4range(window_.first_sequence, window_.last_sequence, '[]') <@ (
                    SELECT range_agg(int4range(stay.from_sequence, stay.to_sequence))
                    FROM membership AS stay
                    WHERE stay.session_id = window_.session_id AND stay.peer_id = {observer}
                      AND (stay.observe_others OR {alias}.observed_id = {observer})
                ))
          ) IS NOT TRUE
        OFFSET 0
    )
    AND ({alias}.observed_id IS DISTINCT FROM {observer} OR (
        ({alias}.mind_id IS NOT NULL OR NOT {alias}.is_manual)
        AND NOT EXISTS (
            SELECT FROM citation JOIN message AS cited ON cited.id = citation.message_id
            WHERE citation.conclusion_id = {alias}.id AND cited.peer_id <> {alias}.observed_id
        )
    ))
)"""


FEW_MESSAGES = 10_000
FEW_STAYS = 500


async def sees_little(runner: Runner, vantage: Vantage) -> bool:
    """Tells whether all that a vantage sees is soon looked at, stay by stay."""
    if vantage.observer_id is None and vantage.session_ids is None:
        return False
    is_little: bool = await runner.fetchval(
        f"""
        SELECT count(*) <= {FEW_STAYS} AND coalesce(sum(
            coalesce(place.to_sequence, session.last_sequence + 1) - place.from_sequence
        ), 0) <= {FEW_MESSAGES}
        FROM (SELECT * FROM {PLACES_SEEN} AS place LIMIT {FEW_STAYS + 1}) AS place
        JOIN session ON session.id = place.session_id
        """,
        *vantage.to_parameters(),
    )
    return is_little


def see_session(alias: str, *, peer: str, session: str) -> str:
    """Returns the predicate that a sight of `peer` or `session` sees that the session exists.

    A peer sees the sessions it is or was in. Both parameters null: all are seen.
    """
    return f"""(
    ({session}::uuid IS NULL OR {alias}.id = {session})
    AND ({peer}::uuid IS NULL OR EXISTS (
        SELECT FROM membership AS seen
        WHERE seen.session_id = {alias}.id AND seen.peer_id = {peer}
    ))
)"""


def see_peer(alias: str, *, session: str) -> str:
    """Returns the predicate that a sight of `session` sees that the peer exists.

    It sees who is or was in that session. Null: all are seen, by every peer too.
    """
    return f"""(
    {session}::uuid IS NULL OR EXISTS (
        SELECT FROM membership AS seen
        WHERE seen.session_id = {session} AND seen.peer_id = {alias}.id
    )
)"""


async def sees_session(runner: Runner, sight: Sight, workspace_id: UUID, session_id: UUID) -> bool:
    """Tells whether a session of a workspace exists for a sight."""
    if not sight.is_narrow:
        return sight.reaches(workspace_id)
    return bool(await list_seen_sessions(runner, sight, [session_id]))


async def sees_peer(runner: Runner, sight: Sight, workspace_id: UUID, peer_id: UUID) -> bool:
    """Tells whether a peer of a workspace exists for a sight."""
    if sight.session_id is None:
        return sight.reaches(workspace_id)
    return bool(await list_seen_peers(runner, sight, [peer_id]))


async def list_seen_sessions(runner: Runner, sight: Sight, ids: Sequence[UUID]) -> list[UUID]:
    """Returns those of some ids that are sessions which exist for a sight."""
    records = await runner.fetch(
        f"""
        SELECT id FROM session
        WHERE id = ANY ($2::uuid[]) AND ($1::uuid IS NULL OR workspace_id = $1)
          AND {see_session("session", peer="$3", session="$4")}
        """,
        sight.workspace_id,
        list(ids),
        sight.peer_id,
        sight.session_id,
    )
    return [record["id"] for record in records]


async def list_seen_peers(runner: Runner, sight: Sight, ids: Sequence[UUID]) -> list[UUID]:
    """Returns those of some ids that are peers which exist for a sight."""
    records = await runner.fetch(
        f"""
        SELECT id FROM peer
        WHERE id = ANY ($2::uuid[]) AND ($1::uuid IS NULL OR workspace_id = $1)
          AND {see_peer("peer", session="$3")}
        """,
        sight.workspace_id,
        list(ids),
        sight.session_id,
    )
    return [record["id"] for record in records]


async def list_witnessed(
    runner: Runner, vantage: Vantage, session_id: UUID, sequences: Sequence[int]
) -> list[int]:
    """Returns those of a session's sequences that the vantage witnessed, forgotten or not."""
    records = await runner.fetch(
        """
        SELECT sequence FROM unnest($5::int[]) AS told(sequence)
        WHERE ($3::uuid[] IS NULL OR $4 = ANY ($3)) AND ($2::uuid IS NULL OR EXISTS (
            SELECT FROM membership AS stay
            WHERE stay.workspace_id = $1 AND stay.session_id = $4 AND stay.peer_id = $2
              AND stay.from_sequence <= sequence
              AND (stay.to_sequence IS NULL OR stay.to_sequence > sequence)))
        ORDER BY sequence
        """,
        *vantage.to_parameters(),
        session_id,
        list(sequences),
    )
    return [record["sequence"] for record in records]


async def observes_others(runner: Runner, vantage: Vantage) -> bool:
    """Tells whether the observer holds models of others: by its setting, or in some session."""
    found = await runner.fetchval(
        """
        SELECT EXISTS (SELECT FROM peer WHERE workspace_id = $1 AND id = $2 AND observe_others)
            OR EXISTS (SELECT FROM membership WHERE workspace_id = $1 AND peer_id = $2
                       AND observe_others AND ($3::uuid[] IS NULL OR session_id = ANY ($3)))
        """,
        *vantage.to_parameters(),
    )
    return bool(found)
