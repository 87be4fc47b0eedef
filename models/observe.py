"""Who holds a model of whom, and who witnessed what."""

from collections.abc import Sequence
from uuid import UUID

from models.database import Runner
from models.visibility import see_conclusion

_SEEN_BY_CANDIDATE = see_conclusion("c", observer="candidate.peer_id", sessions="NULL")
_SEEN_BY_OBSERVER = see_conclusion("c", observer="observer.id", sessions="NULL")


async def list_observer_ids(
    runner: Runner, workspace_id: UUID, observed_ids: list[UUID]
) -> list[tuple[UUID, UUID]]:
    """Returns (observed id, peer id) of the others that can see something concluded of them."""
    records = await runner.fetch(
        f"""
        SELECT observed.id, candidate.peer_id
        FROM unnest($2::uuid[]) AS observed(id) CROSS JOIN LATERAL (
            SELECT DISTINCT stay.peer_id FROM membership AS stay
            WHERE stay.workspace_id = $1 AND stay.observe_others AND stay.peer_id <> observed.id
            UNION  -- who has had something written into its mind, without ever being anywhere
            SELECT peer.id FROM mind JOIN peer ON peer.id = mind.observer_id
            WHERE mind.observed_id = observed.id AND peer.observe_others
              AND peer.id <> observed.id
        ) AS candidate
        WHERE EXISTS (
            SELECT FROM conclusion AS c
            WHERE c.observed_id = observed.id AND {_SEEN_BY_CANDIDATE}
        )
        ORDER BY observed.id, candidate.peer_id
        """,
        workspace_id,
        observed_ids,
    )
    return [(record["id"], record["peer_id"]) for record in records]


async def list_observed_ids(
    runner: Runner, workspace_id: UUID, observer_ids: list[UUID]
) -> list[tuple[UUID, UUID]]:
    """Returns (observer id, peer id) of the others of whom they can see something concluded.

    Of those alone that hold models of others: by their setting, or in some session.
    """
    records = await runner.fetch(
        f"""
        SELECT observer.id, peer.id AS peer_id
        FROM peer AS observer JOIN peer ON peer.workspace_id = $1 AND peer.id <> observer.id
        WHERE observer.id = ANY ($2::uuid[]) AND (observer.observe_others OR EXISTS (
            SELECT FROM membership AS stay
            WHERE stay.workspace_id = $1 AND stay.peer_id = observer.id AND stay.observe_others))
          AND EXISTS (
            SELECT FROM conclusion AS c WHERE c.observed_id = peer.id AND {_SEEN_BY_OBSERVER}
        )
        ORDER BY observer.id, peer.id
        """,
        workspace_id,
        observer_ids,
    )
    return [(record["id"], record["peer_id"]) for record in records]


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
