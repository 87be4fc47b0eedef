"""The one actor: looks at a subject, and works on it if something is due and nobody else does."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from core.model_client.fault import AnswerUnreadable, ModelAway, ModelFault
from models.database import AWAY
from models.work import (
    DERIVE,
    DREAM,
    EMBED,
    EMBED_CONCLUSIONS,
    LINK,
    SUMMARISE,
    Lease,
    RetryRule,
    claim_work,
    give_back_work,
    release_work,
)
from workers.derive import derive_session
from workers.dream import dream
from workers.embed import embed_conclusions, embed_messages
from workers.lease import LeaseLost, hold_lease
from workers.link import link_conclusions
from workers.summarise import summarise_session
from workers.workshop import Workshop

FAULTS = RetryRule(attempts=5, first_s=1.0, most_s=60.0)
"""Work that fails by a fault of ours is given up, visibly, when it has not come on for so long."""
OUTAGES = RetryRule(attempts=None, first_s=1.0, most_s=60.0)
"""Work that fails because something does not answer is tried until it does."""
UNREADABLE = RetryRule(attempts=3, first_s=1.0, most_s=60.0)
"""Each try asks a model twice, so that few of them tell whether it will ever manage."""

_log = structlog.get_logger(__name__)

_Work = Callable[[Workshop, Lease], Awaitable[None]]
_WORK: dict[str, _Work] = {
    DERIVE: derive_session,
    LINK: link_conclusions,
    DREAM: dream,
    EMBED: embed_messages,
    EMBED_CONCLUSIONS: embed_conclusions,
    SUMMARISE: summarise_session,
}


async def look_at_subject(workshop: Workshop, kind: str, subject_id: UUID) -> None:
    """Works on a subject as long as something of it is due."""
    try:
        while lease := await claim_work(
            workshop.pool, kind, subject_id, lease_s=workshop.settings.lease_s
        ):
            await _work(workshop, lease)
    except AWAY as error:
        # Nothing can be noted: a lease expires by itself, and the sweeper asks again.
        _log.warning("database away, work left", kind=kind, error=type(error).__name__)


async def _work(workshop: Workshop, lease: Lease) -> None:
    try:
        async with hold_lease(workshop, lease):
            await _WORK[lease.kind](workshop, lease)
    except LeaseLost as error:
        _log.warning("lease lost, result dropped", kind=lease.kind, reason=str(error))
    except asyncio.CancelledError:
        await release_work(workshop.pool, lease)  # we are stopping; others need not wait for it
        raise
    except Exception as error:
        await _give_back(workshop, lease, error)
    workshop.hints.notify(lease.workspace_id)


async def _give_back(workshop: Workshop, lease: Lease, error: Exception) -> None:
    """Notes a fault; the log has its trace, the item only its kind, never what was said."""
    if isinstance(error, ModelFault):
        _log.warning("model failed", kind=lease.kind, attempts=lease.attempts, reason=str(error))
    else:
        _log.error("work failed", kind=lease.kind, attempts=lease.attempts, exc_info=error)
    await give_back_work(
        workshop.pool,
        lease,
        error=_tell(error),
        rule=_get_rule(error),
        wait_s=error.wait_s if isinstance(error, ModelAway) else 0.0,
    )


def _tell(error: Exception) -> str:
    if isinstance(error, ModelFault):
        return str(error)
    return f"{type(error).__name__} in {_get_place(error)}"


def _get_rule(error: Exception) -> RetryRule:
    if isinstance(error, (*AWAY, ModelAway)):
        return OUTAGES
    return UNREADABLE if isinstance(error, AnswerUnreadable) else FAULTS


def _get_place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "an unknown place"
