"""Rows by their global id."""

from uuid import UUID

from models.conclusion import ConclusionRow, Selection, find_conclusion_place
from models.message import MessageRow, find_messages
from models.peer import PeerRow, list_peers_by_id
from models.scope import ScopeRow, list_scopes_by_id
from models.session import SessionRow, list_sessions_by_id
from models.visibility import Vantage
from models.workspace import WorkspaceRow, list_workspaces_by_id
from resolvers.conclusion import find_known
from resolvers.services import Services


async def find_workspace(services: Services, id_: UUID) -> WorkspaceRow | None:
    return next(iter(await list_workspaces_by_id(services.pool, [id_])), None)


async def find_peer(services: Services, id_: UUID) -> PeerRow | None:
    return next(iter(await list_peers_by_id(services.pool, [id_])), None)


async def find_session(services: Services, id_: UUID) -> SessionRow | None:
    return next(iter(await list_sessions_by_id(services.pool, [id_])), None)


async def find_message(services: Services, id_: UUID) -> tuple[MessageRow, Vantage] | None:
    """Finds a message and the vantage it is read from: the global one."""
    row = next(iter(await find_messages(services.pool, [id_])), None)
    return (row, Vantage(row.workspace_id)) if row else None


async def find_conclusion(services: Services, id_: UUID) -> tuple[ConclusionRow, Vantage] | None:
    """Finds a conclusion and the vantage it is read from: its mind's own, else the global one."""
    place = await find_conclusion_place(services.pool, id_)
    if place is None:
        return None
    vantage = Vantage(*place)
    row = await find_known(services, Selection(vantage), id_)
    return (row, vantage) if row else None


async def find_scope(services: Services, id_: UUID) -> ScopeRow | None:
    return next(iter(await list_scopes_by_id(services.pool, [id_])), None)
