"""Rows by their global ids, many of a kind at a time, as far as the caller's sight has them."""

from collections.abc import Sequence
from uuid import UUID

from models.conclusion import ConclusionRow, list_conclusion_places
from models.message import MessageRow, find_messages, list_visible_messages
from models.peer import PeerRow, list_peers_by_id
from models.scope import ScopeRow, list_scopes_by_id
from models.session import SessionRow, list_sessions_by_id
from models.sight import Sight
from models.visibility import Vantage, list_seen_peers, list_seen_sessions
from models.workspace import WorkspaceRow, list_workspaces_by_id
from resolvers.access import get_own_vantage
from resolvers.load import load_conclusions
from resolvers.services import Services


async def list_workspaces(services: Services, ids: Sequence[UUID]) -> list[WorkspaceRow]:
    return await list_workspaces_by_id(
        services.pool, [id_ for id_ in ids if services.sight.reaches(id_)]
    )


async def list_peers(services: Services, ids: Sequence[UUID]) -> list[PeerRow]:
    seen = await list_seen_peers(services.pool, services.sight, ids)
    return await list_peers_by_id(services.pool, seen)


async def list_sessions(services: Services, ids: Sequence[UUID]) -> list[SessionRow]:
    seen = await list_seen_sessions(services.pool, services.sight, ids)
    return await list_sessions_by_id(services.pool, seen)


async def list_messages(
    services: Services, ids: Sequence[UUID]
) -> list[tuple[MessageRow, Vantage]]:
    """Returns messages and the vantage each is read from: the widest that the caller has."""
    sight = services.sight
    found = [
        (row, get_own_vantage(sight, row.workspace_id))
        for row in await find_messages(services.pool, list(ids))
        if sight.reaches(row.workspace_id)
    ]
    if not found or not sight.is_narrow:
        return found
    # Such a sight has one workspace, and so one vantage.
    _, vantage = found[0]
    seen = await list_visible_messages(services.pool, vantage, ids)
    return [(row, vantage) for row, _ in found if row.id in seen]


async def list_conclusions(
    services: Services, ids: Sequence[UUID]
) -> list[tuple[ConclusionRow, Vantage]]:
    """Returns conclusions and the vantage each is read from.

    That is the widest that the caller has, or of what a mind made that mind's own.
    """
    places = await list_conclusion_places(services.pool, ids)
    sightings = [
        (_get_vantage(services.sight, workspace_id, observer_id), id_)
        for id_, (workspace_id, observer_id) in places.items()
        if services.sight.reaches(workspace_id)
    ]
    rows = await load_conclusions(services, sightings)
    return [
        (row, vantage) for row, (vantage, _) in zip(rows, sightings, strict=True) if row is not None
    ]


async def list_scopes(services: Services, ids: Sequence[UUID]) -> list[ScopeRow]:
    sight = services.sight
    if sight.is_narrow:
        return []
    rows = await list_scopes_by_id(services.pool, list(ids))
    return [row for row in rows if sight.reaches(row.workspace_id)]


def _get_vantage(sight: Sight, workspace_id: UUID, observer_id: UUID | None) -> Vantage:
    own = get_own_vantage(sight, workspace_id)
    return Vantage(workspace_id, own.observer_id or observer_id, own.session_ids)
