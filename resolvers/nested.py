"""Lists below many parents at once: what is asked of each in the same way is read together.

A key says whose list is meant and what is asked of it. Keys come from one operation, so there are
many parents and few ways of asking.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from core.limits import PAGE_ROWS
from models import message as messages
from models import scope as scopes
from models import session as sessions
from models.database import Slice
from models.filter import Condition
from models.membership import MembershipRow, list_memberships
from models.message import MessageRow
from models.observe import list_observed_ids, list_observer_ids
from models.session import SessionRow
from models.summary import SummaryRow, list_summaries_of_sessions
from models.visibility import Vantage
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class MessagesAsked:
    """Which messages of a session."""

    vantage: Vantage
    condition: Condition
    page: Slice


@dataclass(frozen=True, slots=True)
class UtterancesAsked:
    """Which messages of a peer."""

    condition: Condition
    page: Slice


@dataclass(frozen=True, slots=True)
class PlacesAsked:
    """Which sessions of a peer."""

    is_in: bool | None
    page: Slice


_ALWAYS = 2**31
"""A sequence after every other."""

Row = TypeVar("Row")
Asked = TypeVar("Asked")


async def load_messages(
    services: Services, keys: Sequence[tuple[UUID, MessagesAsked]]
) -> list[list[MessageRow]]:
    """Returns a slice of the messages of each session."""

    async def read(ids: list[UUID], asked: MessagesAsked) -> Mapping[UUID, list[MessageRow]]:
        rows = await messages.list_messages_of_sessions(
            services.pool, ids, asked.page, vantage=asked.vantage, condition=asked.condition
        )
        return _gather((row.session_id, row) for row in rows)

    return await _load(keys, read, default=list)


async def count_messages(
    services: Services, keys: Sequence[tuple[UUID, tuple[Vantage, Condition]]]
) -> list[int]:
    """Returns how many messages of each session a vantage sees."""

    async def read(ids: list[UUID], asked: tuple[Vantage, Condition]) -> Mapping[UUID, int]:
        return await messages.count_messages_of_sessions(
            services.pool, ids, vantage=asked[0], condition=asked[1]
        )

    return await _load(keys, read, default=int)


async def load_utterances(
    services: Services, keys: Sequence[tuple[UUID, UtterancesAsked]]
) -> list[list[MessageRow]]:
    """Returns a slice of the messages of each peer."""

    async def read(ids: list[UUID], asked: UtterancesAsked) -> Mapping[UUID, list[MessageRow]]:
        rows = await messages.list_messages_of_peers(
            services.pool, ids, asked.page, asked.condition
        )
        return _gather((row.peer_id, row) for row in rows)

    return await _load(keys, read, default=list)


async def count_utterances(services: Services, keys: Sequence[tuple[UUID, Condition]]) -> list[int]:
    """Returns how many messages each peer has written."""

    async def read(ids: list[UUID], condition: Condition) -> Mapping[UUID, int]:
        return await messages.count_messages_of_peers(services.pool, ids, condition)

    return await _load(keys, read, default=int)


async def load_places(
    services: Services, keys: Sequence[tuple[UUID, PlacesAsked]]
) -> list[list[SessionRow]]:
    """Returns a slice of the sessions of each peer."""

    async def read(ids: list[UUID], asked: PlacesAsked) -> Mapping[UUID, list[SessionRow]]:
        return _gather(
            await sessions.list_sessions_of_peers(
                services.pool, ids, asked.page, is_in=asked.is_in, sight=services.sight
            )
        )

    return await _load(keys, read, default=list)


async def count_places(services: Services, keys: Sequence[tuple[UUID, bool | None]]) -> list[int]:
    """Returns how many sessions each peer was in, or is (not) in now."""

    async def read(ids: list[UUID], is_in: bool | None) -> Mapping[UUID, int]:
        return await sessions.count_sessions_of_peers(
            services.pool, ids, is_in=is_in, sight=services.sight
        )

    return await _load(keys, read, default=int)


async def load_scoped_sessions(
    services: Services, keys: Sequence[tuple[UUID, Slice]]
) -> list[list[SessionRow]]:
    """Returns a slice of the sessions of each scope."""

    async def read(ids: list[UUID], page: Slice) -> Mapping[UUID, list[SessionRow]]:
        return _gather(await scopes.list_sessions_of_scopes(services.pool, ids, page))

    return await _load(keys, read, default=list)


async def count_scoped_sessions(services: Services, ids: Sequence[UUID]) -> list[int]:
    """Returns how many sessions are in each scope."""
    counts = await scopes.count_sessions_of_scopes(services.pool, list(set(ids)))
    return [counts.get(id_, 0) for id_ in ids]


async def load_members(
    services: Services, keys: Sequence[tuple[UUID, bool | None]]
) -> list[list[MembershipRow]]:
    """Returns the stays in each session that the caller sees: all, lasting or ended ones.

    A peer sees those that overlap with one of its own.
    """

    async def read(ids: list[UUID], active: bool | None) -> Mapping[UUID, list[MembershipRow]]:
        stays = _gather(
            (row.session_id, row) for row in await list_memberships(services.pool, ids, active=None)
        )
        if services.sight.peer_id is not None:
            stays = {id_: _keep_met(rows, services.sight.peer_id) for id_, rows in stays.items()}
        return {
            id_: [row for row in rows if active is None or (row.to_sequence is None) == active]
            for id_, rows in stays.items()
        }

    return await _load(keys, read, default=list)


async def load_summaries(
    services: Services, keys: Sequence[tuple[UUID, Vantage]]
) -> list[list[SummaryRow]]:
    """Returns the newest summaries of each session that a vantage sees, oldest first."""

    async def read(ids: list[UUID], vantage: Vantage) -> Mapping[UUID, list[SummaryRow]]:
        rows = await list_summaries_of_sessions(services.pool, vantage, ids, limit=PAGE_ROWS)
        return _gather((row.session_id, row) for row in reversed(rows))

    return await _load(keys, read, default=list)


async def load_observer_ids(
    services: Services, keys: Sequence[tuple[UUID, UUID]]
) -> list[list[UUID]]:
    """Returns who holds a model of each peer; keys are its id and its workspace's."""

    async def read(ids: list[UUID], workspace_id: UUID) -> Mapping[UUID, list[UUID]]:
        return _gather(await list_observer_ids(services.pool, workspace_id, ids))

    return await _load(keys, read, default=list)


async def load_observed_ids(
    services: Services, keys: Sequence[tuple[UUID, UUID]]
) -> list[list[UUID]]:
    """Returns of whom each peer holds a model; keys are its id and its workspace's."""

    async def read(ids: list[UUID], workspace_id: UUID) -> Mapping[UUID, list[UUID]]:
        return _gather(await list_observed_ids(services.pool, workspace_id, ids))

    return await _load(keys, read, default=list)


def _keep_met(rows: Sequence[MembershipRow], peer_id: UUID) -> list[MembershipRow]:
    """Returns a peer's stays, and those of others that overlap with one of them.

    Who was still in when the peer left is in for all it knows.
    """
    own = [row for row in rows if row.peer_id == peer_id]
    last = max((row.to_sequence or _ALWAYS for row in own), default=0)
    met = []
    for row in rows:
        if row.peer_id == peer_id or any(_overlap(row, stay) for stay in own):
            is_later = row.to_sequence is not None and row.to_sequence > last
            met.append(replace(row, to_sequence=None, left_at=None) if is_later else row)
    return met


def _overlap(one: MembershipRow, other: MembershipRow) -> bool:
    """Tells whether the two could witness a message together."""
    ends = min(one.to_sequence or _ALWAYS, other.to_sequence or _ALWAYS)
    return max(one.from_sequence, other.from_sequence) < ends


def _gather(pairs: Iterable[tuple[UUID, Row]]) -> dict[UUID, list[Row]]:
    lists: dict[UUID, list[Row]] = defaultdict(list)
    for id_, row in pairs:
        lists[id_].append(row)
    return lists


async def _load(
    keys: Sequence[tuple[UUID, Asked]],
    read: Callable[[list[UUID], Asked], Awaitable[Mapping[UUID, Row]]],
    *,
    default: Callable[[], Row],
) -> list[Row]:
    """Reads once for each way of asking; returns one answer per key, in their order."""
    answers: list[Row] = [default() for _ in keys]
    for asked, places in _group(keys):
        ids = dict.fromkeys(keys[place][0] for place in places)
        found = await read(list(ids), asked)
        for place in places:
            answers[place] = found.get(keys[place][0], answers[place])
    return answers


def _group(keys: Sequence[tuple[UUID, Asked]]) -> list[tuple[Asked, list[int]]]:
    """Returns each way of asking with the places of its keys; values in it may not be hashable."""
    groups: list[tuple[Asked, list[int]]] = []
    for place, (_, asked) in enumerate(keys):
        places = next((places for known, places in groups if known == asked), None)
        if places is None:
            groups.append((asked, [place]))
        else:
            places.append(place)
    return groups
