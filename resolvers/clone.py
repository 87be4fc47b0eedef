"""Cloning a session within its workspace."""

from uuid import UUID

import orjson

from core.errors import BadInput, Conflict, NotFound
from core.limits import CLONE_MESSAGES, check_name, check_range
from models import clone
from models.database import Connection, transaction
from models.event import EventKind, add_event, add_events
from models.forget import hold_workspace
from models.session import SessionRow, lock_existing_session
from models.work import DERIVE, EMBED, add_work
from resolvers.find import get_workspace
from resolvers.services import Services


async def clone_session(
    services: Services, workspace: str, session: str, name: str, *, through_sequence: int | None
) -> tuple[SessionRow, bool]:
    """Copies a session, or its beginning; finds the copy if it was made before."""
    check_name("session name", session)
    check_name("name", name)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    async with transaction(services.pool) as connection:
        await hold_workspace(connection, workspace_id)
        origin = await _lock_origin(connection, workspace_id, session, through_sequence)
        copy = await clone.create_clone(connection, origin, name, asked_sequence=through_sequence)
        if copy is None:
            return await _find_copy(connection, origin, name, through_sequence), False
        copy = await _fill(connection, origin, copy, through_sequence)
    services.hints.notify(workspace_id)
    services.wake_ups.wake(DERIVE, copy.id)
    return copy, True


async def _lock_origin(
    connection: Connection, workspace_id: UUID, name: str, through_sequence: int | None
) -> SessionRow:
    """Holds the session against writers; raises if it is not there or cannot be copied."""
    origin = await lock_existing_session(connection, workspace_id, name)
    if origin is None:
        raise NotFound(f'session "{name}" does not exist in this workspace')
    through = origin.last_sequence
    if through_sequence is not None:
        through = check_range("throughSequence", through_sequence, least=0, most=through)
    count = await clone.count_messages(connection, origin.id, through=through)
    if count > CLONE_MESSAGES:
        raise BadInput(
            f'session "{name}" has {count} messages to clone, at most {CLONE_MESSAGES};'
            " give a smaller throughSequence"
        )
    return origin


async def _find_copy(
    connection: Connection, origin: SessionRow, name: str, through_sequence: int | None
) -> SessionRow:
    copy = await clone.find_clone(connection, origin, name, asked_sequence=through_sequence)
    if copy is None:
        raise Conflict(f'session "{name}" exists, and is not this clone of "{origin.name}"')
    return copy


async def _fill(
    connection: Connection, origin: SessionRow, copy: SessionRow, through_sequence: int | None
) -> SessionRow:
    through = origin.last_sequence if through_sequence is None else through_sequence
    copy = await clone.copy_messages(connection, origin, copy, through=through)
    members = await clone.copy_stays(connection, origin, copy, asked_sequence=through_sequence)
    await add_events(
        connection,
        copy.workspace_id,
        kind=EventKind.PEER_JOINED,
        session_id=copy.id,
        peers=[
            (peer_id, orjson.dumps({"fromSequence": sequence}).decode())
            for peer_id, sequence in members
        ],
    )
    if through:
        await add_event(
            connection,
            copy.workspace_id,
            kind=EventKind.MESSAGES_ADDED,
            session_id=copy.id,
            data=orjson.dumps({"firstSequence": 1, "lastSequence": through}).decode(),
        )
        for kind in (DERIVE, EMBED):
            await add_work(connection, copy.workspace_id, kind, [copy.id])
    return copy
