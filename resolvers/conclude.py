"""Conclusions and cards written by hand, into the mind of an observer or the global view."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from core.errors import BadInput
from core.ids import create_ids
from core.limits import CONCLUSIONS_PER_CALL, check_range, check_statement
from core.position import Position
from models import manual
from models.conclusion import ConclusionRow, Selection, list_conclusions_by_id
from models.database import Connection, transaction
from models.event import EventKind, add_event, get_newest_position
from models.evidence import NewConclusion
from models.forget import forget_conclusions, hold_workspace
from models.mind import get_mind
from models.peer import PeerRow
from models.session import SessionRow
from models.visibility import Vantage
from models.window import WindowRow
from models.work import EMBED_CONCLUSIONS, add_work
from representation.card import CARD_LINES, is_identity
from representation.claim import read_claim
from representation.statement import Level
from resolvers.card import CardValue, list_facts
from resolvers.conclusion import judge
from resolvers.find import get_peer, get_session, get_vantage, get_workspace
from resolvers.representation import holds_model
from resolvers.services import Services


async def create_conclusions(
    services: Services,
    workspace: str,
    observed: str,
    contents: Sequence[str],
    *,
    observer: str | None,
    session: str | None,
) -> tuple[list[ConclusionRow], Vantage, Position]:
    """Writes what was not written there before; returns one conclusion per content, in order."""
    check_range("the number of contents", len(contents), least=1, most=CONCLUSIONS_PER_CALL)
    for place, content in enumerate(contents):
        check_statement(f"contents[{place}]", content)
    peer, vantage = await _get_mind(services, workspace, observed, observer)
    room = None
    if session is not None:
        room = await get_session(services, peer.workspace_id, session)
    async with transaction(services.pool) as connection:
        await hold_workspace(connection, peer.workspace_id)
        ids, position = await _write(connection, vantage, peer, room, contents)
    services.hints.notify(peer.workspace_id)
    rows = await list_conclusions_by_id(services.pool, vantage, list(ids.values()))
    found = {row.id: row for row in await judge(services.pool, Selection(vantage), rows)}
    # One that was forgotten since is left out.
    written = [found[ids[content]] for content in contents if ids[content] in found]
    return written, vantage, position


async def set_card(
    services: Services, workspace: str, observed: str, lines: Sequence[str], *, observer: str | None
) -> tuple[CardValue, Position]:
    """Makes the lines the card; facts that are said later are added to them."""
    check_range("the number of lines", len(lines), least=0, most=CARD_LINES)
    for place, line in enumerate(lines):
        check_statement(f"lines[{place}]", line)
    peer, vantage = await _get_mind(services, workspace, observed, observer)
    wanted = list(dict.fromkeys(lines))
    current = await _read_card(services, vantage, peer)
    if current is not None and current.lines == wanted:
        return current, await get_newest_position(services.pool, peer.workspace_id)
    async with transaction(services.pool) as connection:
        await hold_workspace(connection, peer.workspace_id)
        mind_id = await get_mind(connection, peer.workspace_id, vantage.observer_id, peer.id)
        await forget_conclusions(connection, await manual.list_card_lines(connection, mind_id))
        await manual.set_card(connection, mind_id)
        new = await _create(connection, peer, wanted, mind_id=mind_id, is_card_line=True)
        await manual.write_manual(connection, peer.workspace_id, new)
        for kind in (EventKind.REPRESENTATION_CHANGED, EventKind.CARD_CHANGED):
            position = await add_event(connection, peer.workspace_id, kind=kind, peer_id=peer.id)
        await _have_indexed(connection, peer, position)
        updated_at = await manual.get_time(connection)
    services.hints.notify(peer.workspace_id)
    return CardValue(vantage.observer_id, peer.id, wanted, updated_at), position


async def _get_mind(
    services: Services, workspace: str, observed: str, observer: str | None
) -> tuple[PeerRow, Vantage]:
    """Returns whom it is about, and through whose eyes; raises BadInput if these see nobody."""
    workspace_id = (await get_workspace(services.pool, workspace)).id
    peer = await get_peer(services, workspace_id, observed)
    vantage = await get_vantage(services, workspace_id, observer=observer)
    if not await holds_model(services, vantage, peer.id):
        raise BadInput(
            f'peer "{observer}" does not observe others, so it holds no model of "{observed}"'
        )
    return peer, vantage


async def _write(
    connection: Connection,
    vantage: Vantage,
    peer: PeerRow,
    room: SessionRow | None,
    contents: Sequence[str],
) -> tuple[dict[str, UUID], Position]:
    """Writes the contents that are not there; returns the ids of all of them."""
    mind_id = None
    if room is None or vantage.observer_id is not None:
        mind_id = await get_mind(connection, peer.workspace_id, vantage.observer_id, peer.id)
    known = await manual.list_manual(
        connection,
        observed_id=peer.id,
        mind_id=mind_id,
        session_id=room.id if room else None,
        contents=contents,
    )
    ids = {content: row.id for content, row in known.items()}
    missing = [content for content in dict.fromkeys(contents) if content not in ids]
    if not missing:
        return ids, await get_newest_position(connection, peer.workspace_id)
    windows = await _list_windows(connection, vantage, peer, room) if room else []
    new = await _create(connection, peer, missing, mind_id=mind_id)
    await manual.write_manual(connection, peer.workspace_id, new, windows)
    position = await add_event(
        connection,
        peer.workspace_id,
        kind=EventKind.REPRESENTATION_CHANGED,
        session_id=room.id if room else None,
        peer_id=peer.id,
        data=orjson.dumps({"conclusions": [str(each.id) for each in new]}).decode(),
    )
    await _have_indexed(connection, peer, position)
    return ids | {each.content: each.id for each in new}, position


async def _have_indexed(connection: Connection, peer: PeerRow, position: Position) -> None:
    await add_work(
        connection,
        peer.workspace_id,
        EMBED_CONCLUSIONS,
        [peer.id],
        transaction=position.transaction,
    )


async def _list_windows(
    connection: Connection, vantage: Vantage, peer: PeerRow, room: SessionRow
) -> list[WindowRow]:
    windows = await manual.list_witnessed_windows(connection, vantage, room.id, observed_id=peer.id)
    if not windows:
        raise BadInput(
            f'nothing was said in session "{room.name}" that it could rest on; leave session out'
        )
    return windows


async def _create(
    connection: Connection,
    peer: PeerRow,
    contents: Sequence[str],
    *,
    mind_id: UUID | None,
    is_card_line: bool = False,
) -> list[NewConclusion]:
    """Makes conclusions; of lines of a card the first is the newest, so that they stay in order."""
    now = await manual.get_time(connection)
    ids = create_ids(len(contents))
    if is_card_line:
        ids.reverse()
    claims = [read_claim(peer.name, content) for content in contents]
    return [
        NewConclusion(
            id=id_,
            observed_id=peer.id,
            mind_id=mind_id,
            content=content,
            level=Level.EXPLICIT.value,
            gist=claim.gist,
            topic=claim.topic,
            value=claim.value,
            is_change=claim.is_change,
            is_identity=is_card_line or is_identity(claim),
            is_manual=True,
            is_card_line=is_card_line,
            said_at=now,
            dated_at=now,
            message_ids=(),
        )
        for id_, content, claim in zip(ids, contents, claims, strict=True)
    ]


async def _read_card(services: Services, vantage: Vantage, peer: PeerRow) -> CardValue | None:
    """Reads a card as it is, if it was set by hand."""
    start = await manual.find_card_start(services.pool, vantage, peer.id)
    if start is None:
        return None
    rows = await list_facts(services, Selection(vantage, [peer.id]))
    updated_at = max((row.recorded_at for row in rows), default=start)
    return CardValue(vantage.observer_id, peer.id, [row.content for row in rows], updated_at)
