"""How far derivation is, and asking for it."""

from collections.abc import Sequence
from uuid import UUID

from core.errors import BadInput
from core.limits import PAGE_ROWS, WAIT_MS, check_range
from models import dead_work, work
from models.dead_work import WorkItemRow
from models.work import DerivationRow
from resolvers.find import get_session, get_workspace
from resolvers.services import Services
from resolvers.wait import ask, wait_until


async def get_derivation(services: Services, workspace_id: UUID) -> DerivationRow:
    return await work.get_derivation(services.pool, workspace_id)


async def list_dead_work(
    services: Services, workspace_id: UUID, *, first: int
) -> list[WorkItemRow]:
    check_range("first", first, least=0, most=200)
    return await dead_work.list_dead_work(services.pool, workspace_id, limit=first)


async def retry_dead_work(
    services: Services, workspace: str, ids: Sequence[UUID] | None
) -> tuple[UUID, DerivationRow]:
    """Tries again what was given up, all of it if `ids` is None; the rest stays as it is."""
    if ids is not None and len(ids) > PAGE_ROWS:
        raise BadInput(f"ids has {len(ids)} entries, at most {PAGE_ROWS}")
    workspace_id = (await get_workspace(services.pool, workspace)).id
    for kind, subject_id in await dead_work.retry_dead_work(services.pool, workspace_id, ids):
        services.wake_ups.wake(kind, subject_id)
    services.hints.notify(workspace_id)
    return workspace_id, await work.get_derivation(services.pool, workspace_id)


async def derive(
    services: Services, workspace: str, session: str | None, *, max_wait_ms: int
) -> tuple[UUID, DerivationRow]:
    """Makes what is pending due now; waits until it is derived, dead, or the time is over.

    What is derived is indexed too, so that search finds it, and summarised.
    """
    check_range("maxWaitMs", max_wait_ms, least=0, most=WAIT_MS)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    session_id = None
    if session is not None:
        session_id = (await get_session(services, workspace_id, session)).id

    async def is_derived() -> bool:
        first = await work.find_first_waiting(services.pool, workspace_id, session_id=session_id)
        if first is None or first > last:
            return True
        state = await work.get_derivation(services.pool, workspace_id, session_id=session_id)
        return not state.pending + state.leased + state.retrying

    async def is_done() -> bool:
        return await is_derived() and not await work.is_following_up(
            services.pool, workspace_id, session_id=session_id, up_to=last
        )

    last = await work.get_last_transaction(services.pool)
    await ask(services, workspace_id, session_id)
    await wait_until(services, workspace_id, is_done, max_wait_ms=max_wait_ms)
    state = await work.get_derivation(services.pool, workspace_id, session_id=session_id)
    return workspace_id, state
