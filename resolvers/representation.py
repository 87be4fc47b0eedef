"""Representations: what is concluded of a peer, as one vantage sees it, now and as it changes."""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.errors import BadInput
from core.limits import CONCLUSIONS, CONTEXT_TOKENS, check_query, check_range
from core.position import Position
from models.conclusion import ConclusionRow, Selection
from models.event import EventKind, EventRow
from models.peer import PeerRow, list_peers_by_id
from models.visibility import Vantage, observes_others
from representation.text import Known, write_representation
from resolvers.card import list_card
from resolvers.conclusion import keep_standing, list_standing, select
from resolvers.find import get_peer, get_vantage, get_workspace
from resolvers.live import Trail
from resolvers.search import rank_conclusions, seek
from resolvers.services import Services
from resolvers.wait import wait_for_position


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose view of whom is read, from where, as of when, and how much of it."""

    observed: PeerRow
    observer: str | None = None
    scope: str | None = None
    sessions: Sequence[str] | None = None
    as_of: datetime | None = None
    query: str | None = None
    levels: Sequence[str] | None = None
    max_conclusions: int = 25
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class RepresentationValue:
    """What a vantage makes of a peer."""

    vantage: Vantage
    observed_id: UUID
    observes: bool
    conclusions: list[ConclusionRow]
    card: list[ConclusionRow]
    text: str
    token_count: int
    position: Position


@dataclass(frozen=True, slots=True)
class RepresentationChange:
    """A representation and what is new in it."""

    is_snapshot: bool
    representation: RepresentationValue
    added: list[ConclusionRow]
    retired: list[UUID]


def check_reading(reading: Reading) -> Reading:
    """Returns the reading; raises BadInput if it asks for what no reading gives."""
    check_range("maxConclusions", reading.max_conclusions, least=0, most=CONCLUSIONS)
    if reading.tokens is not None:
        check_range("tokens", reading.tokens, least=0, most=CONTEXT_TOKENS)
    if reading.query is not None:
        check_query(reading.query)
    return reading


async def get_representation(
    services: Services,
    reading: Reading,
    *,
    min_position: str | None = None,
    max_wait_ms: int = 0,
) -> RepresentationValue:
    """Reads a representation, after what was said up to a position is derived if that is asked."""
    check_reading(reading)
    selection = await get_selection(services, reading)
    vantage = selection.vantage
    position = await wait_for_position(
        services,
        vantage.workspace_id,
        wanted=None if min_position is None else Position.parse(min_position),
        max_wait_ms=max_wait_ms,
    )
    rows = await _list_statements(services, reading, selection)
    written = write_representation(
        reading.observed.name,
        reading.observer,
        [Known(row.content, row.dated_at, row.support) for row in rows],
        budget_tokens=reading.tokens,
    )
    return RepresentationValue(
        vantage=vantage,
        observed_id=reading.observed.id,
        observes=bool(selection.observed_ids),
        conclusions=rows[: written.statement_count],
        card=await list_card(services, selection),
        text=written.text,
        token_count=written.token_count,
        position=position,
    )


async def get_selection(services: Services, reading: Reading) -> Selection:
    """Resolves names anew each time, since scopes change; nobody if no model of others is held."""
    vantage = await get_vantage(
        services,
        reading.observed.workspace_id,
        observer=reading.observer,
        scope=reading.scope,
        sessions=reading.sessions,
    )
    observes = await holds_model(services, vantage, reading.observed.id)
    observed_ids = [reading.observed.id] if observes else []
    return await select(services, vantage, observed_ids, levels=reading.levels, as_of=reading.as_of)


async def holds_model(services: Services, vantage: Vantage, observed_id: UUID) -> bool:
    """Tells whether the vantage has a view of the peer at all, be it empty."""
    if vantage.observer_id is None or vantage.observer_id == observed_id:
        return True
    return await observes_others(services.pool, vantage)


async def _list_statements(
    services: Services, reading: Reading, selection: Selection
) -> list[ConclusionRow]:
    if reading.query is None:
        return await list_standing(services.pool, selection, limit=reading.max_conclusions)
    sought = await seek(services, reading.query)
    ranked, found = await rank_conclusions(services, selection, sought)
    rows = [found[each.id] for each in ranked]
    return await keep_standing(services.pool, selection, rows, limit=reading.max_conclusions)


async def follow_representation(
    services: Services,
    workspace: str,
    observed: str,
    *,
    observer: str | None,
    scope: str | None,
    after: str | None,
    max_conclusions: int,
    trail: Trail,
) -> AsyncGenerator[RepresentationChange, None]:
    """Yields the representation as it stands, then each time the vantage sees it change.

    With `after`, the first change is what was added since that position, if anything was. Ends
    when one of the two peers is forgotten.
    """
    since = None if after is None else Position.parse(after)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    peer = await get_peer(services, workspace_id, observed)
    if max_conclusions == 0:
        raise BadInput("maxConclusions is 0, there would be nothing to follow")
    sides = {peer.id}
    if observer is not None:
        sides.add((await get_peer(services, workspace_id, observer)).id)
    reading = Reading(peer, observer, scope, max_conclusions=max_conclusions)

    def concerns(event: EventRow) -> bool:
        if event.kind is EventKind.SCOPE_CHANGED:
            return scope is not None
        return event.kind is EventKind.REPRESENTATION_CHANGED and event.peer_id in sides

    async with services.tails.follow(workspace_id, concerns, trail) as follower:
        current = await get_representation(services, reading)
        if change := _begin(trail, current, since):
            trail.move(_to_place(current))
            yield change
        while await follower.wait(_to_place(current)) and await _exist(services, sides):
            before, current = current.conclusions, await get_representation(services, reading)
            if change := _compare(before, current):
                trail.move(_to_place(current))
                yield change


class RepresentationPlace(NamedTuple):
    """What of one vantage's view of a peer is told."""

    vantage: Vantage
    observed_id: UUID
    conclusions: tuple[ConclusionRow, ...]


def _to_place(value: RepresentationValue) -> RepresentationPlace:
    return RepresentationPlace(value.vantage, value.observed_id, tuple(value.conclusions))


def _begin(
    trail: Trail, current: RepresentationValue, since: Position | None
) -> RepresentationChange | None:
    """Returns the first change: the whole of it, or what is new since then; None: nothing is."""
    if isinstance(trail.start, RepresentationPlace):
        return _compare(trail.start.conclusions, current)
    if since is None:
        return RepresentationChange(True, current, current.conclusions, [])
    missed = [row for row in current.conclusions if row.transaction > since.transaction]
    return RepresentationChange(False, current, missed, []) if missed else None


async def _exist(services: Services, peer_ids: Collection[UUID]) -> bool:
    return len(await list_peers_by_id(services.pool, list(peer_ids))) == len(peer_ids)


def _compare(
    before: Sequence[ConclusionRow], after: RepresentationValue
) -> RepresentationChange | None:
    """Returns what changed for this vantage; None: nothing it could see."""
    known = {row.id: row for row in before}
    added = [row for row in after.conclusions if known.get(row.id) != row]
    kept = {row.id for row in after.conclusions}
    retired = [id_ for id_ in known if id_ not in kept]
    if not added and not retired:
        return None
    return RepresentationChange(False, after, added, retired)
