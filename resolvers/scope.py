"""Scopes: reading, creating, changing, deleting."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from core.errors import BadInput, NotFound
from core.limits import check_metadata, check_name
from core.position import Position
from models import scope as scopes
from models.database import Connection, Slice, transaction
from models.event import EventKind, add_event
from models.scope import ScopeRow
from resolvers.find import get_scope, get_workspace, list_session_ids
from resolvers.page import Page, PageRequest, get_page, to_slice
from resolvers.services import Services
from resolvers.session import LIST as SESSIONS

LIST = "scopes"


async def find_scope(services: Services, workspace_id: UUID, name: str) -> ScopeRow | None:
    return await scopes.find_scope(services.pool, workspace_id, name)


async def list_scopes(
    services: Services, workspace_id: UUID, request: PageRequest
) -> Page[ScopeRow]:
    return await get_page(
        request, LIST, lambda page: scopes.list_scopes(services.pool, workspace_id, page)
    )


async def count_scopes(services: Services, workspace_id: UUID) -> int:
    return await scopes.count_scopes(services.pool, workspace_id)


async def create_scope(
    services: Services, workspace: str, name: str, *, metadata: Any, sessions: Sequence[str]
) -> tuple[ScopeRow, bool, Position]:
    """Gets or creates; metadata and sessions are only set on a new one."""
    check_name("scope name", name)
    stored = check_metadata("metadata", metadata)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    session_ids = await list_session_ids(services, workspace_id, sessions)
    async with transaction(services.pool) as connection:
        scope, is_new = await scopes.lock_scope(connection, workspace_id, name, metadata=stored)
        if is_new:
            await _change(connection, scope, None, session_ids, ())
        position = await _tell(connection, workspace_id)
    services.hints.notify(workspace_id)
    return scope, is_new, position


async def update_scope(
    services: Services,
    workspace: str,
    name: str,
    *,
    metadata: Any,
    added: Sequence[str],
    removed: Sequence[str],
) -> tuple[ScopeRow, Position]:
    """Changes what is given; it takes effect at the next read."""
    both = set(added) & set(removed)
    if both:
        raise BadInput(f'session "{min(both)}" is both added and removed; decide')
    stored = None if metadata is None else check_metadata("metadata", metadata)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    scope = await get_scope(services.pool, workspace_id, name)
    added_ids = await list_session_ids(services, workspace_id, added)
    removed_ids = await list_session_ids(services, workspace_id, removed)
    async with transaction(services.pool) as connection:
        scope = await _change(connection, scope, stored, added_ids, removed_ids)
        position = await _tell(connection, workspace_id)
    services.hints.notify(workspace_id)
    return scope, position


async def delete_scope(services: Services, workspace: str, name: str) -> tuple[int, Position]:
    """Deletes the name, not the sessions; returns how many there were, 0 or 1."""
    workspace_id = (await get_workspace(services.pool, workspace)).id
    scope = await scopes.find_scope(services.pool, workspace_id, name)
    async with transaction(services.pool) as connection:
        deleted = scope is not None and await scopes.delete_scope(connection, scope.id)
        position = await _tell(connection, workspace_id)
    services.hints.notify(workspace_id)
    return int(deleted), position


def to_sessions_asked(request: PageRequest) -> Slice:
    """Says which sessions of a scope a page holds."""
    return to_slice(request, SESSIONS)


async def _change(
    connection: Connection,
    scope: ScopeRow,
    metadata: str | None,
    added: Collection[UUID],
    removed: Collection[UUID],
) -> ScopeRow:
    changed = await scopes.change_scope(
        connection, scope.id, metadata=metadata, added=added, removed=removed
    )
    if changed is None:
        raise NotFound(f'scope "{scope.name}" was deleted meanwhile')
    return changed


async def _tell(connection: Connection, workspace_id: UUID) -> Position:
    """Wakes who reads under a scope."""
    return await add_event(connection, workspace_id, kind=EventKind.SCOPE_CHANGED)
