"""Messages: sending, reading, following."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from core.errors import BadInput, NotFound
from core.limits import (
    BATCH_MESSAGES,
    PAGE_ROWS,
    check_content,
    check_metadata,
    check_name,
    check_range,
)
from core.position import START, Position
from models import message as messages
from models.database import transaction
from models.event import (
    EventKind,
    EventRow,
    add_event,
    get_newest_position,
    list_message_changes,
)
from models.filter import ANYTHING, Condition
from models.message import MessageRow
from models.visibility import Vantage, list_witnessed
from resolvers.find import get_session, get_vantage, get_workspace
from resolvers.live import Trail
from resolvers.nested import MessagesAsked, UtterancesAsked
from resolvers.outbox import Draft, Sent
from resolvers.page import PageRequest, to_slice
from resolvers.services import Services

FOLLOWED_PER_READ = 500
CHANGES_PER_READ = 200
SEQUENCE_DIGITS = 10
PEER_LIST = "message-of-peer"
"""What cursors of a peer's messages are marked with."""

_MESSAGE_EVENTS = frozenset(
    (EventKind.MESSAGES_ADDED, EventKind.MESSAGE_CHANGED, EventKind.MESSAGES_DELETED)
)


class MessageChange(NamedTuple):
    """A message that was said, or since then was changed or forgotten."""

    sequence: int
    position: Position
    vantage: Vantage
    row: MessageRow | None
    """None: it was forgotten."""
    is_new: bool = True
    """False: it was told before, and is different now."""


class MessagePlace(NamedTuple):
    """How far one vantage on a session is told: its messages, and what became of them."""

    session_id: UUID
    sight: Vantage
    seen: int
    """The sequence of the last message."""
    told: Position
    """Where the last of them was changed or deleted."""
    within: int = 0
    """The last sequence told of the next such event."""


class Utterance(NamedTuple):
    """A message as a caller sends it, unchecked."""

    peer: str
    content: str
    metadata: Any = None
    created_at: datetime | None = None
    client_message_id: str | None = None
    reasoning: bool | None = None


async def send_messages(
    services: Services, workspace: str, session: str, utterances: Sequence[Utterance]
) -> Sent:
    """Checks everything, then writes all of it or nothing."""
    check_name("workspace name", workspace)
    check_name("session name", session)
    if not 1 <= len(utterances) <= BATCH_MESSAGES:
        raise BadInput(f"messages has {len(utterances)} entries, 1 to {BATCH_MESSAGES} are allowed")
    drafts = [_check_utterance(i, utterance) for i, utterance in enumerate(utterances)]
    if services.sight.peer_id is not None:  # nobody lets itself in
        drafts = [draft._replace(must_be_in=True) for draft in drafts]
    return await services.outbox.send(workspace, session, drafts)


def _check_utterance(i: int, utterance: Utterance) -> Draft:
    try:
        if utterance.client_message_id is not None:
            check_name("clientMessageId", utterance.client_message_id)
        return Draft(
            peer=check_name("peer", utterance.peer),
            content=check_content("content", utterance.content),
            metadata=check_metadata("metadata", utterance.metadata),
            created_at=utterance.created_at,
            client_message_id=utterance.client_message_id,
            is_reasoned=utterance.reasoning,
        )
    except BadInput as error:
        # Every check's message begins with what was checked.
        raise BadInput(f"messages[{i}].{error}") from None


async def update_message(
    services: Services, id_: UUID, *, metadata: Any
) -> tuple[MessageRow, Position]:
    """Changes the metadata of a message; what was said stays as it was."""
    stored = check_metadata("metadata", metadata)
    async with transaction(services.pool) as connection:
        updated = await messages.update_message(connection, id_, metadata=stored)
        if updated is None or not services.sight.reaches(updated[0].workspace_id):
            raise NotFound(f"message {id_.hex} does not exist")
        row, is_different = updated
        if not is_different:
            return row, await get_newest_position(connection, row.workspace_id)
        position = await add_event(
            connection,
            row.workspace_id,
            kind=EventKind.MESSAGE_CHANGED,
            session_id=row.session_id,
            data=orjson.dumps({"sequence": row.sequence}).decode(),
        )
    services.hints.notify(row.workspace_id)
    return row, position


def to_messages_asked(
    session_id: UUID, request: PageRequest, vantage: Vantage, condition: Condition = ANYTHING
) -> MessagesAsked:
    """Says which messages of a session a page holds, as far as the vantage witnessed them."""
    page = to_slice(request, get_list_name(session_id), _read_sequence)
    return MessagesAsked(vantage, condition, page)


def to_utterances_asked(request: PageRequest, condition: Condition = ANYTHING) -> UtterancesAsked:
    """Says which of all that a peer has said, in any session, a page holds."""
    return UtterancesAsked(condition, to_slice(request, PEER_LIST))


def get_list_name(session_id: UUID) -> str:
    """Returns what cursors of a session's messages are marked with: sequences repeat elsewhere."""
    return f"message-{session_id.hex}"


async def follow_messages(
    services: Services,
    workspace: str,
    session: str,
    *,
    after: int | None,
    last: int | None,
    vantage: str | None,
    trail: Trail,
) -> AsyncGenerator[MessageChange, None]:
    """Yields what is said in a session, in order: first what was asked for, then as it comes.

    With `after`, what was ever forgotten or changed of what is up to that sequence, and then all
    later; with `last`, that many of the newest; with neither, only what is new. What is forgotten
    or changed from then on is told too. Ends when the session is gone.
    """
    after, last = _check_start(after, last, trail.after)
    workspace_id = (await get_workspace(services.pool, workspace)).id
    session_id = (await get_session(services, workspace_id, session)).id
    sight = await get_vantage(services, workspace_id, observer=vantage)

    def concerns(event: EventRow) -> bool:
        return event.kind in _MESSAGE_EVENTS and event.session_id == session_id

    async with services.tails.follow(workspace_id, concerns, trail) as follower:
        if isinstance(trail.start, MessagePlace):
            place = trail.start
            if (place.session_id, place.sight) != (session_id, sight):
                return  # gone, and another one has its name
        else:
            # Who comes back has messages of which it may not know what became of them.
            told = START if after else follower.tail.get_change(session_id)
            seen = await _get_start(services, session_id, sight, after=after, last=last)
            place = MessagePlace(session_id, sight, seen, told)
        while True:
            # Asked for before the reading, which then has all up to there.
            known = follower.tail.get_change(session_id)
            events = await list_message_changes(
                services.pool, session_id, after=place.told, limit=CHANGES_PER_READ
            )
            for event in events:
                if _is_of_all(event):
                    return
                for change in await _list_changes(services, sight, event, place):
                    place = place._replace(within=change.sequence)
                    trail.move(place, place.seen)
                    yield change
                place = place._replace(told=event.position, within=0)
            if len(events) == CHANGES_PER_READ:
                continue
            place = place._replace(told=max(place.told, known))
            rows = await messages.list_session_messages(
                services.pool, session_id, vantage=sight, after=place.seen, limit=FOLLOWED_PER_READ
            )
            for row in rows:
                place = place._replace(seen=row.sequence)
                trail.move(place, place.seen)
                yield MessageChange(row.sequence, row.position, sight, row)
            if len(rows) < FOLLOWED_PER_READ and not await follower.wait(place):
                return


def _check_start(
    after: int | None, last: int | None, token: str | None
) -> tuple[int | None, int | None]:
    """Returns `after` and `last` as they are to be, which for who comes back is from the token."""
    if after is not None and last is not None:
        raise BadInput("after and last are both given; ask for one of them")
    if token is None:
        return after, last
    if token.isdecimal() and len(token) <= SEQUENCE_DIGITS:
        return int(token), None
    raise BadInput(f'"{token[:40]}" is no id of an event of this subscription')


def _is_of_all(event: EventRow) -> bool:
    """Tells whether the whole session is forgotten."""
    return (
        event.kind is EventKind.MESSAGES_DELETED and orjson.loads(event.data)["sequences"] is None
    )


async def _list_changes(
    services: Services, sight: Vantage, event: EventRow, place: MessagePlace
) -> list[MessageChange]:
    """Returns what an event tells of messages that were told before, and was not told itself."""
    data = orjson.loads(event.data)
    is_change = event.kind is EventKind.MESSAGE_CHANGED
    told = [data["sequence"]] if is_change else data["sequences"]
    news = [sequence for sequence in told if place.within < sequence <= place.seen]
    if not is_change:
        gone = await list_witnessed(services.pool, sight, place.session_id, news)
        return [MessageChange(sequence, event.position, sight, None) for sequence in gone]
    rows = [
        row
        for sequence in news
        for row in await messages.list_session_messages(
            services.pool,
            place.session_id,
            vantage=sight,
            after=sequence - 1,
            before=sequence + 1,
            limit=1,
        )
    ]
    return [MessageChange(row.sequence, event.position, sight, row, is_new=False) for row in rows]


async def _get_start(
    services: Services, session_id: UUID, sight: Vantage, *, after: int | None, last: int | None
) -> int:
    """Returns the sequence after which to begin."""
    if after is not None:
        return check_range("after", after, least=0, most=2**31 - 1)
    count = check_range("last", last or 0, least=0, most=PAGE_ROWS)
    newest = await messages.list_session_messages(
        services.pool, session_id, vantage=sight, limit=max(count, 1), newest_first=True
    )
    if not newest:
        return 0
    return newest[-1].sequence - 1 if count else newest[0].sequence


def _read_sequence(key: str) -> int:
    sequence = int(key)
    if not 1 <= sequence < 2**31:
        raise ValueError(key)
    return sequence
