"""Forgetting: what rests on something goes with it, and what remains of its window comes anew.

Every function runs in one transaction of the caller, who holds the workspace by hold_workspace.
The messages go first: a derivation that holds one of them is waited for, and what it has written
is then found by its evidence; one that comes later finds its message gone and writes nothing.
Everybody locks in the same order: messages, conclusions, sessions, work items (decision 8).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from models.database import Connection
from models.summary import clear_summaries

# What refers to others comes before them; what is left goes with the workspace.
_TABLES = ("message", "conclusion", "session", "peer", "scope", "work_item", "event", "model_call")

Place = tuple[UUID, int]
"""A session and a sequence in it."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Where messages were, in order, and about whom something was concluded from them."""

    places: list[Place]
    observed_ids: list[UUID]
    summarised_ids: list[UUID]
    """Sessions of which summaries are to be made anew."""

    def list_by_session(self) -> dict[UUID, list[int]]:
        """Returns the sequences that went, by session."""
        found: dict[UUID, list[int]] = {}
        for session_id, sequence in self.places:
            found.setdefault(session_id, []).append(sequence)
        return found


async def forget_messages(connection: Connection, message_ids: Sequence[UUID]) -> Forgotten:
    """Deletes messages, whatever was concluded from a window with one of them, and what follows.

    What is left of these windows is marked to be derived anew; the caller adds the work.
    """
    records = await connection.fetch(
        "DELETE FROM message WHERE id = ANY ($1::uuid[]) RETURNING session_id, sequence",
        list(message_ids),
    )
    forgotten = await _forget_places(
        connection, [(record["session_id"], record["sequence"]) for record in records]
    )
    summarised_ids = await clear_summaries(connection, forgotten.places)
    return replace(forgotten, summarised_ids=summarised_ids)


async def forget_peer_messages(connection: Connection, peer_id: UUID) -> Forgotten:
    """Deletes everything a peer has said, as forget_messages does; summaries are left."""
    records = await connection.fetch(
        "DELETE FROM message WHERE peer_id = $1 RETURNING session_id, sequence", peer_id
    )
    return await _forget_places(
        connection, [(record["session_id"], record["sequence"]) for record in records]
    )


async def hold_workspace(connection: Connection, workspace_id: UUID) -> None:
    """Lets nobody else forget in a workspace until the transaction ends; speaking goes on."""
    await connection.execute("SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE", workspace_id)


async def forget_session(connection: Connection, session_id: UUID) -> list[UUID]:
    """Deletes a session with everything that rests on it; returns about whom that was."""
    await connection.execute("DELETE FROM message WHERE session_id = $1", session_id)
    await connection.execute("SELECT FROM session WHERE id = $1 FOR UPDATE", session_id)
    # What was said between the two statements above.
    await connection.execute("DELETE FROM message WHERE session_id = $1", session_id)
    records = await connection.fetch(
        "SELECT DISTINCT conclusion_id FROM evidence WHERE session_id = $1", session_id
    )
    observed_ids = await forget_conclusions(
        connection, [record["conclusion_id"] for record in records]
    )
    await connection.execute("DELETE FROM session WHERE id = $1", session_id)
    await _forget_work(connection, [session_id])
    return observed_ids


async def forget_peer(connection: Connection, peer_id: UUID) -> Forgotten:
    """Deletes a peer with all it said, all that was concluded of it, and all it made of others."""
    before = await forget_peer_messages(connection, peer_id)
    await connection.execute("SELECT FROM peer WHERE id = $1 FOR UPDATE", peer_id)
    # What it said between the two statements above.
    meanwhile = await forget_peer_messages(connection, peer_id)
    records = await connection.fetch(
        """
        SELECT c.id FROM conclusion AS c LEFT JOIN mind ON mind.id = c.mind_id
        WHERE c.observed_id = $1 OR mind.observer_id = $1
        """,
        peer_id,
    )
    observed_ids = await forget_conclusions(connection, [record["id"] for record in records])
    minds = await connection.fetch(
        "SELECT id FROM mind WHERE observed_id = $1 OR observer_id = $1", peer_id
    )
    await _forget_work(connection, [peer_id, *(record["id"] for record in minds)])
    await connection.execute("DELETE FROM peer WHERE id = $1", peer_id)
    # The peer too: who follows it is to learn that it is gone.
    everybody = {*before.observed_ids, *meanwhile.observed_ids, *observed_ids, peer_id}
    places = [*before.places, *meanwhile.places]
    return Forgotten(places, sorted(everybody), await clear_summaries(connection, places))


async def forget_workspace(connection: Connection, workspace_id: UUID) -> None:
    """Deletes a workspace with everything in it, events and work items too."""
    # From here on no session and no peer can be created in it.
    await connection.execute("SELECT FROM workspace WHERE id = $1 FOR UPDATE", workspace_id)
    for table in _TABLES:
        await connection.execute(f"DELETE FROM {table} WHERE workspace_id = $1", workspace_id)
    await connection.execute("DELETE FROM workspace WHERE id = $1", workspace_id)


async def _forget_places(connection: Connection, places: list[Place]) -> Forgotten:
    sessions, sequences = [place[0] for place in places], [place[1] for place in places]
    await _open_windows(connection, sessions, sequences)
    records = await connection.fetch(
        """
        SELECT DISTINCT e.conclusion_id
        FROM evidence AS e JOIN unnest($1::uuid[], $2::int[]) AS gone(session_id, sequence)
          ON e.session_id = gone.session_id
         AND gone.sequence BETWEEN e.first_sequence AND e.last_sequence
        """,
        sessions,
        sequences,
    )
    observed_ids = await forget_conclusions(
        connection, [record["conclusion_id"] for record in records]
    )
    return Forgotten(sorted(places), observed_ids, [])


async def _open_windows(
    connection: Connection, sessions: Sequence[UUID], places: Sequence[int]
) -> None:
    await connection.execute(
        """
        WITH lost AS (
            DELETE FROM derived_window AS w
            USING unnest($1::uuid[], $2::int[]) AS gone(session_id, sequence)
            WHERE w.session_id = gone.session_id
              AND gone.sequence BETWEEN w.first_sequence AND w.last_sequence
            RETURNING w.session_id, w.first_sequence, w.last_sequence
        )
        UPDATE message SET anew_window = lost.first_sequence FROM lost
        WHERE message.session_id = lost.session_id
          AND message.sequence BETWEEN lost.first_sequence AND lost.last_sequence
        """,
        sessions,
        places,
    )


async def forget_conclusions(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Deletes conclusions and what follows from them; returns about whom they were.

    The premises that stay are compared anew: what one pair of statements told, another may tell.
    """
    if not ids:
        return []
    gone = await _hold_consequences(connection, ids)
    records = await connection.fetch(
        """
        WITH left_over AS (
            SELECT DISTINCT c.observed_id, c.topic FROM premise
            JOIN conclusion AS c ON c.id = premise.premise_id
            WHERE premise.conclusion_id = ANY ($1::uuid[]) AND c.topic IS NOT NULL
        ), anew AS (
            UPDATE conclusion SET is_linked = false FROM left_over
            WHERE conclusion.observed_id = left_over.observed_id
              AND conclusion.topic = left_over.topic AND NOT conclusion.is_manual
              AND conclusion.id <> ALL ($1::uuid[])
        )
        DELETE FROM conclusion WHERE id = ANY ($1::uuid[]) RETURNING observed_id
        """,
        gone,
    )
    return sorted({record["observed_id"] for record in records})


async def _hold_consequences(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Holds conclusions and all that follows from them, until nothing more can follow."""
    held: list[UUID] | None = None
    while True:
        records = await connection.fetch(
            """
            WITH RECURSIVE gone(id) AS (
                SELECT unnest($1::uuid[])
                UNION SELECT premise.conclusion_id FROM premise JOIN gone ON gone.id = premise_id
            )
            SELECT id FROM conclusion WHERE id IN (SELECT id FROM gone) ORDER BY id FOR UPDATE
            """,
            list(ids),
        )
        found = [record["id"] for record in records]
        if found == held:
            return found
        # Somebody who held one of them may just have written what follows from it.
        held = found


async def _forget_work(connection: Connection, subject_ids: Sequence[UUID]) -> None:
    """Deletes the work items of subjects that are gone, held in the order of add_work."""
    await connection.execute(
        """
        DELETE FROM work_item WHERE id IN (
            SELECT id FROM work_item WHERE subject_id = ANY ($1::uuid[])
            ORDER BY subject_id, kind FOR UPDATE)
        """,
        list(subject_ids),
    )


async def list_unlinked_peers(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Returns about whom something was concluded that is to be compared."""
    records = await connection.fetch(
        """
        SELECT DISTINCT observed_id FROM conclusion WHERE workspace_id = $1 AND NOT is_linked
        """,
        workspace_id,
    )
    return [record["observed_id"] for record in records]
