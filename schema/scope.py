"""Scopes in GraphQL."""

import strawberry
from strawberry.scalars import JSON

from models.scope import ScopeRow
from resolvers import scope
from resolvers.page import Page, PageRequest, to_cursor, to_page
from schema.context import Info
from schema.node import Node, to_node_id
from schema.page import After, Before, Connection, Count, First, Last
from schema.scalars import parse_json
from schema.session import Session, to_session_connection

PREFIX = "scope"


@strawberry.type(
    description=(
        "A named set of sessions. Reading under it takes into account only what rests on these"
        " sessions alone; a change takes effect at the next read."
    )
)
class Scope(Node):
    name: str = strawberry.field(description="Unique in its workspace.")
    metadata: JSON = strawberry.field(description="Free-form object, at most 64 KiB.")
    row: strawberry.Private[ScopeRow]

    @classmethod
    def from_row(cls, row: ScopeRow) -> "Scope":
        return cls(
            id=to_node_id(PREFIX, row.id),
            name=row.name,
            metadata=parse_json(row.metadata),
            row=row,
        )

    @strawberry.field(description="The sessions in it, oldest first.")
    async def sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Session]:
        lists, request = info.context.lists, PageRequest(first, after, last, before)
        rows = await lists.scoped.load((self.row.id, scope.to_sessions_asked(request)))
        return to_session_connection(
            to_page(request, rows), lambda: lists.scoped_counts.load(self.row.id)
        )


def to_scope_connection(page: Page[ScopeRow], count: Count) -> Connection[Scope]:
    return Connection.from_page(
        page,
        get_cursor=lambda row: to_cursor(scope.LIST, str(row.id)),
        create_node=Scope.from_row,
        count=count,
    )
