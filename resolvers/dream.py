"""Asking a mind to reason about a peer."""

from uuid import UUID

from core.errors import BadInput
from core.limits import WAIT_MS, check_range
from models.database import transaction
from models.mind import get_mind
from models.work import DREAM, DerivationRow, add_work, get_derivation, is_work_open
from resolvers.find import get_peer, get_vantage, get_workspace
from resolvers.representation import holds_model
from resolvers.services import Services
from resolvers.wait import wait_until


async def dream(
    services: Services, workspace: str, observed: str, observer: str | None, *, max_wait_ms: int
) -> tuple[UUID, DerivationRow]:
    """Lets an observer, or the global view, reason about what it knows of a peer; may wait for it.

    Raises BadInput if the observer holds no models of others.
    """
    check_range("maxWaitMs", max_wait_ms, least=0, most=WAIT_MS)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    peer = await get_peer(services, workspace_id, observed)
    vantage = await get_vantage(services, workspace_id, observer=observer)
    if not await holds_model(services, vantage, peer.id):
        raise BadInput(f'peer "{observer}" does not observe others, so it has nothing to dream of')
    async with transaction(services.pool) as connection:
        mind_id = await get_mind(connection, workspace_id, vantage.observer_id, peer.id)
        await add_work(connection, workspace_id, DREAM, [mind_id])
    services.wake_ups.wake(DREAM, mind_id)

    async def is_done() -> bool:
        return not await is_work_open(services.pool, DREAM, mind_id)

    await wait_until(services, workspace_id, is_done, max_wait_ms=max_wait_ms)
    return workspace_id, await get_derivation(services.pool, workspace_id)
