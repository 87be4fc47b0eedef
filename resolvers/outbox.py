"""Writing messages: checks who writes, gathers what is sent meanwhile, and writes it at once.

While one statement of a session is in flight, further sends to that session wait and then go
together in the next one. A lone writer never waits. What the roster lacks (session, peers,
memberships) is created in the transaction that writes the messages.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from core.errors import Conflict, NotFound, Unavailable, VantageError
from core.hints import Hints
from core.ids import create_id, create_ids
from core.position import Position
from core.queue import WakeUps
from core.tokens import count_tokens
from models.database import AWAY, Connection, Pool, Runner, transaction
from models.instruction import get_instruction
from models.membership import Joining, Roster, find_roster, join_session
from models.message import (
    BatchRule,
    MessageRow,
    NewMessage,
    Written,
    list_messages_by_client_id,
    write_messages,
)
from models.peer import lock_peers
from models.session import lock_session
from models.work import DERIVE
from resolvers.rosters import Place, Rosters

GATHERED_MESSAGES = 1_000
"""How many waiting messages go into one statement, at most."""
REMEMBERED_AUTHORS = 100_000
_ATTEMPTS = 50
_CLIENT_ID_TAKEN = "message_client_id"

_FAULTS_OF_ONE = (
    VantageError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)
"""After these nothing was written, so that each may be tried alone."""
_AWAY = (
    "the database did not answer, and whether the messages were written is not known; send them"
    " again with their clientMessageIds, which keeps them from being written twice"
)

_log = structlog.get_logger(__name__)


class Draft(NamedTuple):
    """A message as a caller hands it in, checked; `metadata` is JSON text."""

    peer: str
    content: str
    metadata: str = "{}"
    created_at: datetime | None = None
    client_message_id: str | None = None
    is_reasoned: bool | None = None
    """None: as the session or the workspace has it."""
    must_be_in: bool = False
    """Whether the peer has to be in the session already, instead of being let in."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages in the order of the drafts, and the newest position among them."""

    messages: list[MessageRow]
    position: Position


@dataclass(frozen=True, slots=True)
class _Request:
    drafts: Sequence[Draft]
    done: asyncio.Future[Sent]


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: list[MessageRow]
    is_work_due: bool


class Outbox:
    """Sends messages to any session; one per process."""

    def __init__(self, pool: Pool, hints: Hints, wake_ups: WakeUps, rule: BatchRule) -> None:
        self._pool = pool
        self._hints = hints
        self._wake_ups = wake_ups
        self._rule = rule
        self._rosters = Rosters(limit=REMEMBERED_AUTHORS)
        self._waiting: dict[Place, deque[_Request]] = {}
        self._drains: set[asyncio.Task[None]] = set()

    async def send(self, workspace: str, session: str, drafts: Sequence[Draft]) -> Sent:
        """Writes the drafts in order, all or none; returns once they are committed.

        Raises:
            NotFound: there is no such workspace; or no such session with a peer that must be in it.
            Conflict: a clientMessageId was used by its peer for another content.
        """
        place = (workspace, session)
        request = _Request(drafts, asyncio.get_running_loop().create_future())
        if place in self._waiting:
            self._waiting[place].append(request)
        else:
            self._waiting[place] = deque([request])
            drain = asyncio.create_task(self._drain(place))
            self._drains.add(drain)
            drain.add_done_callback(self._drains.discard)
        return await request.done

    async def _drain(self, place: Place) -> None:
        """Writes what waits for a session until nothing does."""
        waiting = self._waiting[place]
        try:
            while waiting:
                if requests := _take_gathered(waiting):
                    await self._write_requests(place, requests)
        finally:
            del self._waiting[place]
            for request in waiting:  # only after a fault of our own
                request.done.cancel()

    async def _write_requests(self, place: Place, requests: list[_Request]) -> None:
        drafts = [draft for request in requests for draft in request.drafts]
        try:
            rows = await self._write(place, drafts)
        except AWAY as error:
            _log.warning("database away, messages refused", error=type(error).__name__)
            _fail(requests, Unavailable(_AWAY))
            return
        except Exception as error:
            if len(requests) > 1 and isinstance(error, _FAULTS_OF_ONE):
                # Alone, each gets its own answer, and only the one at fault is refused.
                for request in requests:
                    await self._write_requests(place, [request])
            else:
                _fail(requests, error)
            return
        _fulfil(requests, rows)

    async def _write(self, place: Place, drafts: Sequence[Draft]) -> list[MessageRow]:
        """Writes what was not written before; the rest is answered with what is there."""
        known: dict[int, MessageRow] = {}
        copies = _find_copies(drafts)
        fresh = [i for i in range(len(drafts)) if i not in copies]
        for _ in range(_ATTEMPTS):
            known |= await self._write_fresh(place, drafts, fresh)
            fresh = [i for i in fresh if i not in known]
            if not fresh:
                return [known[copies.get(i, i)] for i in range(len(drafts))]
        raise Unavailable(f'session "{place[1]}" is changing too fast; send again')

    async def _write_fresh(
        self, place: Place, drafts: Sequence[Draft], fresh: Sequence[int]
    ) -> dict[int, MessageRow]:
        """Writes the drafts `fresh` points to, or finds those among them that are there already.

        Returns what is there now, by index: nothing if the roster changed meanwhile.
        """
        try:
            rows = await self._write_together(place, [drafts[i] for i in fresh])
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != _CLIENT_ID_TAKEN:
                raise
            return await self._find_sent(place, drafts)
        except asyncpg.ForeignKeyViolationError:
            # A peer or the session was forgotten since the roster was read.
            self._rosters.drop(place)
            return {}
        return dict(zip(fresh, rows, strict=True)) if rows else {}

    async def _write_together(
        self, place: Place, drafts: Sequence[Draft]
    ) -> list[MessageRow] | None:
        """Writes drafts in one transaction; None: the roster has changed, look again."""
        roster = await self._get_roster(place, drafts)
        if roster.authors.keys() >= {draft.peer for draft in drafts}:
            batch = await self._write_as(self._pool, roster, drafts)
        else:
            _check_in(place, roster, drafts)
            async with transaction(self._pool) as connection:
                roster = await _let_in(connection, place, roster.workspace_id, drafts)
                batch = await self._write_as(connection, roster, drafts)
        if batch is None:
            self._rosters.drop(place)
            return None
        self._rosters.keep(place, roster)
        self._hints.notify(roster.workspace_id)
        if batch.is_work_due:
            self._wake_ups.wake(DERIVE, roster.session_id)
        return batch.rows

    async def _write_as(
        self, runner: Runner, roster: Roster, drafts: Sequence[Draft]
    ) -> _Batch | None:
        messages = _to_new_messages(roster, drafts)
        written = await write_messages(
            runner,
            session_id=roster.session_id,
            roster_version=roster.version,
            messages=messages,
            rule=self._rule,
            work_ids=(create_id(), create_id()),
        )
        if written is None:
            return None
        return _Batch(_to_rows(roster, messages, written), written.is_work_due)

    async def _get_roster(self, place: Place, drafts: Sequence[Draft]) -> Roster:
        names = {draft.peer for draft in drafts}
        known = self._rosters.find(place, names)
        if known is not None:
            return known
        found = await _find_roster(self._pool, place, names)
        if found is None:
            raise NotFound(f'workspace "{place[0]}" does not exist')
        return self._rosters.keep(place, found)

    async def _find_sent(self, place: Place, drafts: Sequence[Draft]) -> dict[int, MessageRow]:
        """Finds the drafts that were written before, by index; raises Conflict."""
        roster = await self._get_roster(place, drafts)
        rows = await list_messages_by_client_id(
            self._pool,
            roster.workspace_id,
            roster.session_id,
            sorted({(d.peer, d.client_message_id) for d in drafts if d.client_message_id}),
        )
        found = {}
        for i, draft in enumerate(drafts):
            row = rows.get((draft.peer, draft.client_message_id or ""))
            if row is not None:
                _check_same(draft, row.content)
                found[i] = row
        return found


def _take_gathered(waiting: deque[_Request]) -> list[_Request]:
    """Takes what goes into one statement; who has stopped waiting is left out."""
    taken: list[_Request] = []
    size = 0
    while waiting and (not taken or size + len(waiting[0].drafts) <= GATHERED_MESSAGES):
        request = waiting.popleft()
        if not request.done.done():
            size += len(request.drafts)
            taken.append(request)
    return taken


def _fulfil(requests: Sequence[_Request], rows: Sequence[MessageRow]) -> None:
    """Hands each request its rows, which are in the order of all their drafts."""
    start = 0
    for request in requests:
        end = start + len(request.drafts)
        messages = list(rows[start:end])
        if not request.done.done():
            newest = max(row.transaction for row in messages)
            request.done.set_result(Sent(messages, Position(newest)))
        start = end


def _fail(requests: Sequence[_Request], error: Exception) -> None:
    for request in requests:
        if not request.done.done():
            request.done.set_exception(error)


def _find_copies(drafts: Sequence[Draft]) -> dict[int, int]:
    """Maps drafts that repeat an earlier one's clientMessageId to it; raises Conflict."""
    first: dict[tuple[str, str], int] = {}
    copies = {}
    for i, draft in enumerate(drafts):
        if draft.client_message_id is None:
            continue
        original = first.setdefault((draft.peer, draft.client_message_id), i)
        if original != i:
            _check_same(draft, drafts[original].content)
            copies[i] = original
    return copies


def _check_same(draft: Draft, content: str) -> None:
    if draft.content != content:
        raise Conflict(
            f'clientMessageId "{draft.client_message_id}" of peer "{draft.peer}" was already used'
            " for another content in this session; use a new id for a new message"
        )


async def _find_roster(runner: Runner, place: Place, names: Collection[str]) -> Roster | None:
    """Finds a roster, its custom instructions ready to be referred to."""
    roster = await find_roster(runner, *place, sorted(names))
    instructions = roster and roster.configuration.reasoning.custom_instructions
    if roster is None or not instructions:
        return roster
    instruction_id = await get_instruction(runner, roster.workspace_id, instructions)
    return replace(roster, instruction_id=instruction_id)


async def _let_in(
    connection: Connection, place: Place, workspace_id: UUID, drafts: Sequence[Draft]
) -> Roster:
    """Creates the session and the peers that are missing and lets in those that are not in."""
    names = sorted({draft.peer for draft in drafts})
    joining = sorted({draft.peer for draft in drafts if not draft.must_be_in})
    peers = await lock_peers(connection, workspace_id, joining)
    session, _ = await lock_session(connection, workspace_id, place[1])
    await join_session(connection, session, peers, {name: Joining() for name in joining})
    roster = await _find_roster(connection, place, names)
    if roster is None:
        raise NotFound(f'workspace "{place[0]}" does not exist')
    _check_in(place, roster, drafts)
    return roster


def _check_in(place: Place, roster: Roster, drafts: Sequence[Draft]) -> None:
    """Raises NotFound if a peer that must be in the session is not: to it there is no session."""
    for draft in drafts:
        if draft.must_be_in and draft.peer not in roster.authors:
            raise NotFound(f'session "{place[1]}" does not exist in this workspace')


def _to_new_messages(roster: Roster, drafts: Sequence[Draft]) -> list[NewMessage]:
    configuration, authors = roster.configuration, roster.authors
    is_reasoned, makes_card = configuration.reasoning.enabled, configuration.peer_card.create
    feeds_dreams, feeds_summaries = configuration.dream.enabled, configuration.summary.enabled
    # By position, here and below: with as many names it would take twice as long.
    return [
        NewMessage(
            id_,
            authors[draft.peer].peer_id,
            draft.content,
            draft.metadata,
            count_tokens(draft.content),
            draft.created_at,
            _get_offset_s(draft.created_at),
            draft.client_message_id,
            authors[draft.peer].observe_me,
            is_reasoned if draft.is_reasoned is None else draft.is_reasoned,
            makes_card,
            feeds_dreams,
            roster.instruction_id,
            feeds_summaries,
        )
        for id_, draft in zip(create_ids(len(drafts)), drafts, strict=True)
    ]


def _to_rows(roster: Roster, messages: Sequence[NewMessage], written: Written) -> list[MessageRow]:
    recorded_at, transaction_id = written.recorded_at, written.position.transaction
    return [
        MessageRow(
            message.id,
            roster.workspace_id,
            roster.session_id,
            message.peer_id,
            sequence,
            message.content,
            message.metadata,
            message.token_count,
            message.created_at or recorded_at,
            message.utc_offset_s,
            recorded_at,
            message.client_message_id,
            message.is_observed,
            message.is_reasoned,
            message.makes_card,
            message.feeds_dreams,
            transaction_id,
            None,
            message.instruction_id,
            message.feeds_summaries,
        )
        for sequence, message in enumerate(messages, written.first_sequence)
    ]


def _get_offset_s(time: datetime | None) -> int:
    offset = time.utcoffset() if time else None
    return int(offset.total_seconds()) if offset else 0
