"""Things by name, or NOT_FOUND with a message that says what was looked for."""

from collections.abc import Sequence
from uuid import UUID

from core.errors import NotFound
from core.limits import check_name
from models.database import Runner
from models.peer import PeerRow, find_peer
from models.scope import ScopeRow, find_scope, list_scope_session_ids
from models.session import SessionRow, find_session, find_sessions
from models.visibility import Vantage, sees_peer, sees_session
from models.workspace import WorkspaceRow, find_workspace
from resolvers.access import check_observer
from resolvers.services import Services


async def get_workspace(runner: Runner, name: str) -> WorkspaceRow:
    workspace = await find_workspace(runner, check_name("workspace name", name))
    if workspace is None:
        raise NotFound(f'workspace "{name}" does not exist')
    return workspace


async def find_seen_peer(services: Services, workspace_id: UUID, name: str) -> PeerRow | None:
    """Finds a peer, if the caller's sight has it."""
    pool, sight = services.pool, services.sight
    peer = await find_peer(pool, workspace_id, check_name("peer name", name))
    if peer is None or not await sees_peer(pool, sight, workspace_id, peer.id):
        return None
    return peer


async def get_peer(services: Services, workspace_id: UUID, name: str) -> PeerRow:
    peer = await find_seen_peer(services, workspace_id, name)
    if peer is None:
        raise NotFound(f'peer "{name}" does not exist in this workspace')
    return peer


async def find_seen_session(services: Services, workspace_id: UUID, name: str) -> SessionRow | None:
    """Finds a session, if the caller's sight has it."""
    pool, sight = services.pool, services.sight
    session = await find_session(pool, workspace_id, check_name("session name", name))
    if session is None or not await sees_session(pool, sight, workspace_id, session.id):
        return None
    return session


async def get_session(services: Services, workspace_id: UUID, name: str) -> SessionRow:
    session = await find_seen_session(services, workspace_id, name)
    if session is None:
        raise NotFound(f'session "{name}" does not exist in this workspace')
    return session


async def get_scope(runner: Runner, workspace_id: UUID, name: str) -> ScopeRow:
    scope = await find_scope(runner, workspace_id, name)
    if scope is None:
        raise NotFound(f'scope "{name}" does not exist in this workspace')
    return scope


async def get_vantage(
    services: Services,
    workspace_id: UUID,
    *,
    observer: str | None,
    scope: str | None = None,
    sessions: Sequence[str] | None = None,
) -> Vantage:
    """Turns names into a vantage: no observer is the global view, no sessions are all of them.

    With a scope and sessions, only what is in both. A caller with a sight of its own never gets
    beyond it: every reading passes through here.
    """
    sight = services.sight
    check_observer(sight, observer)
    observer_id = None
    if observer is not None:
        observer_id = (await get_peer(services, workspace_id, observer)).id
    named = None if sessions is None else await list_session_ids(services, workspace_id, sessions)
    scoped = None if scope is None else await _list_scope_ids(services.pool, workspace_id, scope)
    own = None if sight.session_id is None else frozenset((sight.session_id,))
    return Vantage(workspace_id, observer_id, _intersect(named, scoped, own))


async def list_session_ids(
    services: Services, workspace_id: UUID, names: Sequence[str]
) -> frozenset[UUID]:
    rows = await find_sessions(services.pool, workspace_id, names, sight=services.sight)
    found = {row.name: row.id for row in rows}
    for name in names:
        if name not in found:
            raise NotFound(f'session "{name}" does not exist in this workspace')
    return frozenset(found.values())


async def _list_scope_ids(runner: Runner, workspace_id: UUID, name: str) -> frozenset[UUID]:
    scope = await get_scope(runner, workspace_id, name)
    return frozenset(await list_scope_session_ids(runner, scope.id))


def _intersect(*parts: frozenset[UUID] | None) -> tuple[UUID, ...] | None:
    """What is in all parts; None stands for everything."""
    given = [part for part in parts if part is not None]
    return tuple(sorted(frozenset.intersection(*given))) if given else None
