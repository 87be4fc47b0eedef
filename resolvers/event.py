"""Following everything that happens in a workspace, and how far its derivation is."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from core.position import Position
from models.event import EventKind, EventRow, get_newest_event, list_events
from models.work import DerivationRow, get_derivation
from resolvers.find import get_peer, get_session, get_workspace
from resolvers.live import EVENTS_PER_READ, Trail
from resolvers.services import Services

# What the server tells itself, of no use to clients.
_INTERNAL = frozenset((EventKind.SCOPE_CHANGED,))


async def follow_events(
    services: Services,
    workspace: str,
    *,
    after: str | None,
    kinds: Sequence[EventKind] | None,
    session: str | None,
    peer: str | None,
    trail: Trail,
) -> AsyncGenerator[EventRow, None]:
    """Yields events in the order of commits: first those after a position, then each as it comes.

    Only of these kinds, of this session, of this peer, where that is given; no kinds: nothing.
    """
    after = trail.after or after
    since = None if after is None else Position.parse(after)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    session_id = peer_id = None
    if session is not None:
        session_id = (await get_session(services, workspace_id, session)).id
    if peer is not None:
        peer_id = (await get_peer(services, workspace_id, peer)).id

    def concerns(event: EventRow) -> bool:
        return (
            event.kind not in _INTERNAL
            and (kinds is None or event.kind in kinds)
            and (session_id is None or event.session_id == session_id)
            and (peer_id is None or event.peer_id == peer_id)
        )

    async with services.tails.follow(workspace_id, concerns, trail) as follower:
        if isinstance(trail.start, Position):
            since = trail.start
        elif since is None:
            since = await get_newest_event(services.pool, workspace_id)
        while True:
            events, _ = await list_events(
                services.pool, workspace_id, after=since, limit=EVENTS_PER_READ
            )
            for event in events:
                since = event.position
                if concerns(event):
                    trail.move(since, since)
                    yield event
            if len(events) == EVENTS_PER_READ:
                continue
            follower.passed = since
            if not await follower.wait(since):
                return
            since = follower.passed


async def follow_derivation(
    services: Services, workspace: str, *, trail: Trail
) -> AsyncGenerator[tuple[UUID, DerivationRow], None]:
    """Yields how far derivation is: now, and whenever it has moved. Not every step is told."""
    workspace_id = (await get_workspace(services.pool, workspace)).id
    with services.hints.listen(workspace_id) as listener:
        told = trail.start
        while True:
            row = await get_derivation(services.pool, workspace_id)
            counts = (workspace_id, row.pending, row.leased, row.retrying, row.dead, row.done)
            if counts != told:
                told = counts
                trail.move(told)
                yield workspace_id, row
            trail.rest(told)
            await listener.wait(timeout_s=services.settings.poll_s)
