"""Search: what a vantage sees that bears on a query, of whatever kind, the best first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.clock import get_now
from core.limits import PAGE_ROWS, check_query, check_range
from models import search
from models.conclusion import ConclusionRow, Selection
from models.message import MessageRow, find_messages
from models.peer import list_peers_by_id
from models.search import Asked, FoundConclusion, FoundMessage
from models.summary import SummaryRow, list_summaries
from models.visibility import Vantage
from representation import retrieve
from representation.rank import rank_documents
from representation.retrieve import (
    Candidate,
    FoundStatement,
    Ranked,
    Sought,
    rank_messages,
    rank_statements,
    read_query,
    weigh_rarity,
)
from representation.snippet import cut_snippet
from representation.term_key import to_term_keys
from representation.words import to_terms
from resolvers.conclusion import judge, select
from resolvers.services import Services


class Target(StrEnum):
    """What can be searched."""

    MESSAGES = "MESSAGES"
    CONCLUSIONS = "CONCLUSIONS"
    SUMMARIES = "SUMMARIES"


SUMMARIES = 500
"""How many summaries are ranked, at most: the newest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found; `score` is relative to the best of its kind, which has 1."""

    row: MessageRow | ConclusionRow | SummaryRow
    score: float
    snippet: str


async def search_all(
    services: Services,
    vantage: Vantage,
    query: str,
    *,
    targets: Collection[Target] | None,
    first: int,
) -> list[Hit]:
    """Returns the best hits of all targets; no targets are all, an empty collection is none."""
    check_query(query)
    check_range("first", first, least=0, most=PAGE_ROWS)
    wanted = set(Target) if targets is None else set(targets)
    sought = await seek(services, query)
    hits: list[Hit] = []
    if Target.MESSAGES in wanted:
        hits += await _search_messages(services, vantage, sought, first=first)
    if Target.CONCLUSIONS in wanted:
        hits += await _search_conclusions(services, vantage, sought, first=first)
    if Target.SUMMARIES in wanted:
        hits += await _search_summaries(services, vantage, sought, first=first)
    return sorted(hits, key=lambda hit: -hit.score)[:first]


async def seek(services: Services, query: str) -> Sought:
    [vector] = await services.embedder.embed([query])
    return read_query(query, vector, get_now())


async def _search_messages(
    services: Services, vantage: Vantage, sought: Sought, *, first: int
) -> list[Hit]:
    ranked = (await _rank_messages(services, vantage, sought))[:first]
    rows = {row.id: row for row in await find_messages(services.pool, [each.id for each in ranked])}
    return _to_hits(sought, ranked, rows)


async def find_best_messages(
    services: Services, vantage: Vantage, sought: Sought, *, first: int
) -> list[MessageRow]:
    """Returns what search finds first, in no order."""
    ranked = (await _rank_messages(services, vantage, sought))[:first]
    return await find_messages(services.pool, [each.id for each in ranked])


async def _rank_messages(services: Services, vantage: Vantage, sought: Sought) -> list[Ranked]:
    found = await _find_messages(services, vantage, sought)
    candidates = await _to_candidates(
        services, found + await _list_beside(services, vantage, found)
    )
    return rank_messages(sought, candidates)


async def _find_messages(
    services: Services, vantage: Vantage, sought: Sought
) -> list[FoundMessage]:
    """Finds messages by their own words, and in a small vantage by their vectors too."""
    keys = _to_keys(vantage, sought)
    count = await search.count_seen_messages(services.pool, vantage)
    if count <= search.SCANNED_MESSAGES:
        counts = await search.count_terms(services.pool, vantage, list(keys))
        asked = _to_asked(services, sought, weigh_rarity(keys, counts.holders, count))
        return await search.find_in_all_messages(
            services.pool, vantage, asked, mean_length=counts.mean_length
        )
    own = [key for key, weight in keys.items() if weight >= 1]
    counts = await search.count_common_terms(services.pool, vantage, own)
    asked = _to_asked(services, sought, weigh_rarity(keys, counts.holders, count))
    return await search.find_messages_with(
        services.pool,
        vantage,
        asked,
        mean_length=counts.mean_length,
        terms=_choose_rare([key for key in own if key in counts.holders], counts.holders),
    )


def _choose_rare(keys: Sequence[int], holders: Mapping[int, int]) -> list[int]:
    """The rarest terms, as long as few messages have them; at least one. The first among equals."""
    ordered = sorted(keys, key=lambda key: holders[key])
    chosen, total = ordered[:1], holders[ordered[0]] if ordered else 0
    for key in ordered[1:]:
        total += holders[key]
        if total > search.SCANNED_MESSAGES:
            break
        chosen.append(key)
    return chosen


async def _list_beside(
    services: Services, vantage: Vantage, found: Sequence[FoundMessage]
) -> list[FoundMessage]:
    """Returns what the vantage sees next to what was found, as far as scores are lent."""
    known = {(each.session_id, each.sequence) for each in found}
    distances = range(-len(retrieve.NEIGHBOUR_SHARES), len(retrieve.NEIGHBOUR_SHARES) + 1)
    beside = {
        (session_id, sequence + distance)
        for session_id, sequence in known
        for distance in distances
    }
    return await search.list_places(services.pool, vantage, sorted(beside - known))


async def _to_candidates(services: Services, found: Sequence[FoundMessage]) -> list[Candidate]:
    peers = await list_peers_by_id(services.pool, list({each.peer_id for each in found}))
    names = {peer.id: peer.name for peer in peers}
    return [
        Candidate(
            id=each.id,
            session_id=each.session_id,
            sequence=each.sequence,
            author=names[each.peer_id],
            said_at=each.created_at,
            score=each.score,
        )
        for each in found
        if each.peer_id in names  # else the peer was forgotten meanwhile, with all it said
    ]


async def _search_conclusions(
    services: Services, vantage: Vantage, sought: Sought, *, first: int
) -> list[Hit]:
    selection = await select(services, vantage)
    ranked, rows = await rank_conclusions(services, selection, sought)
    best = ranked[:first]
    judged = await judge(services.pool, selection, [rows[each.id] for each in best])
    return _to_hits(sought, best, {row.id: row for row in judged})


async def rank_conclusions(
    services: Services, selection: Selection, sought: Sought
) -> tuple[list[Ranked], dict[UUID, ConclusionRow]]:
    """Finds conclusions by their words; rarity is that among those with one of the words."""
    keys = _to_keys(selection.vantage, sought)
    found = await search.list_conclusions_with(
        services.pool, selection, _to_asked(services, sought, keys)
    )
    found += [
        FoundConclusion(row, terms, likeness=None)
        for row in await search.list_unindexed(services.pool, selection)
        if not keys.keys().isdisjoint(terms := _to_row_terms(row))
    ]
    statements = [
        FoundStatement(
            id=each.row.id,
            terms=each.terms,
            likeness=each.likeness,
            dated_at=each.row.dated_at,
            said_at=each.row.said_at,
        )
        for each in found
    ]
    return rank_statements(sought, keys, statements), {each.row.id: each.row for each in found}


def _to_row_terms(row: ConclusionRow) -> list[int]:
    return to_term_keys(row.workspace_id, to_terms(row.content))


async def _search_summaries(
    services: Services, vantage: Vantage, sought: Sought, *, first: int
) -> list[Hit]:
    """Finds summaries by their words; there are few of them, so they are read as they are."""
    rows = await list_summaries(services.pool, vantage, limit=SUMMARIES)
    scores = rank_documents(sought.weights, [to_terms(row.content) for row in rows])
    ranked = sorted(zip(scores, rows, strict=True), key=lambda each: -round(each[0], 6))[:first]
    best = ranked[0][0] if ranked else 0.0
    return [
        Hit(row, score / best, cut_snippet(row.content, sought.words))
        for score, row in ranked
        if score > 0
    ]


def _to_keys(vantage: Vantage, sought: Sought) -> dict[int, float]:
    keys = to_term_keys(vantage.workspace_id, sought.weights)
    return dict(zip(keys, sought.weights.values(), strict=True))


def _to_asked(services: Services, sought: Sought, weights: Mapping[int, float]) -> Asked:
    return Asked(
        weights=weights,
        vector=sought.vector,
        space=str(services.embedder.space),
        least_likeness=services.embedder.least_likeness,
        likeness_weight=retrieve.LIKENESS_WEIGHT,
    )


def _to_hits(
    sought: Sought,
    ranked: Sequence[Ranked],
    rows: Mapping[UUID, MessageRow] | Mapping[UUID, ConclusionRow],
) -> list[Hit]:
    """Leaves out what was forgotten since it was found."""
    best = ranked[0].score if ranked else 1.0
    return [
        Hit(rows[each.id], each.score / best, cut_snippet(rows[each.id].content, sought.words))
        for each in ranked
        if each.id in rows
    ]
