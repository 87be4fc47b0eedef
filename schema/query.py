"""The root of queries."""

from collections.abc import Awaitable, Callable
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
from schema.message import Message
from schema.node import Node, from_node_id
from schema.page import After, Before, Connection, First, Last
from schema.peer import Peer
from schema.scope import Scope
from schema.session import Session
from schema.workspace import Workspace, to_workspace_connection


async def _find_workspace(services: Services, id_: UUID) -> Workspace | None:
    row = await node.find_workspace(services, id_)
    return Workspace.from_row(row) if row else None


async def _find_peer(services: Services, id_: UUID) -> Peer | None:
    row = await node.find_peer(services, id_)
    return Peer.from_row(row) if row else None


async def _find_session(services: Services, id_: UUID) -> Session | None:
    row = await node.find_session(services, id_)
    return Session.from_row(row) if row else None


async def _find_message(services: Services, id_: UUID) -> Message | None:
    found = await node.find_message(services, id_)
    return Message.from_row(*found) if found else None


async def _find_conclusion(services: Services, id_: UUID) -> Conclusion | None:
    found = await node.find_conclusion(services, id_)
    return Conclusion.from_row(*found) if found else None


async def _find_scope(services: Services, id_: UUID) -> Scope | None:
    row = await node.find_scope(services, id_)
    return Scope.from_row(row) if row else None


_NODES: dict[str, Callable[[Services, UUID], Awaitable[Node | None]]] = {
    schema.workspace.PREFIX: _find_workspace,
    schema.peer.PREFIX: _find_peer,
    schema.session.PREFIX: _find_session,
    schema.message.PREFIX: _find_message,
    schema.conclusion.PREFIX: _find_conclusion,
    schema.scope.PREFIX: _find_scope,
}


async def find_node(services: Services, node_id: str) -> Node | None:
    """Finds what an id stands for; raises BadInput if it is no id of ours."""
    prefix, id_ = from_node_id(node_id)
    find = _NODES.get(prefix)
    return await find(services, id_) if find else None


@strawberry.type(description="Everything that can be read.")
class Query:
    @strawberry.field(description="Anything by its global id; null: it does not exist.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="As this API returned it.")],
    ) -> Node | None:
        return await find_node(info.context.services, id)

    @strawberry.field(description="Several by their global ids, in their order.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 200.")],
    ) -> list[Node | None]:
        check_range("the number of ids", len(ids), least=0, most=PAGE_ROWS)
        return [await find_node(info.context.services, node_id) for node_id in ids]

    @strawberry.field(description="A workspace by name; null: there is none.")
    async def workspace(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Name of the workspace.")],
    ) -> Workspace | None:
        row = await workspace.find_workspace(info.context.services, name)
        return Workspace.from_row(row) if row else None

    @strawberry.field(description="All workspaces, oldest first.")
    async def workspaces(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Workspace]:
        services = info.context.services
        page = await workspace.list_workspaces(services, PageRequest(first, after, last, before))
        return to_workspace_connection(page, lambda: workspace.count_workspaces(services))
