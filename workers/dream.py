"""Lets a mind reason about what it may see of one peer, and keeps what is new to it."""

from collections.abc import Sequence

from core.ids import create_ids
from models.conclusion import ConclusionRow
from models.database import Connection, transaction
from models.event import EventKind, add_event
from models.evidence import (
    NewConclusion,
    hold_conclusions,
    list_explicit,
    list_inferred,
    write_derived,
)
from models.mind import MindRow, find_mind, note_dream
from models.peer import list_peers_by_id
from models.visibility import Vantage
from models.work import EMBED_CONCLUSIONS, Lease, add_work, finish_whole_work
from representation.claim import read_claim
from representation.dream import Dream, Inference, Memory
from representation.outdated import find_successors, to_stated
from workers.lease import LeaseLost
from workers.workshop import Workshop


async def dream(workshop: Workshop, lease: Lease) -> None:
    """Reasons once; raises LeaseLost if another worker took over."""
    mind = await find_mind(workshop.pool, lease.subject_id)
    while mind is not None and not await _dream(workshop, lease, mind):
        continue  # something was forgotten while the reasoner had it


async def _dream(workshop: Workshop, lease: Lease, mind: MindRow) -> bool:
    """Returns False, and has written nothing, if something of what it saw was forgotten."""
    vantage = Vantage(mind.workspace_id, mind.observer_id)
    seen = await list_explicit(workshop.pool, vantage, mind.observed_id)
    outdated = find_successors([to_stated(row) for row, _ in seen])
    memories = [
        Memory(row.id, row.content, row.gist, session_id, row.said_at)
        for row, session_id in seen
        if row.id not in outdated
    ]
    [observed] = await list_peers_by_id(workshop.pool, [mind.observed_id])
    inferred = await workshop.reasoner.dream(Dream(observed.name, memories))
    new = await _keep_new(workshop, mind, observed.name, inferred, memories)
    rows = {row.id: row for row, _ in seen}
    async with transaction(workshop.pool) as connection:
        if not await hold_conclusions(connection, [memory.id for memory in memories]):
            return False
        conclusions = [
            _to_conclusion(mind, observed.name, inference, rows[inference.premises[-1].id])
            for inference in new
        ]
        await _write(connection, lease, mind, conclusions)
    return True


async def _keep_new(
    workshop: Workshop,
    mind: MindRow,
    observed: str,
    inferred: Sequence[Inference],
    memories: Sequence[Memory],
) -> list[Inference]:
    """Leaves out what the mind has concluded before, from premises that still stand."""
    standing = {memory.id for memory in memories}
    known = {
        gist
        for gist, premises in await list_inferred(workshop.pool, mind.id)
        if premises <= standing
    }
    return [each for each in inferred if read_claim(observed, each.content).gist not in known]


async def _write(
    connection: Connection, lease: Lease, mind: MindRow, conclusions: list[NewConclusion]
) -> None:
    await write_derived(connection, mind.workspace_id, conclusions)
    await note_dream(connection, mind.id)
    if conclusions:
        position = await add_event(
            connection,
            mind.workspace_id,
            kind=EventKind.REPRESENTATION_CHANGED,
            peer_id=mind.observed_id,
        )
        await add_work(
            connection,
            mind.workspace_id,
            EMBED_CONCLUSIONS,
            [mind.observed_id],
            transaction=position.transaction,
        )
    if not await finish_whole_work(connection, lease):
        raise LeaseLost(str(lease.subject_id))


def _to_conclusion(
    mind: MindRow, observed: str, inference: Inference, newest: ConclusionRow
) -> NewConclusion:
    [id_] = create_ids(1)
    return NewConclusion(
        id=id_,
        mind_id=mind.id,
        observed_id=mind.observed_id,
        content=inference.content,
        level=inference.level.value,
        gist=read_claim(observed, inference.content).gist,
        said_at=newest.said_at,
        dated_at=newest.dated_at,
        message_ids=(),
        premise_ids=[premise.id for premise in inference.premises],
    )
