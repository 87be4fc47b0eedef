"""Who holds a model of whom, and who witnessed what."""

from collections.abc import Sequence
from uuid import UUID

from models.database import Runner
from models.visibility import see_conclusion

_SEEN_BY_CANDIDATE = see_conclusion("c", observer="candidate.peer_id", sessions="NULL")


async def list_observer_ids(runner: Runner, workspace_id: UUID, observed_id: UUID) -> list[UUID]:
    """Returns the peers, other than itself, that can see something concluded of a peer."""
    records = await runner.fetch(
        f"""
        SELECT candidate.peer_id FROM (
            SELECT DISTINCT stay.peer_id FROM membership AS stay
            WHERE stay.workspace_id = $1 AND stay.observe_others AND stay.peer_id <> $2
            UNION  -- who has had something written into its mind, without ever being anywhere
            SELECT peer.id FROM mind JOIN peer ON peer.id = mind.observer_id
            WHERE mind.observed_id = $2 AND peer.observe_others AND peer.id <> $2
        ) AS candidate
        WHERE EXISTS (
            SELECT FROM conclusion AS c WHERE c.observed_id = $2 AND {_SEEN_BY_CANDIDATE}
        )
        ORDER BY candidate.peer_id
        """,
        workspace_id,
        observed_id,
    )
    return [record["peer_id"] for record in records]


async def list_observed_ids(runner: Runner, workspace_id: UUID, observer_id: UUID) -> list[UUID]:
    """Returns the peers, other than itself, of whom a peer can see something concluded."""
    records = await runner.fetch(
        f"""
        SELECT peer.id FROM peer
        WHERE peer.workspace_id = $1 AND peer.id <> $2 AND EXISTS (
            SELECT FROM conclusion AS c
            WHERE c.observed_id = peer.id AND {see_conclusion("c", sessions="NULL")}
        )
        ORDER BY peer.id
        """,
        workspace_id,
        observer_id,
    )
    return [record["id"] for record in records]


async def list_witness_ids(runner: Runner, message_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Returns (message id, peer id) of everybody who witnessed the messages."""
    records = await runner.fetch(
        """
        SELECT DISTINCT message.id, stay.peer_id
        FROM message JOIN membership AS stay ON stay.session_id = message.session_id
         AND stay.from_sequence <= message.sequence
         AND (stay.to_sequence IS NULL OR stay.to_sequence > message.sequence)
        WHERE message.id = ANY ($1::uuid[]) ORDER BY message.id, stay.peer_id
        """,
        list(message_ids),
    )
    return [(record["id"], record["peer_id"]) for record in records]
