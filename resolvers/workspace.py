"""Workspaces: reading, creating."""

from typing import Any
from uuid import UUID

from core.configuration import Changes, to_stored
from core.errors import NotFound
from core.limits import check_metadata, check_name
from core.position import Position
from models import workspace as workspaces
from models.database import transaction
from models.event import get_newest_position
from models.filter import ANYTHING, Condition
from models.workspace import WorkspaceRow
from resolvers.page import Page, PageRequest, get_page
from resolvers.services import Services

LIST = "workspace"
"""What cursors of workspaces are marked with."""


async def find_workspace(services: Services, name: str) -> WorkspaceRow | None:
    """Finds a workspace, if the caller's sight has it."""
    row = await workspaces.find_workspace(services.pool, check_name("workspace name", name))
    return row if row and services.sight.reaches(row.id) else None


async def list_workspaces(
    services: Services, request: PageRequest, condition: Condition = ANYTHING
) -> Page[WorkspaceRow]:
    return await get_page(
        request,
        LIST,
        lambda page: workspaces.list_workspaces(
            services.pool, page, condition, sight=services.sight
        ),
    )


async def count_workspaces(services: Services, condition: Condition = ANYTHING) -> int:
    return await workspaces.count_workspaces(services.pool, condition, sight=services.sight)


async def create_workspace(
    services: Services, name: str, *, metadata: Any, configuration: Changes
) -> tuple[WorkspaceRow, bool]:
    """Gets or creates; the rest is only set on a new one."""
    check_name("workspace name", name)
    return await workspaces.create_workspace(
        services.pool,
        name,
        metadata=check_metadata("metadata", metadata),
        configuration=to_stored("{}", configuration),
    )


async def update_workspace(
    services: Services, name: str, *, metadata: Any, configuration: Changes
) -> WorkspaceRow:
    """Changes what is given; the configuration takes effect from the next message on."""
    stored = None if metadata is None else check_metadata("metadata", metadata)
    async with transaction(services.pool) as connection:
        workspace = await workspaces.lock_workspace(connection, name)
        if workspace is None:
            raise NotFound(f'workspace "{name}" does not exist')
        return await workspaces.update_workspace(
            connection,
            workspace.id,
            metadata=stored,
            configuration=to_stored(workspace.configuration, configuration),
        )


async def get_position(services: Services, workspace_id: UUID) -> Position:
    """Returns the newest position of a workspace that readers can have."""
    return await get_newest_position(services.pool, workspace_id)
