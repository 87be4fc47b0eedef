"""Things by name, or NOT_FOUND with a message that says what was looked for."""

from collections.abc import Sequence
from uuid import UUID

from core.errors import NotFound
from core.limits import check_name
from models.database import Runner
from models.peer import PeerRow, find_peer
from models.scope import ScopeRow, find_scope, list_scope_session_ids
from models.session import SessionRow, find_session, find_sessions
from models.visibility import Vantage
from models.workspace import WorkspaceRow, find_workspace


async def get_workspace(runner: Runner, name: str) -> WorkspaceRow:
    workspace = await find_workspace(runner, check_name("workspace name", name))
    if workspace is None:
        raise NotFound(f'workspace "{name}" does not exist')
    return workspace


async def get_peer(runner: Runner, workspace_id: UUID, name: str) -> PeerRow:
    peer = await find_peer(runner, workspace_id, check_name("peer name", name))
    if peer is None:
        raise NotFound(f'peer "{name}" does not exist in this workspace')
    return peer


async def get_session(runner: Runner, workspace_id: UUID, name: str) -> SessionRow:
    session = await find_session(runner, workspace_id, check_name("session name", name))
    if session is None:
        raise NotFound(f'session "{name}" does not exist in this workspace')
    return session


async def get_scope(runner: Runner, workspace_id: UUID, name: str) -> ScopeRow:
    scope = await find_scope(runner, workspace_id, name)
    if scope is None:
        raise NotFound(f'scope "{name}" does not exist in this workspace')
    return scope


async def get_vantage(
    runner: Runner,
    workspace_id: UUID,
    *,
    observer: str | None,
    scope: str | None = None,
    sessions: Sequence[str] | None = None,
) -> Vantage:
    """Turns names into a vantage: no observer is the global view, no sessions are all of them.

    With a scope and sessions, only what is in both.
    """
    observer_id = None
    if observer is not None:
        observer_id = (await get_peer(runner, workspace_id, observer)).id
    named = None if sessions is None else await list_session_ids(runner, workspace_id, sessions)
    scoped = None if scope is None else await _list_scope_ids(runner, workspace_id, scope)
    return Vantage(workspace_id, observer_id, _intersect(named, scoped))


async def list_session_ids(
    runner: Runner, workspace_id: UUID, names: Sequence[str]
) -> frozenset[UUID]:
    found = {row.name: row.id for row in await find_sessions(runner, workspace_id, names)}
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
