"""Workspaces in GraphQL."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from models.workspace import WorkspaceRow
from resolvers import derivation, key, peer, scope, search, session, usage, workspace
from resolvers.find import get_vantage
from resolvers.page import Page, PageRequest, to_cursor
from schema.configuration import Configuration
from schema.context import Info
from schema.default import SEARCH_HITS, fill
from schema.derivation import Derivation
from schema.filter import PeerFilter, SessionFilter, to_condition
from schema.key import Key
from schema.node import Node, to_node_id
from schema.page import (
    After,
    Before,
    Connection,
    Count,
    First,
    Last,
    Order,
)
from schema.peer import Peer, ScopeName, SessionNames, to_peer_connection
from schema.scalars import Position, parse_json
from schema.scope import Scope, to_scope_connection
from schema.search import SearchFirst, SearchHit, SearchQuery, SearchTargets, to_hits, to_targets
from schema.session import Session, VantageName, to_session_connection
from schema.usage import Usage

PREFIX = "workspace"

OrderBy = Annotated[
    Order | None, strawberry.argument(description="OLDEST_FIRST if nothing is said.")
]


@strawberry.type(description="A tenant. Nothing crosses it: no read, no search, no event.")
class Workspace(Node):
    name: str = strawberry.field(description="Unique on this server.")
    metadata: JSON = strawberry.field(description="Free-form object, at most 64 KiB.")
    configuration: Configuration = strawberry.field(
        description="In effect where a session says nothing else."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[WorkspaceRow]

    @classmethod
    def from_row(cls, row: WorkspaceRow) -> "Workspace":
        return cls(
            id=to_node_id(PREFIX, row.id),
            name=row.name,
            metadata=parse_json(row.metadata),
            configuration=Configuration.from_value(row.get_configuration()),
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )

    @strawberry.field(description="The newest committed position.")
    async def position(self, info: Info) -> Position:
        return Position(str(await workspace.get_position(info.context.services, self.row.id)))

    @strawberry.field(description="A peer by name; null: there is none that the caller sees.")
    async def peer(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Name of the peer.")],
    ) -> Peer | None:
        row = await peer.find_peer(info.context.services, self.row.id, name)
        return Peer.from_row(row) if row else None

    @strawberry.field(description="A session by name; null: there is none that the caller sees.")
    async def session(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Name of the session.")],
    ) -> Session | None:
        row = await session.find_session(info.context.services, self.row.id, name)
        return Session.from_row(row) if row else None

    @strawberry.field(description="A scope by name; null: there is none.")
    async def scope(
        self, info: Info, name: Annotated[str, strawberry.argument(description="Its name.")]
    ) -> Scope | None:
        row = await scope.find_scope(info.context.services, self.row.id, name)
        return Scope.from_row(row) if row else None

    @strawberry.field(description="All scopes, oldest first.")
    async def scopes(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Scope]:
        services = info.context.services
        request = PageRequest(first, after, last, before)
        page = await scope.list_scopes(services, self.row.id, request)
        return to_scope_connection(page, lambda: scope.count_scopes(services, self.row.id))

    @strawberry.field(description="All peers that the caller sees.")
    async def peers(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            PeerFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
        order_by: OrderBy = None,
    ) -> Connection[Peer]:
        services = info.context.services
        condition = to_condition(filter)
        page = await peer.list_peers(
            services,
            self.row.id,
            PageRequest(first, after, last, before),
            is_newest_first=order_by is Order.NEWEST_FIRST,
            condition=condition,
        )
        return to_peer_connection(page, lambda: peer.count_peers(services, self.row.id, condition))

    @strawberry.field(description="All sessions that the caller sees.")
    async def sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            SessionFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
        order_by: OrderBy = None,
    ) -> Connection[Session]:
        services = info.context.services
        condition = to_condition(filter)
        page = await session.list_sessions(
            services,
            self.row.id,
            PageRequest(first, after, last, before),
            is_newest_first=order_by is Order.NEWEST_FIRST,
            condition=condition,
        )
        return to_session_connection(
            page, lambda: session.count_sessions(services, self.row.id, condition)
        )

    @strawberry.field(description="What language models were called for, and their tokens.")
    async def usage(
        self,
        info: Info,
        since: Annotated[
            datetime | None, strawberry.argument(description="From this moment on.")
        ] = None,
        until: Annotated[
            datetime | None, strawberry.argument(description="Before this moment.")
        ] = None,
    ) -> Usage:
        return Usage.from_rows(
            await usage.get_usage(info.context.services, self.row.id, since=since, until=until)
        )

    @strawberry.field(
        description=(
            "Messages and conclusions that bear on a query, the best first; with `vantage`, only"
            " what that peer sees, ranked by nothing else. What was just said is found a"
            " moment later; `derive` waits for that."
        )
    )
    async def search(
        self,
        info: Info,
        query: SearchQuery,
        targets: SearchTargets = None,
        vantage: VantageName = None,
        scope: ScopeName = None,
        sessions: SessionNames = None,
        first: SearchFirst = SEARCH_HITS,
    ) -> list[SearchHit]:
        services = info.context.services
        sight = await get_vantage(
            services, self.row.id, observer=vantage, scope=scope, sessions=sessions
        )
        hits = await search.search_all(
            services, sight, query, targets=to_targets(targets), first=fill(first, SEARCH_HITS)
        )
        return to_hits(hits, sight)

    @strawberry.field(description="How far derivation is.")
    async def derivation(self, info: Info) -> Derivation:
        row = await derivation.get_derivation(info.context.services, self.row.id)
        return Derivation.from_row(row, self.row.id)

    @strawberry.field(description="Its keys, revoked ones too, oldest first.")
    async def keys(self, info: Info) -> list[Key]:
        rows = await key.list_keys(info.context.services, self.row.id)
        return [Key.from_row(row) for row in rows]


def to_workspace_connection(page: Page[WorkspaceRow], count: Count) -> Connection[Workspace]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(workspace.LIST, str(row.id)),
        create_node=Workspace.from_row,
        count=count,
    )
