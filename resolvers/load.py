"""Rows by id, many at a time, for fields that are asked of many parents at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar
from uuid import UUID

from core.errors import NotFound
from models.conclusion import ConclusionRow, Selection, list_conclusions_by_id
from models.evidence import list_cited_messages, list_citing_conclusions, list_premises
from models.message import MessageRow
from models.observe import list_witness_ids
from models.peer import PeerRow, list_peers_by_id
from models.peer import find_peers as list_peers_by_name
from models.session import SessionRow, list_sessions_by_id
from models.visibility import Vantage, list_seen_peers
from models.workspace import WorkspaceRow, list_workspaces_by_id
from resolvers.access import get_own_vantage
from resolvers.conclusion import judge
from resolvers.services import Services


class _Identified(Protocol):
    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=_Identified)


async def load_peers(services: Services, ids: Sequence[UUID]) -> list[PeerRow]:
    """Returns one peer per id, in their order; raises NotFound if one was deleted meanwhile."""
    return _arrange(ids, await list_peers_by_id(services.pool, list(set(ids))))


async def load_sessions(services: Services, ids: Sequence[UUID]) -> list[SessionRow]:
    """Returns one session per id, in their order; raises NotFound as load_peers does."""
    return _arrange(ids, await list_sessions_by_id(services.pool, list(set(ids))))


async def find_peers(services: Services, ids: Sequence[UUID]) -> list[PeerRow | None]:
    """Returns one peer per id, in their order; None where it is gone."""
    found = {row.id: row for row in await list_peers_by_id(services.pool, list(set(ids)))}
    return [found.get(id_) for id_ in ids]


async def find_sessions(services: Services, ids: Sequence[UUID]) -> list[SessionRow | None]:
    """Returns one session per id, in their order; None where it is gone."""
    found = {row.id: row for row in await list_sessions_by_id(services.pool, list(set(ids)))}
    return [found.get(id_) for id_ in ids]


async def load_citations(
    services: Services, conclusion_ids: Sequence[UUID]
) -> list[list[MessageRow]]:
    """Returns the messages that each conclusion cites, oldest first."""
    found: dict[UUID, list[MessageRow]] = {id_: [] for id_ in conclusion_ids}
    for conclusion_id, row in await list_cited_messages(services.pool, list(found)):
        found[conclusion_id].append(row)
    return [found[id_] for id_ in conclusion_ids]


Sighting = tuple[Vantage, UUID]
"""A row, and who looks at it."""


async def load_conclusions(
    services: Services, sightings: Sequence[Sighting]
) -> list[ConclusionRow | None]:
    """Returns each conclusion as its vantage sees it, if it does."""
    found: dict[Sighting, ConclusionRow] = {}
    for vantage, ids in _group(sightings).items():
        rows = await list_conclusions_by_id(services.pool, vantage, ids)
        for row in await judge(services.pool, Selection(vantage), rows):
            found[vantage, row.id] = row
    return [found.get(sighting) for sighting in sightings]


async def load_premises(
    services: Services, sightings: Sequence[Sighting]
) -> list[list[ConclusionRow]]:
    """Returns what each conclusion follows from, as its vantage sees it, oldest first."""
    found: dict[Sighting, list[ConclusionRow]] = defaultdict(list)
    for vantage, ids in _group(sightings).items():
        pairs = await list_premises(services.pool, ids)
        rows = await judge(services.pool, Selection(vantage), [row for _, row in pairs])
        for (conclusion_id, _), row in zip(pairs, rows, strict=True):
            found[vantage, conclusion_id].append(row)
    return [found[sighting] for sighting in sightings]


async def load_citing_conclusions(
    services: Services, sightings: Sequence[Sighting]
) -> list[list[ConclusionRow]]:
    """Returns the conclusions that cite each message, as its vantage sees them, oldest first."""
    found: dict[Sighting, list[ConclusionRow]] = defaultdict(list)
    for vantage, ids in _group(sightings).items():
        pairs = await list_citing_conclusions(services.pool, vantage, ids)
        rows = await judge(services.pool, Selection(vantage), [row for _, row in pairs])
        for (message_id, _), row in zip(pairs, rows, strict=True):
            found[vantage, message_id].append(row)
    return [found[sighting] for sighting in sightings]


async def load_witness_ids(services: Services, message_ids: Sequence[UUID]) -> list[list[UUID]]:
    """Returns who witnessed each message."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for message_id, peer_id in await list_witness_ids(services.pool, message_ids):
        found[message_id].append(peer_id)
    return [found[id_] for id_ in message_ids]


async def load_vantages(
    services: Services, keys: Sequence[tuple[UUID, str]]
) -> list[Vantage | NotFound]:
    """Returns the vantage of each workspace's peer of that name, or why there is none.

    Within the caller's own sight; whether it may read as that peer is checked before.
    """
    found: dict[tuple[UUID, str], Vantage] = {}
    for workspace_id in {workspace_id for workspace_id, _ in keys}:
        names = {name for place, name in keys if place == workspace_id}
        rows = await list_peers_by_name(services.pool, workspace_id, sorted(names))
        seen = [row.id for row in rows]
        if services.sight.is_narrow:
            seen = await list_seen_peers(services.pool, services.sight, seen)
        own = get_own_vantage(services.sight, workspace_id)
        for row in rows:
            if row.id in seen:
                found[workspace_id, row.name] = replace(own, observer_id=row.id)
    return [
        found.get(key) or NotFound(f'peer "{key[1]}" does not exist in this workspace')
        for key in keys
    ]


async def load_workspaces(services: Services, ids: Sequence[UUID]) -> list[WorkspaceRow]:
    """Returns one workspace per id, in their order; raises NotFound as load_peers does."""
    return _arrange(ids, await list_workspaces_by_id(services.pool, list(set(ids))))


def _group(sightings: Sequence[Sighting]) -> dict[Vantage, list[UUID]]:
    groups: dict[Vantage, list[UUID]] = defaultdict(list)
    for vantage, id_ in dict.fromkeys(sightings):
        groups[vantage].append(id_)
    return groups


def _arrange(ids: Sequence[UUID], rows: list[Row]) -> list[Row]:
    by_id = {row.id: row for row in rows}
    try:
        return [by_id[id_] for id_ in ids]
    except KeyError as error:
        raise NotFound(f"{error} was deleted meanwhile") from None
