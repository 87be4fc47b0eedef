"""Sessions: reading, creating, joining, leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from core.configuration import Changes, Configuration, resolve, to_stored
from core.errors import BadInput, NotFound
from core.limits import SESSION_PEERS_PER_CALL, check_metadata, check_name
from models import session as sessions
from models.database import Connection, transaction
from models.filter import ANYTHING, Condition
from models.membership import Joining, join_session, leave_session, list_memberships
from models.peer import find_peers, lock_peers
from models.session import SessionRow
from models.sight import Sight
from models.visibility import sees_session
from models.workspace import WorkspaceRow
from resolvers.find import find_seen_session, get_workspace
from resolvers.nested import PlacesAsked
from resolvers.page import Page, PageRequest, get_page, to_slice
from resolvers.services import Services

LIST = "session"
"""What cursors of sessions are marked with."""


@dataclass(frozen=True, slots=True)
class Member:
    """A peer that is to join, and how; None: the peer's own setting, or as it already is there."""

    name: str
    observe_me: bool | None = None
    observe_others: bool | None = None


async def find_session(services: Services, workspace_id: UUID, name: str) -> SessionRow | None:
    return await find_seen_session(services, workspace_id, name)


async def list_sessions(
    services: Services,
    workspace_id: UUID,
    request: PageRequest,
    *,
    is_newest_first: bool,
    condition: Condition = ANYTHING,
) -> Page[SessionRow]:
    return await get_page(
        request,
        LIST,
        lambda page: sessions.list_sessions(
            services.pool, workspace_id, page, condition, sight=services.sight
        ),
        is_descending=is_newest_first,
    )


async def count_sessions(
    services: Services, workspace_id: UUID, condition: Condition = ANYTHING
) -> int:
    return await sessions.count_sessions(
        services.pool, workspace_id, condition, sight=services.sight
    )


def to_places_asked(request: PageRequest, *, is_in: bool | None) -> PlacesAsked:
    """Says which sessions a page holds of those that a peer was in, or is (not) in now."""
    return PlacesAsked(is_in, to_slice(request, LIST))


def get_configuration(workspace: WorkspaceRow, session: SessionRow) -> Configuration:
    """Returns what is in effect for the next messages of a session of the workspace."""
    return resolve(orjson.loads(workspace.configuration), orjson.loads(session.configuration))


async def create_session(
    services: Services,
    workspace: str,
    name: str,
    *,
    metadata: Any,
    configuration: Changes,
    members: Sequence[Member],
) -> tuple[SessionRow, bool]:
    """Gets or creates, and lets the members in; the rest is only set on a new one."""
    check_name("session name", name)
    stored = check_metadata("metadata", metadata)
    joinings = _check_members(members)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    async with transaction(services.pool) as connection:
        peers = await lock_peers(connection, workspace_id, list(joinings))
        session, is_new = await sessions.lock_session(
            connection,
            workspace_id,
            name,
            metadata=stored,
            configuration=to_stored("{}", configuration),
        )
        session = await join_session(connection, session, peers, joinings)
    services.hints.notify(workspace_id)
    return session, is_new


async def update_session(
    services: Services,
    workspace: str,
    name: str,
    *,
    metadata: Any,
    configuration: Changes,
    is_active: bool | None,
) -> SessionRow:
    """Changes what is given; the configuration takes effect from the next message on."""
    stored = None if metadata is None else check_metadata("metadata", metadata)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    async with transaction(services.pool) as connection:
        session = await sessions.lock_existing_session(connection, workspace_id, name)
        changed = session and await sessions.update_session(
            connection,
            session.id,
            metadata=stored,
            configuration=to_stored(session.configuration, configuration),
            is_active=is_active,
        )
    if changed is None:
        raise NotFound(f'session "{name}" does not exist in this workspace')
    return changed


async def join(
    services: Services, workspace: str, name: str, *, members: Sequence[Member]
) -> SessionRow:
    """Lets peers into a session, creating those that are missing."""
    check_name("session name", name)
    joinings = _check_members(members)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    async with transaction(services.pool) as connection:
        if services.sight.peer_id is not None:
            found = await find_peers(connection, workspace_id, list(joinings))
            _check_all_found(list(joinings), {peer.name for peer in found})
        peers = await lock_peers(connection, workspace_id, list(joinings))
        session = await sessions.lock_existing_session(connection, workspace_id, name)
        if session is None or not await _may_let_in(connection, services.sight, session):
            raise NotFound(f'session "{name}" does not exist in this workspace')
        session = await join_session(connection, session, peers, joinings)
    services.hints.notify(workspace_id)
    return session


async def _may_let_in(connection: Connection, sight: Sight, session: SessionRow) -> bool:
    """Tells whether the caller may let others into a locked session: a peer, if it is in itself."""
    if sight.peer_id is None:
        return True
    stays = await list_memberships(connection, [session.id], active=True)
    return any(stay.peer_id == sight.peer_id for stay in stays)


async def leave(
    services: Services, workspace: str, name: str, *, peer_names: Sequence[str]
) -> SessionRow:
    """Ends the stays of peers in a session; who is not in it stays out."""
    check_name("session name", name)
    for peer_name in peer_names:
        check_name("peer name", peer_name)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    async with transaction(services.pool) as connection:
        peers = await find_peers(connection, workspace_id, peer_names)
        _check_all_found(peer_names, {peer.name for peer in peers})
        session = await sessions.lock_existing_session(connection, workspace_id, name)
        if session is None or not await sees_session(
            connection, services.sight, workspace_id, session.id
        ):
            raise NotFound(f'session "{name}" does not exist in this workspace')
        session = await leave_session(connection, session, [peer.id for peer in peers])
    services.hints.notify(workspace_id)
    return session


def _check_members(members: Sequence[Member]) -> dict[str, Joining]:
    if len(members) > SESSION_PEERS_PER_CALL:
        raise BadInput(f"peers has {len(members)} entries, at most {SESSION_PEERS_PER_CALL}")
    joinings: dict[str, Joining] = {}
    for member in members:
        check_name("peer name", member.name)
        if member.name in joinings:
            raise BadInput(f'peer "{member.name}" is listed twice; list each once')
        joinings[member.name] = Joining(member.observe_me, member.observe_others)
    return joinings


def _check_all_found(asked: Sequence[str], found: set[str]) -> None:
    missing = [name for name in asked if name not in found]
    if missing:
        raise NotFound(f'peer "{missing[0]}" does not exist in this workspace')
