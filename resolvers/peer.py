"""Peers: reading, creating, changing."""

from typing import Any
from uuid import UUID

from core.errors import NotFound
from core.limits import check_metadata, check_name
from models import peer as peers
from models.database import transaction
from models.filter import ANYTHING, Condition
from models.membership import rotate_memberships
from models.peer import PeerRow
from resolvers.find import find_seen_peer, get_peer, get_workspace
from resolvers.page import Page, PageRequest, get_page
from resolvers.services import Services

LIST = "peer"
"""What cursors of peers are marked with."""


async def find_peer(services: Services, workspace_id: UUID, name: str) -> PeerRow | None:
    return await find_seen_peer(services, workspace_id, name)


async def list_peers(
    services: Services,
    workspace_id: UUID,
    request: PageRequest,
    *,
    is_newest_first: bool,
    condition: Condition = ANYTHING,
) -> Page[PeerRow]:
    return await get_page(
        request,
        LIST,
        lambda page: peers.list_peers(
            services.pool, workspace_id, page, condition, sight=services.sight
        ),
        is_descending=is_newest_first,
    )


async def count_peers(
    services: Services, workspace_id: UUID, condition: Condition = ANYTHING
) -> int:
    return await peers.count_peers(services.pool, workspace_id, condition, sight=services.sight)


async def create_peer(
    services: Services,
    workspace: str,
    name: str,
    *,
    metadata: Any,
    observe_me: bool | None,
    observe_others: bool | None,
) -> tuple[PeerRow, bool]:
    """Gets or creates; the rest is only set on a new one."""
    check_name("peer name", name)
    stored = check_metadata("metadata", metadata)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    return await peers.create_peer(
        services.pool,
        workspace_id,
        name,
        metadata=stored,
        observe_me=True if observe_me is None else observe_me,
        observe_others=bool(observe_others),
    )


async def update_peer(
    services: Services,
    workspace: str,
    name: str,
    *,
    metadata: Any,
    observe_me: bool | None,
    observe_others: bool | None,
) -> PeerRow:
    """Changes what is not None; memberships that follow the peer's flags begin a new interval."""
    stored = None if metadata is None else check_metadata("metadata", metadata)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    peer = await get_peer(services, workspace_id, name)
    async with transaction(services.pool) as connection:
        changed = await peers.update_peer(
            connection,
            peer.id,
            metadata=stored,
            observe_me=observe_me,
            observe_others=observe_others,
        )
        if changed is None:
            raise NotFound(f'peer "{name}" was deleted meanwhile')
        await rotate_memberships(connection, changed)
    return changed
