"""What every resolver of one operation gets: who asks, the services, and loaders that batch."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from core.limits import check_name
from models.conclusion import ConclusionRow
from models.database import Slice
from models.filter import Condition
from models.membership import MembershipRow
from models.message import MessageRow
from models.peer import PeerRow
from models.session import SessionRow
from models.summary import SummaryRow
from models.visibility import Vantage
from models.workspace import WorkspaceRow
from resolvers import nested
from resolvers.access import check_observer, get_own_vantage
from resolvers.key import Viewer
from resolvers.live import Trail
from resolvers.load import (
    Sighting,
    find_peers,
    find_sessions,
    load_citations,
    load_citing_conclusions,
    load_conclusions,
    load_peers,
    load_premises,
    load_sessions,
    load_vantages,
    load_witness_ids,
    load_workspaces,
)
from resolvers.nested import MessagesAsked, PlacesAsked, UtterancesAsked
from resolvers.services import Services

Key = TypeVar("Key")
Row = TypeVar("Row")


class Context:
    """The viewer, services with its sight, loaders, and the trail that a subscription leaves.

    A subscription keeps one context for hours, so the loaders batch what is asked for at the same
    moment and remember nothing.
    """

    def __init__(self, services: Services, viewer: Viewer, trail: Trail | None = None) -> None:
        services = replace(services, sight=viewer.sight)
        self.viewer = viewer
        self.services = services
        self.trail = trail or Trail()
        self.peers: DataLoader[UUID, PeerRow] = _create_loader(services, load_peers)
        self.sessions: DataLoader[UUID, SessionRow] = _create_loader(services, load_sessions)
        self.found_peers: DataLoader[UUID, PeerRow | None] = _create_loader(services, find_peers)
        self.found_sessions: DataLoader[UUID, SessionRow | None] = _create_loader(
            services, find_sessions
        )
        self.citations: DataLoader[UUID, list[MessageRow]] = _create_loader(
            services, load_citations
        )
        self.conclusions: DataLoader[Sighting, ConclusionRow | None] = _create_loader(
            services, load_conclusions
        )
        self.premises: DataLoader[Sighting, list[ConclusionRow]] = _create_loader(
            services, load_premises
        )
        self.citing: DataLoader[Sighting, list[ConclusionRow]] = _create_loader(
            services, load_citing_conclusions
        )
        self.witnesses: DataLoader[UUID, list[UUID]] = _create_loader(services, load_witness_ids)
        self.workspaces: DataLoader[UUID, WorkspaceRow] = _create_loader(services, load_workspaces)
        self.vantages: DataLoader[tuple[UUID, str], Vantage] = _create_loader(
            services, load_vantages
        )
        self.lists = Lists(services)

    async def get_vantage(self, workspace_id: UUID, observer: str | None) -> Vantage:
        """As get_vantage of resolvers/find.py, for many at once."""
        check_observer(self.services.sight, observer)
        if observer is None:
            return get_own_vantage(self.services.sight, workspace_id)
        return await self.vantages.load((workspace_id, check_name("peer name", observer)))


class Lists:
    """Loaders of lists; a key says whose list it is, and what is asked of it."""

    def __init__(self, services: Services) -> None:
        self.messages: DataLoader[tuple[UUID, MessagesAsked], list[MessageRow]]
        self.messages = _create_loader(services, nested.load_messages)
        self.message_counts: DataLoader[tuple[UUID, tuple[Vantage, Condition]], int]
        self.message_counts = _create_loader(services, nested.count_messages)
        self.utterances: DataLoader[tuple[UUID, UtterancesAsked], list[MessageRow]]
        self.utterances = _create_loader(services, nested.load_utterances)
        self.utterance_counts: DataLoader[tuple[UUID, Condition], int]
        self.utterance_counts = _create_loader(services, nested.count_utterances)
        self.places: DataLoader[tuple[UUID, PlacesAsked], list[SessionRow]]
        self.places = _create_loader(services, nested.load_places)
        self.place_counts: DataLoader[tuple[UUID, bool | None], int]
        self.place_counts = _create_loader(services, nested.count_places)
        self.scoped: DataLoader[tuple[UUID, Slice], list[SessionRow]]
        self.scoped = _create_loader(services, nested.load_scoped_sessions)
        self.scoped_counts: DataLoader[UUID, int]
        self.scoped_counts = _create_loader(services, nested.count_scoped_sessions)
        self.members: DataLoader[tuple[UUID, bool | None], list[MembershipRow]]
        self.members = _create_loader(services, nested.load_members)
        self.summaries: DataLoader[tuple[UUID, Vantage], list[SummaryRow]]
        self.summaries = _create_loader(services, nested.load_summaries)
        self.observers: DataLoader[tuple[UUID, UUID], list[UUID]]
        self.observers = _create_loader(services, nested.load_observer_ids)
        self.observed: DataLoader[tuple[UUID, UUID], list[UUID]]
        self.observed = _create_loader(services, nested.load_observed_ids)


Info = strawberry.Info[Context, None]


def _create_loader(
    services: Services,
    load: Callable[[Services, list[Key]], Awaitable[Sequence[Row | BaseException]]],
) -> DataLoader[Key, Row]:
    async def load_batch(keys: list[Key]) -> Sequence[Row | BaseException]:
        return await load(services, keys)

    return DataLoader(load_batch, cache=False)
