"""What every resolver of one operation gets: who asks, the services, and loaders that batch."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from models.conclusion import ConclusionRow
from models.message import MessageRow
from models.peer import PeerRow
from models.session import SessionRow
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
    load_witness_ids,
)
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


Info = strawberry.Info[Context, None]


def _create_loader(
    services: Services, load: Callable[[Services, list[Key]], Awaitable[list[Row]]]
) -> DataLoader[Key, Row]:
    async def load_batch(keys: list[Key]) -> list[Row]:
        return await load(services, keys)

    return DataLoader(load_batch, cache=False)
