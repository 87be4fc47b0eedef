"""Conclusions as a vantage reads them: counted, and judged by what else it can see."""

from collections import defaultdict
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from models.conclusion import (
    ConclusionRow,
    Selection,
    count_conclusions,
    count_support,
    list_conclusions,
    list_on_topics,
    list_retirable,
    page_conclusions,
)
from models.database import Pool, Slice
from models.evidence import list_premises
from models.filter import ANYTHING, Comparison, Condition, Every, Not, Operator, Some
from models.visibility import Vantage, sees_little
from representation.outdated import Stated, find_successors, to_stated
from representation.statement import Level
from resolvers.filter import list_comparisons
from resolvers.page import Page, PageRequest, get_page
from resolvers.services import Services

LIST = "conclusions"
CANDIDATES = 2_000
"""How many of the newest groups are looked at, at most."""


async def select(
    services: Services,
    vantage: Vantage,
    observed_ids: Sequence[UUID] | None = None,
    *,
    levels: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> Selection:
    """Selects what a vantage sees, and how it is looked for."""
    is_narrow = await sees_little(services.pool, vantage)
    return Selection(vantage, observed_ids, levels, as_of, is_narrow=is_narrow)


async def list_known(pool: Pool, selection: Selection, *, limit: int) -> list[ConclusionRow]:
    """Returns the newest groups that a vantage can see, outdated ones too, judged."""
    return await judge(pool, selection, await list_conclusions(pool, selection, limit=limit))


async def list_standing(pool: Pool, selection: Selection, *, limit: int) -> list[ConclusionRow]:
    """Returns the newest groups that nothing the vantage can see has superseded."""
    size = limit
    while True:
        known = await list_known(pool, selection, limit=size)
        standing = [row for row in known if row.retired_at is None]
        if len(standing) >= limit or len(known) < size or size >= CANDIDATES:
            return standing[:limit]
        size = min(4 * size, CANDIDATES)


async def keep_standing(
    pool: Pool, selection: Selection, rows: Sequence[ConclusionRow], *, limit: int
) -> list[ConclusionRow]:
    """Returns the first of the rows that nothing the vantage can see has superseded, judged."""
    standing: list[ConclusionRow] = []
    for start in range(0, len(rows), max(limit, 1)):
        if len(standing) >= limit:
            break
        judged = await judge(pool, selection, rows[start : start + limit])
        standing += [row for row in judged if row.retired_at is None]
    return standing[:limit]


async def page_known(
    services: Services,
    selection: Selection,
    request: PageRequest,
    condition: Condition = ANYTHING,
) -> Page[ConclusionRow]:
    """Pages all groups that a vantage can see, judged, the oldest first."""
    settled = await _settle_retired(services.pool, selection, condition)

    def list_rows(part: Slice) -> Awaitable[list[ConclusionRow]]:
        return page_conclusions(services.pool, selection, part, settled)

    page = await get_page(request, LIST, list_rows)
    return replace(page, rows=await judge(services.pool, selection, page.rows))


async def count_known(
    services: Services, selection: Selection, condition: Condition = ANYTHING
) -> int:
    settled = await _settle_retired(services.pool, selection, condition)
    return await count_conclusions(services.pool, selection, settled)


async def _settle_retired(pool: Pool, selection: Selection, condition: Condition) -> Condition:
    """Puts the ids of what is retired for this vantage in the place of that question.

    What is retired is not written anywhere (decision 7), so all that can be is judged first.
    """
    if all(comparison.field != "retired" for comparison in list_comparisons(condition)):
        return condition
    rows = await judge(pool, selection, await list_retirable(pool, selection))
    retired = [row.id for row in rows if row.retired_at is not None]

    def settle(part: Condition) -> Condition:
        match part:
            case Every(parts):
                return Every(tuple(settle(each) for each in parts))
            case Some(parts):
                return Some(tuple(settle(each) for each in parts))
            case Not(inner):
                return Not(settle(inner))
            case Comparison(field="retired"):
                found = Comparison("id", Operator.IN, retired, part.label)
                return found if part.value else Not(found)
            case _:
                return part

    return settle(condition)


async def judge(
    pool: Pool, selection: Selection, rows: Sequence[ConclusionRow]
) -> list[ConclusionRow]:
    """Says of each how often it was found, and since when it is outdated, for this vantage.

    What follows from others is outdated once one of them is.
    """
    if not rows:
        return []
    observed_ids = list({row.observed_id for row in rows})
    everything = replace(selection, observed_ids=observed_ids, is_identity=None)
    support = await count_support(pool, everything, list({row.gist for row in rows}))
    premises = await _list_premises(pool, rows)
    stated = [*rows, *(premise for group in premises.values() for premise in group)]
    successors = await _find_successors(pool, replace(everything, levels=None), stated)
    judged = []
    for row in rows:
        basis = premises.get(row.id, [row])
        retired = [successors[part.id] for part in basis if part.id in successors]
        judged.append(
            replace(
                row,
                support=support.get((row.observed_id, row.gist), 1),
                retired_at=min((each.recorded_at for each in retired), default=None),
                superseded_by=_get_successor_id(row, successors),
            )
        )
    return judged


async def _list_premises(
    pool: Pool, rows: Iterable[ConclusionRow]
) -> dict[UUID, list[ConclusionRow]]:
    derived = [row.id for row in rows if row.level != Level.EXPLICIT]
    premises: dict[UUID, list[ConclusionRow]] = defaultdict(list)
    if derived:
        for conclusion_id, premise in await list_premises(pool, derived):
            premises[conclusion_id].append(premise)
    return premises


async def _find_successors(
    pool: Pool, selection: Selection, stated: Iterable[ConclusionRow]
) -> dict[UUID, Stated]:
    """Finds what came after them; what was said on their topics before tells nothing."""
    placed = [row for row in stated if row.topic is not None]
    if not placed:
        return {}
    topics = {row.topic for row in placed if row.topic is not None}
    since = min(row.said_at for row in placed)
    rows = await list_on_topics(pool, selection, sorted(topics), since=since)
    return find_successors([to_stated(row) for row in rows])


def _get_successor_id(row: ConclusionRow, successors: dict[UUID, Stated]) -> UUID | None:
    successor = successors.get(row.id)
    return successor.id if successor else None
