"""Compares what was newly concluded of a peer with what was known of it."""

from core.ids import create_ids
from models.conclusion import list_unlinked_topics, settle_links
from models.database import Connection, transaction
from models.event import EventKind, add_event
from models.evidence import (
    NewConclusion,
    hold_conclusions,
    list_contradicted,
    list_observed,
    write_derived,
)
from models.forget import forget_conclusions
from models.work import EMBED_CONCLUSIONS, Lease, add_work, finish_whole_work
from representation.link import Contradiction, Observed, find_contradictions
from representation.outdated import to_stated
from representation.statement import Level
from workers.lease import LeaseLost
from workers.workshop import Workshop


async def link_conclusions(workshop: Workshop, lease: Lease) -> None:
    """Tells what contradicts what by now; raises LeaseLost if another worker took over."""
    while not await _link(workshop, lease):
        continue  # a statement was forgotten while it was compared


async def _link(workshop: Workshop, lease: Lease) -> bool:
    """Returns False, and has written nothing, if a statement was forgotten meanwhile."""
    topics = await list_unlinked_topics(workshop.pool, lease.subject_id)
    observed = [
        Observed(to_stated(row), row.content, row.dated_at, audience)
        for row, audience in await list_observed(workshop.pool, lease.subject_id, topics)
    ]
    ids = [each.stated.id for each in observed]
    found = find_contradictions(observed)
    known = await list_contradicted(workshop.pool, ids)
    new = [each for each in found if each.premise_ids not in known]
    # While a window is derived anew, a later statement stands in for the first one in it.
    stale = [known[pair] for pair in known.keys() - {each.premise_ids for each in found}]
    premises = {premise for each in new for premise in each.premise_ids}
    async with transaction(workshop.pool) as connection:
        if not await hold_conclusions(connection, sorted(premises)):
            return False
        await write_derived(connection, lease.workspace_id, _to_conclusions(lease, new))
        await forget_conclusions(connection, stale)
        await settle_links(connection, ids)
        if new or stale:
            await _tell(connection, lease)
        if new:
            await add_work(
                connection,
                lease.workspace_id,
                EMBED_CONCLUSIONS,
                [lease.subject_id],
                transaction=lease.transaction,
            )
        if not await finish_whole_work(connection, lease):
            raise LeaseLost(str(lease.subject_id))
    return True


async def _tell(connection: Connection, lease: Lease) -> None:
    await add_event(
        connection,
        lease.workspace_id,
        kind=EventKind.REPRESENTATION_CHANGED,
        peer_id=lease.subject_id,
    )


def _to_conclusions(lease: Lease, found: list[Contradiction]) -> list[NewConclusion]:
    return [
        NewConclusion(
            id=id_,
            observed_id=lease.subject_id,
            content=each.content,
            level=Level.CONTRADICTION.value,
            gist=each.gist,
            said_at=each.later.stated.said_at,
            dated_at=each.later.dated_at,
            message_ids=(),
            premise_ids=(each.earlier.stated.id, each.later.stated.id),
        )
        for id_, each in zip(create_ids(len(found)), found, strict=True)
    ]
