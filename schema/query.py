"""The root of queries."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

import schema.conclusion
import schema.message
import schema.peer
import schema.scope
import schema.session
import schema.workspace
from core.limits import PAGE_ROWS, check_range
from resolvers import node, workspace
from resolvers.page import PageRequest
from resolvers.services import Services
from schema.conclusion import Conclusion
from schema.context import Info
from schema.filter import WorkspaceFilter, to_condition
from schema.message import Message
from schema.node import Node, from_node_id, to_node_id
from schema.page import After, Before, Connection, First, Last
from schema.peer import Peer
from schema.scope import Scope
from schema.session import Session
from schema.viewer import Viewer
from schema.workspace import Workspace, to_workspace_connection


async def _list_workspaces(services: Services, ids: Sequence[UUID]) -> list[Workspace]:
    return [Workspace.from_row(row) for row in await node.list_workspaces(services, ids)]


async def _list_peers(services: Services, ids: Sequence[UUID]) -> list[Peer]:
    return [Peer.from_row(row) for row in await node.list_peers(services, ids)]


async def _list_sessions(services: Services, ids: Sequence[UUID]) -> list[Session]:
    return [Session.from_row(row) for row in await node.list_sessions(services, ids)]


async def _list_messages(services: Services, ids: Sequence[UUID]) -> list[Message]:
    return [Message.from_row(*found) for found in await node.list_messages(services, ids)]


async def _list_conclusions(services: Services, ids: Sequence[UUID]) -> list[Conclusion]:
    return [Conclusion.from_row(*found) for found in await node.list_conclusions(services, ids)]


async def _list_scopes(services: Services, ids: Sequence[UUID]) -> list[Scope]:
    return [Scope.from_row(row) for row in await node.list_scopes(services, ids)]


_NODES: dict[str, Callable[[Services, Sequence[UUID]], Awaitable[Sequence[Node]]]] = {
    schema.workspace.PREFIX: _list_workspaces,
    schema.peer.PREFIX: _list_peers,
    schema.session.PREFIX: _list_sessions,
    schema.message.PREFIX: _list_messages,
    schema.conclusion.PREFIX: _list_conclusions,
    schema.scope.PREFIX: _list_scopes,
}


async def find_nodes(services: Services, node_ids: Sequence[str]) -> list[Node | None]:
    """Finds what ids stand for, all of a kind at once; raises BadInput if one is no id of ours."""
    asked: dict[str, set[UUID]] = defaultdict(set)
    for node_id in node_ids:
        prefix, id_ = from_node_id(node_id)
        asked[prefix].add(id_)
    found: dict[str, Node] = {}
    for prefix, ids in asked.items():
        if prefix in _NODES:
            found |= {row.id: row for row in await _NODES[prefix](services, sorted(ids))}
    return [found.get(to_node_id(*from_node_id(node_id))) for node_id in node_ids]


@strawberry.type(description="Everything that can be read.")
class Query:
    @strawberry.field(
        description="Anything by its global id; null: there is none that the caller sees."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As this API returned it.")],
    ) -> Node | None:
        return (await find_nodes(info.context.services, [id]))[0]

    @strawberry.field(description="Several by their global ids, in their order.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 200.")],
    ) -> list[Node | None]:
        check_range("the number of ids", len(ids), least=0, most=PAGE_ROWS)
        return await find_nodes(info.context.services, ids)

    @strawberry.field(description="Who the caller is, and what for.")
    async def viewer(self, info: Info) -> Viewer:
        return Viewer.from_value(info.context.viewer)

    @strawberry.field(description="A workspace by name; null: there is none that the caller sees.")
    async def workspace(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Name of the workspace.")],
    ) -> Workspace | None:
        row = await workspace.find_workspace(info.context.services, name)
        return Workspace.from_row(row) if row else None

    @strawberry.field(description="All workspaces that the caller sees, oldest first.")
    async def workspaces(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            WorkspaceFilter | None, strawberry.argument(description="Only those that fit.")
        ] = None,
    ) -> Connection[Workspace]:
        services = info.context.services
        condition = to_condition(filter)
        page = await workspace.list_workspaces(
            services, PageRequest(first, after, last, before), condition
        )
        return to_workspace_connection(
            page, lambda: workspace.count_workspaces(services, condition)
        )
