"""Rows by their global ids, many of a kind at a time."""

from collections.abc import Sequence
from uuid import UUID

from models.conclusion import ConclusionRow, list_conclusion_places
from models.message import MessageRow, find_messages
from models.peer import PeerRow, list_peers_by_id
from models.scope import ScopeRow, list_scopes_by_id
from models.session import SessionRow, list_sessions_by_id
from models.visibility import Vantage
from models.workspace import WorkspaceRow, list_workspaces_by_id
from resolvers.load import load_conclusions
from resolvers.services import Services


async def list_workspaces(services: Services, ids: Sequence[UUID]) -> list[WorkspaceRow]:
    return await list_workspaces_by_id(services.pool, list(ids))


async def list_peers(services: Services, ids: Sequence[UUID]) -> list[PeerRow]:
    return await list_peers_by_id(services.pool, list(ids))


async def list_sessions(services: Services, ids: Sequence[UUID]) -> list[SessionRow]:
    return await list_sessions_by_id(services.pool, list(ids))


async def list_messages(
    services: Services, ids: Sequence[UUID]
) -> list[tuple[MessageRow, Vantage]]:
    """Returns messages and the vantage each is read from: the global one."""
    rows = await find_messages(services.pool, list(ids))
    return [(row, Vantage(row.workspace_id)) for row in rows]


async def list_conclusions(
    services: Services, ids: Sequence[UUID]
) -> list[tuple[ConclusionRow, Vantage]]:
    """Returns conclusions and the vantage each is read from: its mind's own, else the global."""
    places = await list_conclusion_places(services.pool, ids)
    sightings = [(Vantage(*place), id_) for id_, place in places.items()]
    rows = await load_conclusions(services, sightings)
    return [
        (row, vantage) for row, (vantage, _) in zip(rows, sightings, strict=True) if row is not None
    ]


async def list_scopes(services: Services, ids: Sequence[UUID]) -> list[ScopeRow]:
    return await list_scopes_by_id(services.pool, list(ids))
