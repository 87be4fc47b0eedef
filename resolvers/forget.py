"""Forgetting: messages, sessions, peers, workspaces, conclusions, with all that rests on them."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg
import orjson

from core.errors import BadInput, Unavailable
from core.limits import PAGE_ROWS, check_range
from core.position import START, Position
from models import forget
from models.conclusion import list_conclusion_places
from models.database import Connection, transaction
from models.event import CURRENT_TRANSACTION, EventKind, add_event, get_newest_position
from models.forget import Forgotten
from models.message import find_messages
from models.peer import find_peer
from models.session import find_session
from models.work import DERIVE, LINK, SUMMARISE, add_work
from models.workspace import find_workspace
from resolvers.find import get_workspace
from resolvers.services import Services

_ATTEMPTS = 5


async def delete_messages(services: Services, ids: Sequence[UUID]) -> tuple[int, Position]:
    """Forgets messages of one workspace; what is gone, or out of sight, is not counted."""
    check_range("the number of ids", len(ids), least=1, most=PAGE_ROWS)
    found = await find_messages(services.pool, list(ids))
    rows = [row for row in found if services.sight.reaches(row.workspace_id)]
    if len({row.workspace_id for row in rows}) > 1:
        raise BadInput("the messages are of several workspaces; delete those of one at a time")
    if not rows:
        return 0, START
    workspace_id = rows[0].workspace_id

    async def run(connection: Connection) -> int:
        forgotten = await forget.forget_messages(connection, [row.id for row in rows])
        await _follow_up(connection, workspace_id, forgotten)
        return len(forgotten.places)

    return await _forget(services, workspace_id, run)


async def delete_session(services: Services, workspace: str, name: str) -> tuple[int, Position]:
    """Forgets a session and everything that rests on what was said in it."""
    workspace_id = (await get_workspace(services.pool, workspace)).id

    async def run(connection: Connection) -> int:
        session = await find_session(connection, workspace_id, name)
        if session is None:
            return 0
        observed_ids = await forget.forget_session(connection, session.id)
        await _tell_deleted(connection, workspace_id, session.id, sequences=None)
        await _follow_up(connection, workspace_id, Forgotten([], observed_ids, []))
        return 1

    return await _forget(services, workspace_id, run)


async def delete_peer(services: Services, workspace: str, name: str) -> tuple[int, Position]:
    """Forgets a peer, all it said, all that was concluded of it, and all it made of others."""
    workspace_id = (await get_workspace(services.pool, workspace)).id

    async def run(connection: Connection) -> int:
        peer = await find_peer(connection, workspace_id, name)
        if peer is None:
            return 0
        await _follow_up(connection, workspace_id, await forget.forget_peer(connection, peer.id))
        return 1

    return await _forget(services, workspace_id, run)


async def delete_workspace(services: Services, name: str) -> tuple[int, Position]:
    """Forgets a workspace and everything in it."""
    workspace = await find_workspace(services.pool, name)
    if workspace is None:
        return 0, START
    workspace_id = workspace.id

    async def run(connection: Connection) -> int:
        await forget.forget_workspace(connection, workspace_id)
        return 1

    return await _forget(services, workspace_id, run)


async def delete_conclusion(services: Services, id_: UUID) -> tuple[int, Position]:
    """Forgets a conclusion and what follows from it; the messages it cites stay."""
    place = (await list_conclusion_places(services.pool, [id_])).get(id_)
    if place is None or not services.sight.reaches(place[0]):
        return 0, START
    workspace_id = place[0]

    async def run(connection: Connection) -> int:
        observed_ids = await forget.forget_conclusions(connection, [id_])
        await _follow_up(connection, workspace_id, Forgotten([], observed_ids, []))
        return int(bool(observed_ids))

    return await _forget(services, workspace_id, run)


async def _forget(
    services: Services, workspace_id: UUID, run: Callable[[Connection], Awaitable[int]]
) -> tuple[int, Position]:
    """Runs it in one transaction; again, if it and another one waited for each other."""
    for _ in range(_ATTEMPTS):
        try:
            async with transaction(services.pool) as connection:
                await forget.hold_workspace(connection, workspace_id)
                count = await run(connection)
                position = await _get_position(connection, workspace_id, count)
        except asyncpg.DeadlockDetectedError:
            continue
        services.hints.notify(workspace_id)
        return count, position
    raise Unavailable("what is to be forgotten is being written to; try again")


async def _get_position(connection: Connection, workspace_id: UUID, count: int) -> Position:
    """Returns the position of what was forgotten; of nothing, where the workspace stands."""
    if not count:
        return await get_newest_position(connection, workspace_id)
    return Position(await connection.fetchval(f"SELECT {CURRENT_TRANSACTION}"))


async def _follow_up(connection: Connection, workspace_id: UUID, forgotten: Forgotten) -> None:
    """Tells what went, and has what is left derived and compared anew."""
    by_session = forgotten.list_by_session()
    for session_id, sequences in by_session.items():
        await _tell_deleted(connection, workspace_id, session_id, sequences=sequences)
    for peer_id in forgotten.observed_ids:
        await add_event(
            connection, workspace_id, kind=EventKind.REPRESENTATION_CHANGED, peer_id=peer_id
        )
    # In the order in which derivations hold them: their own item, then what is to be compared.
    await add_work(connection, workspace_id, DERIVE, sorted(by_session))
    await add_work(
        connection, workspace_id, LINK, await forget.list_unlinked_peers(connection, workspace_id)
    )
    await add_work(connection, workspace_id, SUMMARISE, forgotten.summarised_ids)


async def _tell_deleted(
    connection: Connection, workspace_id: UUID, session_id: UUID, *, sequences: list[int] | None
) -> None:
    await add_event(
        connection,
        workspace_id,
        kind=EventKind.MESSAGES_DELETED,
        session_id=session_id,
        data=orjson.dumps({"sequences": sequences}).decode(),
    )
