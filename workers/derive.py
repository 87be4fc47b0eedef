"""Derives a session: window after window, in order, each written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import orjson

from core.ids import create_ids
from models.database import Connection, transaction
from models.event import EventKind, add_events
from models.evidence import NewConclusion, write_explicit
from models.instruction import find_instruction
from models.membership import list_intervals
from models.message import Backlog, MessageRow, get_backlog, hold_messages, settle_messages
from models.peer import list_peers_by_id
from models.session import (
    DerivationStanding,
    advance_derivation,
    end_derivation,
    lock_derivation,
)
from models.summary import find_next_window
from models.window import WindowRow, add_window
from models.work import (
    EMBED_CONCLUSIONS,
    LINK,
    SUMMARISE,
    Lease,
    add_work,
    finish_work,
    keep_lease,
)
from representation.card import is_identity
from representation.claim import read_claim
from representation.cut import Cut, cut_window, list_audience
from representation.statement import Statement
from representation.window import Utterance, Window
from workers.account import keep_account
from workers.lease import LeaseLost
from workers.workshop import Workshop

MESSAGES_PER_READ = 500


@dataclass(frozen=True, slots=True)
class _Batch:
    """The window to derive next, and the audience that it was said to."""

    backlog: Backlog
    messages: list[MessageRow]
    window: WindowRow
    cut: Cut

    @property
    def is_anew(self) -> bool:
        return self.messages[0].anew_window is not None


async def derive_session(workshop: Workshop, lease: Lease) -> None:
    """Derives what is due of the leased session; raises LeaseLost if another worker took over."""
    while True:
        batch = await _read_batch(workshop, lease)
        if batch is None or not _is_due(workshop, lease, batch):
            if await _pause(workshop, lease, batch):
                return
            continue
        names = await _get_names(workshop, batch.messages)
        statements = await _conclude(workshop, lease, batch.messages, names)
        if await _write(workshop, lease, batch, statements, names):
            workshop.hints.notify(lease.workspace_id)


async def _read_batch(workshop: Workshop, lease: Lease) -> _Batch | None:
    backlog = await get_backlog(workshop.pool, lease.subject_id, limit=MESSAGES_PER_READ)
    messages = backlog.messages
    if not messages:
        return None
    intervals = await list_intervals(
        workshop.pool,
        lease.subject_id,
        first_sequence=backlog.run_sequence or messages[0].sequence,
        last_sequence=messages[-1].sequence,
    )
    cut = cut_window(
        messages,
        intervals,
        budget_tokens=workshop.settings.derive_batch_tokens,
        run_sequence=backlog.run_sequence,
    )
    taken = messages[: cut.length]
    window = WindowRow(
        session_id=lease.subject_id,
        first_sequence=taken[0].sequence,
        last_sequence=taken[-1].sequence,
        audience=_name_audience(lease.subject_id, list_audience(intervals, taken[0].sequence)),
    )
    return _Batch(backlog, taken, window, cut)


def _name_audience(session_id: UUID, observer_ids: Sequence[UUID]) -> str:
    """Names a session and who observed in it; equal names see the same."""
    digest = blake2b(session_id.bytes, digest_size=16)
    for observer_id in observer_ids:
        digest.update(observer_id.bytes)
    return digest.hexdigest()


def _is_due(workshop: Workshop, lease: Lease, batch: _Batch) -> bool:
    """A window is due when nothing can join it any more, when it is old, or when asked for."""
    first = batch.messages[0]
    return (
        batch.cut.is_closed
        or batch.is_anew
        or len(batch.backlog.messages) == MESSAGES_PER_READ  # full in another way
        or first.sequence <= lease.asked_sequence
        or _get_due_time(workshop, first) <= lease.claimed_at
    )


def _get_due_time(workshop: Workshop, first: MessageRow) -> datetime:
    return first.recorded_at + timedelta(seconds=workshop.settings.derive_batch_age_s)


async def _pause(workshop: Workshop, lease: Lease, batch: _Batch | None) -> bool:
    """Ends the lease until more is due; False: there is more than was seen, so go on.

    The session's row is held, so that nobody writes a message between the look and the end.
    """
    async with transaction(workshop.pool) as connection:
        standing = await lock_derivation(connection, lease.subject_id)
        if _has_more_to_do(workshop, standing, batch):
            return False
        if batch is None:
            await end_derivation(connection, lease.subject_id)
        if not await finish_work(
            connection,
            lease,
            reached_sequence=standing.derived_sequence,
            next_due_at=_get_due_time(workshop, batch.messages[0]) if batch else None,
        ):
            raise LeaseLost(str(lease.subject_id))
    return True


def _has_more_to_do(workshop: Workshop, standing: DerivationStanding, batch: _Batch | None) -> bool:
    """Tells whether messages came after the look that are due, so far as their number tells."""
    if batch is None:
        return standing.waiting_count > 0
    return (
        standing.waiting_count > len(batch.backlog.messages)
        and standing.waiting_tokens >= workshop.settings.derive_batch_tokens
    )


async def _get_names(workshop: Workshop, window: Sequence[MessageRow]) -> dict[UUID, str]:
    peers = await list_peers_by_id(workshop.pool, list({row.peer_id for row in window}))
    return {peer.id: peer.name for peer in peers}


async def _conclude(
    workshop: Workshop, lease: Lease, window: Sequence[MessageRow], names: dict[UUID, str]
) -> tuple[Statement, ...]:
    """Asks the reasoner, unless nothing may be concluded from the window at all."""
    if not window[0].is_reasoned or not any(row.is_observed for row in window):
        return ()
    utterances = tuple(
        Utterance(
            sequence=row.sequence,
            author=names[row.peer_id],
            content=row.content,
            created_at=row.get_sender_time(),
            is_observed=row.is_observed,
        )
        for row in window
    )
    shown = Window(
        session=str(window[0].session_id),
        utterances=utterances,
        instructions=await _find_instructions(workshop, window[0].instruction_id),
    )
    async with keep_account(workshop, lease):
        return await workshop.reasoner.derive(shown)


async def _find_instructions(workshop: Workshop, instruction_id: UUID | None) -> str | None:
    return await find_instruction(workshop.pool, instruction_id) if instruction_id else None


async def _write(
    workshop: Workshop,
    lease: Lease,
    batch: _Batch,
    statements: Sequence[Statement],
    names: dict[UUID, str],
) -> bool:
    """Writes what a window gave and moves past it, in one transaction, if the lease still holds.

    False: one of its messages was forgotten while the reasoner had it; nothing was written, and
    the window is to be read anew.
    """
    ids = {name: id_ for id_, name in names.items()}
    conclusions = _to_conclusions(batch.messages, statements, ids)
    async with transaction(workshop.pool) as connection:
        if not await hold_messages(connection, [row.id for row in batch.messages]):
            return False
        await add_window(connection, batch.window)
        if conclusions:
            await write_explicit(connection, lease.workspace_id, batch.window, conclusions)
        # The session before the item, as senders lock them, and items to compare after those to
        # derive, as whoever forgets does.
        if not await _move_on(connection, lease, batch) or not await keep_lease(connection, lease):
            raise LeaseLost(str(lease.subject_id))
        if conclusions:
            await _tell(connection, lease, batch, conclusions)
        if await find_next_window(connection, lease.subject_id) is not None:
            await _add_work(connection, lease, batch, SUMMARISE, [lease.subject_id])
    return True


async def _move_on(connection: Connection, lease: Lease, batch: _Batch) -> bool:
    if batch.is_anew:
        await settle_messages(connection, [row.id for row in batch.messages])
        return True
    return await advance_derivation(
        connection,
        lease.subject_id,
        from_sequence=batch.backlog.derived_sequence,
        to_sequence=batch.window.last_sequence,
        run_sequence=batch.cut.run_sequence,
        tokens=sum(row.token_count for row in batch.messages),
    )


def _to_conclusions(
    window: Sequence[MessageRow], statements: Sequence[Statement], ids: dict[str, UUID]
) -> list[NewConclusion]:
    rows = {row.sequence: row for row in window}
    return [
        _to_conclusion(id_, statement, [rows[sequence] for sequence in statement.cites], ids)
        for id_, statement in zip(create_ids(len(statements)), statements, strict=True)
    ]


def _to_conclusion(
    id_: UUID, statement: Statement, cited: Sequence[MessageRow], ids: dict[str, UUID]
) -> NewConclusion:
    claim = read_claim(statement.observed, statement.content)
    newest = cited[-1]
    return NewConclusion(
        id=id_,
        observed_id=ids[statement.observed],
        content=statement.content,
        level=statement.level.value,
        confidence=statement.confidence,
        gist=claim.gist,
        topic=claim.topic,
        value=claim.value,
        is_change=claim.is_change,
        is_identity=is_identity(claim) and all(row.makes_card for row in cited),
        is_linked=claim.topic is None,
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        said_at=newest.recorded_at,
        dated_at=newest.created_at,
        message_ids=[row.id for row in cited],
    )


async def _tell(
    connection: Connection, lease: Lease, batch: _Batch, conclusions: Sequence[NewConclusion]
) -> None:
    """Writes the events, and the work of comparing and of indexing what was concluded."""
    added: dict[UUID, list[str]] = {}
    for conclusion in conclusions:
        added.setdefault(conclusion.observed_id, []).append(str(conclusion.id))
    await add_events(
        connection,
        lease.workspace_id,
        kind=EventKind.REPRESENTATION_CHANGED,
        session_id=lease.subject_id,
        peers=[
            (peer_id, orjson.dumps({"conclusions": ids}).decode()) for peer_id, ids in added.items()
        ],
    )
    unlinked = {conclusion.observed_id for conclusion in conclusions if not conclusion.is_linked}
    for kind, subjects in ((LINK, unlinked), (EMBED_CONCLUSIONS, set(added))):
        if subjects:
            await _add_work(connection, lease, batch, kind, sorted(subjects))


async def _add_work(
    connection: Connection, lease: Lease, batch: _Batch, kind: str, subject_ids: Sequence[UUID]
) -> None:
    """Adds work that follows from the oldest message of a batch."""
    first = min(row.transaction for row in batch.messages)
    await add_work(connection, lease.workspace_id, kind, subject_ids, transaction=first)
