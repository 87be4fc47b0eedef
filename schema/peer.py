"""Peers in GraphQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

import schema.card
import schema.conclusion
import schema.message
import schema.session
from models.peer import PeerRow
from resolvers import card, chat, conclusion, message, peer, representation, search, session
from resolvers.access import get_own_vantage
from resolvers.find import get_vantage
from resolvers.page import Page, PageRequest, to_cursor, to_page
from resolvers.representation import Reading
from schema.answer import Answer
from schema.context import Info
from schema.default import CONCLUSIONS, SEARCH_HITS, WAIT_MS, fill
from schema.filter import ConclusionFilter, MessageFilter, to_condition
from schema.level import Level, to_level_names
from schema.node import Node, to_node_id
from schema.page import (
    After,
    Before,
    Connection,
    Count,
    First,
    Last,
)
from schema.representation import Representation
from schema.scalars import Position, parse_json
from schema.search import SearchFirst, SearchHit, SearchQuery, SearchTargets, to_hits, to_targets

if TYPE_CHECKING:
    from schema.card import PeerCard
    from schema.conclusion import Conclusion
    from schema.message import Message
    from schema.session import Session

PREFIX = "peer"

ObserverName = Annotated[
    str | None, strawberry.argument(description="Name of the peer whose view is wanted.")
]
ScopeName = Annotated[
    str | None,
    strawberry.argument(description="Only what rests on the sessions of this scope alone."),
]
SessionNames = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Only what rests on these sessions alone. An empty list: nothing."
    ),
]
Levels = Annotated[
    list[Level] | None,
    strawberry.argument(description="Only these levels. An empty list: nothing."),
]
MinPosition = Annotated[
    Position | None,
    strawberry.argument(description="Wait until everything up to here is derived ..."),
]
MaxWaitMs = Annotated[
    int | None, strawberry.argument(description="... but no longer than this, up to 25000.")
]


@strawberry.type(
    description=(
        "Whoever sends or receives information: a person, an agent, an NPC, an API. All peers are"
        " equal. `metadata` is free-form; capabilities belong there."
    )
)
class Peer(Node):
    name: str = strawberry.field(description="Unique in its workspace; what everything refers to.")
    metadata: JSON = strawberry.field(description="Free-form object, at most 64 KiB.")
    observe_me: bool = strawberry.field(
        description="Whether what it says leads to conclusions about it. A session may differ."
    )
    observe_others: bool = strawberry.field(
        description="Whether it makes models of others of what it witnesses. A session may differ."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[PeerRow]

    @classmethod
    def from_row(cls, row: PeerRow) -> "Peer":
        return cls(
            id=to_node_id(PREFIX, row.id),
            name=row.name,
            metadata=parse_json(row.metadata),
            observe_me=row.observe_me,
            observe_others=row.observe_others,
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )

    @strawberry.field(description="The sessions it was ever in, oldest first.")
    async def sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        active: Annotated[
            bool | None,
            strawberry.argument(
                description="true: only those it is in now; false: only left ones."
            ),
        ] = None,
    ) -> Connection[Annotated["Session", strawberry.lazy("schema.session")]]:
        lists, request = info.context.lists, PageRequest(first, after, last, before)
        asked = session.to_places_asked(request, is_in=active)
        rows = await lists.places.load((self.row.id, asked))
        return schema.session.to_session_connection(
            to_page(request, rows), lambda: lists.place_counts.load((self.row.id, active))
        )

    @strawberry.field(description="All it has said, in any session, oldest first.")
    async def messages(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            MessageFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
    ) -> Connection[Annotated["Message", strawberry.lazy("schema.message")]]:
        lists, request = info.context.lists, PageRequest(first, after, last, before)
        condition = to_condition(filter)
        asked = message.to_utterances_asked(request, condition)
        rows = await lists.utterances.load((self.row.id, asked))
        return schema.message.to_peer_message_connection(
            to_page(request, rows),
            lambda: lists.utterance_counts.load((self.row.id, condition)),
            get_own_vantage(info.context.services.sight, self.row.workspace_id),
        )

    @strawberry.field(
        description=(
            "What is concluded of this peer. Without `observer`: the global view, the source of"
            " truth. With one: only what that peer witnessed itself; if it holds no models of"
            " others, `observes` is false and nothing is concluded. A peer's view of itself rests"
            " on what it said itself."
        )
    )
    async def representation(
        self,
        info: Info,
        observer: ObserverName = None,
        scope: ScopeName = None,
        sessions: SessionNames = None,
        query: Annotated[
            str | None,
            strawberry.argument(description="Only what bears on this, the best first."),
        ] = None,
        levels: Levels = None,
        max_conclusions: Annotated[
            int | None, strawberry.argument(description="At most this many, up to 200.")
        ] = CONCLUSIONS,
        tokens: Annotated[
            int | None,
            strawberry.argument(description="`text` takes at most this many tokens (o200k)."),
        ] = None,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(description="As it would have been answered at that moment."),
        ] = None,
        min_position: MinPosition = None,
        max_wait_ms: MaxWaitMs = WAIT_MS,
    ) -> Representation:
        reading = Reading(
            observed=self.row,
            observer=observer,
            scope=scope,
            sessions=sessions,
            as_of=as_of,
            query=query,
            levels=to_level_names(levels),
            max_conclusions=fill(max_conclusions, CONCLUSIONS),
            tokens=tokens,
        )
        value = await representation.get_representation(
            info.context.services,
            reading,
            min_position=min_position,
            max_wait_ms=fill(max_wait_ms, WAIT_MS),
        )
        return Representation.from_value(value)

    @strawberry.field(
        description=(
            "All that is concluded of this peer, outdated or not, the oldest first; of repetitions"
            " the newest. Whose view it is, is said as in `representation`."
        )
    )
    async def conclusions(
        self,
        info: Info,
        observer: ObserverName = None,
        scope: ScopeName = None,
        sessions: SessionNames = None,
        levels: Levels = None,
        filter: Annotated[
            ConclusionFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Annotated["Conclusion", strawberry.lazy("schema.conclusion")]]:
        services = info.context.services
        condition = to_condition(filter)
        selection = await representation.get_selection(
            services,
            Reading(
                observed=self.row,
                observer=observer,
                scope=scope,
                sessions=sessions,
                levels=to_level_names(levels),
            ),
        )
        page = await conclusion.page_known(
            services, selection, PageRequest(first, after, last, before), condition
        )
        return schema.conclusion.to_conclusion_connection(
            page, lambda: conclusion.count_known(services, selection, condition), selection.vantage
        )

    @strawberry.field(
        description="Stable facts about who this peer is; null: the vantage can see none."
    )
    async def card(
        self,
        info: Info,
        observer: ObserverName = None,
        scope: ScopeName = None,
        sessions: SessionNames = None,
    ) -> Annotated["PeerCard", strawberry.lazy("schema.card")] | None:
        value = await card.find_card(
            info.context.services, self.row, observer=observer, scope=scope, sessions=sessions
        )
        return schema.card.PeerCard.from_value(value) if value else None

    @strawberry.field(
        description=(
            "What bears on a query of all that this peer witnessed and holds of others, the best"
            " first. What was just said is found a moment later; `derive` waits for that."
        )
    )
    async def search(
        self,
        info: Info,
        query: SearchQuery,
        targets: SearchTargets = None,
        first: SearchFirst = SEARCH_HITS,
    ) -> list[SearchHit]:
        services = info.context.services
        sight = await get_vantage(services, self.row.workspace_id, observer=self.row.name)
        hits = await search.search_all(
            services, sight, query, targets=to_targets(targets), first=fill(first, SEARCH_HITS)
        )
        return to_hits(hits, sight)

    @strawberry.field(description="Who holds a model of this peer: sees something concluded of it.")
    async def observers(self, info: Info) -> list["Peer"]:
        ids = await info.context.lists.observers.load((self.row.id, self.row.workspace_id))
        return [Peer.from_row(row) for row in await info.context.peers.load_many(ids)]

    @strawberry.field(description="Of whom this peer holds a model.")
    async def observes(self, info: Info) -> list["Peer"]:
        ids = await info.context.lists.observed.load((self.row.id, self.row.workspace_id))
        return [Peer.from_row(row) for row in await info.context.peers.load_many(ids)]

    @strawberry.field(
        description=(
            "Asks this peer. The answer rests on what it witnessed and on its own models; with"
            " `target`, only on its view of that peer. It cites what it rests on, and says so when"
            " it does not know."
        )
    )
    async def chat(
        self,
        info: Info,
        query: Annotated[
            str, strawberry.argument(description="The question, at most 10,000 characters.")
        ],
        target: Annotated[
            str | None, strawberry.argument(description="Name of the peer asked about.")
        ] = None,
        scope: ScopeName = None,
        sessions: SessionNames = None,
        min_position: MinPosition = None,
        max_wait_ms: MaxWaitMs = None,
    ) -> Answer:
        answer = await chat.ask_peer(
            info.context.services,
            self.row,
            query,
            target=target,
            scope=scope,
            sessions=sessions,
            min_position=min_position,
            max_wait_ms=fill(max_wait_ms, WAIT_MS),
        )
        return Answer.from_value(answer)


def to_peer_connection(page: Page[PeerRow], count: Count) -> Connection[Peer]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(peer.LIST, str(row.id)),
        create_node=Peer.from_row,
        count=count,
    )
