"""Summarises a session: window after window, each when it is full, or what was forgotten of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from core.tokens import count_tokens
from models.database import Connection, transaction
from models.event import EventKind, add_event
from models.message import MessageRow, hold_messages, list_session_messages
from models.peer import list_peers_by_id
from models.session import hold_session
from models.summary import (
    Predecessor,
    SummaryKind,
    SummaryWindow,
    find_next_window,
    find_predecessor,
    write_summary,
)
from models.visibility import Vantage
from models.work import Lease, finish_whole_work, keep_lease
from representation.talk import LONG_TOKENS, PART_TOKENS, SHORT_TOKENS, Talk
from representation.window import Utterance
from workers.account import keep_account
from workers.lease import LeaseLost
from workers.workshop import Workshop

MESSAGES_PER_READ = 200


@dataclass(frozen=True, slots=True)
class _Result:
    """A summary, and all that it rests on."""

    content: str
    message_ids: list[UUID]
    predecessor: Predecessor | None


async def summarise_session(workshop: Workshop, lease: Lease) -> None:
    """Makes the summaries that are due; raises LeaseLost if another worker took over."""
    while True:
        window = await find_next_window(workshop.pool, lease.subject_id)
        if window is None:
            if await _end(workshop, lease):
                return
            continue
        result = await _summarise(workshop, lease, window)
        if await _write(workshop, lease, window, result):
            workshop.hints.notify(lease.workspace_id)


async def _summarise(workshop: Workshop, lease: Lease, window: SummaryWindow) -> _Result:
    """Asks the reasoner part by part; what it must not tell of it is not shown."""
    predecessor = None
    if window.kind is SummaryKind.LONG:
        predecessor = await find_predecessor(workshop.pool, lease.subject_id, window.after)
    content = predecessor.content if predecessor else None
    most_tokens = LONG_TOKENS if window.kind is SummaryKind.LONG else SHORT_TOKENS
    message_ids: list[UUID] = []
    async for part in _list_parts(workshop, lease, window):
        message_ids += [row.id for row in part]
        talk = Talk(await _to_utterances(workshop, part), content, most_tokens)
        async with keep_account(workshop, lease):
            content = await workshop.reasoner.summarise(talk) or content
    return _Result(content or "", message_ids, predecessor)


async def _list_parts(
    workshop: Workshop, lease: Lease, window: SummaryWindow
) -> AsyncIterator[list[MessageRow]]:
    """Yields the messages in parts that a model can be shown at once, parts without any left out.

    Those that are only context are no part by themselves.
    """
    part: list[MessageRow] = []
    tokens = 0
    async for row in _list_messages(workshop, lease, window):
        if part and tokens + row.token_count > PART_TOKENS:
            if any(each.is_observed for each in part):
                yield part
            part, tokens = [], 0
        part.append(row)
        tokens += row.token_count
    if any(each.is_observed for each in part):
        yield part


async def _list_messages(
    workshop: Workshop, lease: Lease, window: SummaryWindow
) -> AsyncIterator[MessageRow]:
    after = window.after
    while after < window.last_sequence:
        rows = await list_session_messages(
            workshop.pool,
            lease.subject_id,
            vantage=Vantage(lease.workspace_id),
            after=after,
            before=window.last_sequence + 1,
            limit=MESSAGES_PER_READ,
        )
        for row in rows:
            if row.feeds_summaries:
                yield row
        if len(rows) < MESSAGES_PER_READ:
            return
        after = rows[-1].sequence


async def _to_utterances(workshop: Workshop, rows: Sequence[MessageRow]) -> tuple[Utterance, ...]:
    peers = await list_peers_by_id(workshop.pool, list({row.peer_id for row in rows}))
    names = {peer.id: peer.name for peer in peers}
    return tuple(
        Utterance(
            sequence=row.sequence,
            author=names[row.peer_id],
            content=row.content,
            created_at=row.get_sender_time(),
            is_observed=row.is_observed,
        )
        for row in rows
        if row.peer_id in names  # else it was forgotten meanwhile, and nothing will be written
    )


async def _write(workshop: Workshop, lease: Lease, window: SummaryWindow, result: _Result) -> bool:
    """Writes a summary, if the lease still holds.

    False: something that it rests on was forgotten while the reasoner had it; nothing was written.
    """
    async with transaction(workshop.pool) as connection:
        if not await hold_messages(connection, result.message_ids):
            return False
        # Whoever forgets holds the session too, before looking for summaries.
        await hold_session(connection, lease.subject_id)
        if window.kind is SummaryKind.LONG:
            standing = await find_predecessor(connection, lease.subject_id, window.after)
            if standing != result.predecessor:
                return False
        if not await write_summary(
            connection,
            lease.subject_id,
            window,
            content=result.content or None,
            token_count=count_tokens(result.content),
        ):
            raise LeaseLost(str(lease.subject_id))  # with its session
        if result.content:
            await _tell(connection, lease, window)
        if not await keep_lease(connection, lease):
            raise LeaseLost(str(lease.subject_id))
    return True


async def _tell(connection: Connection, lease: Lease, window: SummaryWindow) -> None:
    told = {
        "kind": window.kind.value,
        "firstSequence": window.first_sequence,
        "lastSequence": window.last_sequence,
    }
    await add_event(
        connection,
        lease.workspace_id,
        kind=EventKind.SUMMARY_CREATED,
        session_id=lease.subject_id,
        data=orjson.dumps(told).decode(),
    )


async def _end(workshop: Workshop, lease: Lease) -> bool:
    """Ends the work; False: another window is full, so go on.

    The session's row is held, so that it is not derived further between the look and the end.
    """
    async with transaction(workshop.pool) as connection:
        await hold_session(connection, lease.subject_id)
        if await find_next_window(connection, lease.subject_id) is not None:
            return False
        if not await finish_whole_work(connection, lease):
            raise LeaseLost(str(lease.subject_id))
    return True
