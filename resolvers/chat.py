"""Asking a peer: gathers what the vantage may see, lets the reasoner answer from that alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from core.clock import get_now
from core.limits import check_query
from core.model_client.meter import metering
from core.model_client.purpose import Purpose
from core.position import Position
from models.conclusion import ConclusionRow, Selection, list_conclusions_by_id
from models.evidence import list_citations, list_cited_messages, list_premises
from models.message import MessageRow, list_newest_messages
from models.peer import PeerRow, list_peers_by_id
from models.usage import UsageRow, add_calls
from models.visibility import Vantage, observes_others
from representation.reasoner import Question, Reply, Support
from representation.retrieve import Sought
from resolvers.conclusion import judge, list_known, select
from resolvers.find import get_peer, get_vantage
from resolvers.search import find_best_messages, rank_conclusions, seek
from resolvers.services import Services
from resolvers.wait import wait_for_position

Row = TypeVar("Row", bound=ConclusionRow | MessageRow)

CONCLUSIONS = 1_000
MESSAGES = 500
"""How many of the newest are at hand, whatever is asked."""
FOUND = 100
"""How many more of each are found by the words of the question, however old."""


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """An answer and what it rests on, all of it visible to the vantage."""

    vantage: Vantage
    text: str
    conclusions: list[ConclusionRow]
    messages: list[MessageRow]
    position: Position
    usage: dict[str, UsageRow]
    """By purpose."""


async def ask_peer(
    services: Services,
    asked: PeerRow,
    query: str,
    *,
    target: str | None,
    scope: str | None = None,
    sessions: Sequence[str] | None = None,
    min_position: str | None = None,
    max_wait_ms: int = 0,
) -> AnswerValue:
    """Asks a peer from what it witnessed, or about `target` from its own view of it alone."""
    check_query(query)
    vantage = await get_vantage(
        services, asked.workspace_id, observer=asked.name, scope=scope, sessions=sessions
    )
    about = None
    if target is not None:
        about = await get_peer(services, asked.workspace_id, target)
    position = await wait_for_position(
        services,
        asked.workspace_id,
        wanted=None if min_position is None else Position.parse(min_position),
        max_wait_ms=max_wait_ms,
    )
    sought = await seek(services, query)
    conclusions = await _list_known(services, vantage, asked, about, sought)
    messages = [] if about else await _list_messages(services, vantage, sought)
    question = Question(
        query=query,
        asked=asked.name,
        target=target,
        now=get_now(),
        supports=await _to_supports(services, conclusions, messages),
    )
    reply, usage = await _answer(services, asked.workspace_id, question)
    used = [row for row in conclusions if str(row.id) in reply.cites]
    return AnswerValue(
        vantage=vantage,
        text=reply.text,
        conclusions=_in_order(used, reply.cites),
        messages=await _list_messages_used(services, used, messages, reply.cites),
        position=position,
        usage=usage,
    )


async def _answer(
    services: Services, workspace_id: UUID, question: Question
) -> tuple[Reply, dict[str, UsageRow]]:
    """Returns what the reasoner says, and what models it asked for it, which is entered."""
    with metering() as calls:
        try:
            reply = await services.reasoner.answer(question)
        finally:
            if calls:
                await add_calls(services.pool, workspace_id, calls)
    return reply, {Purpose.CHAT.value: UsageRow.from_calls(calls)} if calls else {}


async def _list_known(
    services: Services, vantage: Vantage, asked: PeerRow, about: PeerRow | None, sought: Sought
) -> list[ConclusionRow]:
    """Returns what the asked peer may draw on: its view of the target, or all its views."""
    observes = await observes_others(services.pool, vantage)
    observed: list[UUID] | None
    if about is not None:
        if not observes and about.id != asked.id:
            return []
        observed = [about.id]
    else:
        # Who holds no model of others still knows what it said itself.
        observed = None if observes else [asked.id]
    selection = await select(services, vantage, observed)
    # Outdated ones too: what no longer holds can be asked for.
    newest = await list_known(services.pool, selection, limit=CONCLUSIONS)
    if len(newest) < CONCLUSIONS:
        return newest
    ranked, rows = await rank_conclusions(services, selection, sought)
    found = [rows[each.id] for each in ranked[:FOUND]]
    return _join(newest, await _judge_with_successors(services, selection, found))


async def _judge_with_successors(
    services: Services, selection: Selection, rows: list[ConclusionRow]
) -> list[ConclusionRow]:
    """What superseded a statement need not share its words, but is the answer in its place."""
    judged = await judge(services.pool, selection, rows)
    ids = [row.superseded_by for row in judged if row.superseded_by is not None]
    successors = await list_conclusions_by_id(services.pool, selection.vantage, ids)
    return _join(judged, await judge(services.pool, selection, successors))


async def _list_messages(services: Services, vantage: Vantage, sought: Sought) -> list[MessageRow]:
    newest = await list_newest_messages(services.pool, vantage=vantage, limit=MESSAGES)
    if len(newest) < MESSAGES:
        return newest
    return _join(newest, await find_best_messages(services, vantage, sought, first=FOUND))


def _join(first: list[Row], more: list[Row]) -> list[Row]:
    """All of both, each once."""
    rows = {row.id: row for row in first}
    for row in more:
        rows.setdefault(row.id, row)
    return list(rows.values())


async def _to_supports(
    services: Services, conclusions: list[ConclusionRow], messages: list[MessageRow]
) -> list[Support]:
    ids = {row.observed_id for row in conclusions} | {row.peer_id for row in messages}
    names = {row.id: row.name for row in await list_peers_by_id(services.pool, list(ids))}
    sources: dict[UUID, list[str]] = {row.id: [] for row in conclusions}
    for conclusion_id, message_id in await list_citations(services.pool, list(sources)):
        sources[conclusion_id].append(str(message_id))
    premises: dict[UUID, list[str]] = {row.id: [] for row in conclusions}
    for conclusion_id, premise in await list_premises(services.pool, list(premises)):
        premises[conclusion_id].append(str(premise.id))
    return [
        Support(
            id=str(row.id),
            peer=names[row.observed_id],
            text=row.content,
            said_at=row.said_at,
            count=row.support,
            sources=tuple(sources[row.id]),
            premises=tuple(premises[row.id]),
        )
        for row in conclusions
    ] + [
        Support(
            id=str(row.id),
            peer=names[row.peer_id],
            text=row.content,
            said_at=row.recorded_at,
            is_message=True,
        )
        for row in messages
    ]


async def _list_messages_used(
    services: Services,
    conclusions: list[ConclusionRow],
    messages: list[MessageRow],
    cites: Sequence[str],
) -> list[MessageRow]:
    """Returns the messages cited by the answer or by the conclusions it rests on, oldest first."""
    cited = await list_cited_messages(services.pool, [row.id for row in conclusions])
    used = {row.id: row for _, row in cited}
    used |= {row.id: row for row in messages if str(row.id) in cites}
    return [used[id_] for id_ in sorted(used)]


def _in_order(rows: list[ConclusionRow], cites: Sequence[str]) -> list[ConclusionRow]:
    places = {id_: place for place, id_ in enumerate(cites)}
    return sorted(rows, key=lambda row: places[str(row.id)])
