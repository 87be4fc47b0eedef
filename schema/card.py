"""Peer cards in GraphQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import schema.peer
from resolvers.card import CardValue
from schema.context import Info

if TYPE_CHECKING:
    from schema.peer import Peer


@strawberry.type(description="Stable facts about who a peer is, as far as the reader can see them.")
class PeerCard:
    lines: list[str] = strawberry.field(description="The facts, the newest first, at most 20.")
    updated_at: datetime = strawberry.field(description="When the newest of them was concluded.")
    value: strawberry.Private[CardValue]

    @classmethod
    def from_value(cls, value: CardValue) -> "PeerCard":
        return cls(lines=value.lines, updated_at=value.updated_at, value=value)

    @strawberry.field(description="Whose view it is; null: the global one.")
    async def observer(
        self, info: Info
    ) -> Annotated["Peer", strawberry.lazy("schema.peer")] | None:
        if self.value.observer_id is None:
            return None
        return schema.peer.Peer.from_row(await info.context.peers.load(self.value.observer_id))

    @strawberry.field(description="Whom it is about.")
    async def observed(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")]:
        return schema.peer.Peer.from_row(await info.context.peers.load(self.value.observed_id))
