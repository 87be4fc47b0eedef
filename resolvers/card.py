"""Peer cards: the standing identity facts that a vantage can see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models.conclusion import ConclusionRow, Selection
from models.manual import find_card_start
from models.peer import PeerRow
from models.workspace import find_configuration
from representation.card import CARD_LINES
from resolvers.conclusion import list_standing, select
from resolvers.find import get_vantage
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class CardValue:
    """A card that has at least one line."""

    observer_id: UUID | None
    observed_id: UUID
    lines: list[str]
    updated_at: datetime


async def list_card(services: Services, selection: Selection) -> list[ConclusionRow]:
    """Returns the card's facts, newest first; none where the workspace does not use cards."""
    configuration = await find_configuration(services.pool, selection.vantage.workspace_id)
    if not configuration.peer_card.use:
        return []
    return await list_facts(services, selection)


async def list_facts(services: Services, selection: Selection) -> list[ConclusionRow]:
    """Returns the facts, newest first; of a card set by hand, its lines and what came later."""
    facts = replace(selection, is_identity=True, levels=None)
    rows = await list_standing(services.pool, facts, limit=CARD_LINES)
    start = await _find_start(services, selection)
    return rows if start is None else [row for row in rows if row.said_at >= start]


async def _find_start(services: Services, selection: Selection) -> datetime | None:
    vantage = selection.vantage
    # What was written by hand lies in no session, so a narrower reading knows nothing of it.
    if vantage.session_ids is not None or not selection.observed_ids:
        return None
    start = await find_card_start(services.pool, vantage, selection.observed_ids[0])
    is_later = start is not None and selection.as_of is not None and selection.as_of < start
    return None if is_later else start


async def find_card(
    services: Services,
    observed: PeerRow,
    *,
    observer: str | None,
    scope: str | None,
    sessions: Sequence[str] | None,
) -> CardValue | None:
    """Finds what a vantage has on a peer's card; None: nothing."""
    vantage = await get_vantage(
        services, observed.workspace_id, observer=observer, scope=scope, sessions=sessions
    )
    rows = await list_card(services, await select(services, vantage, [observed.id]))
    if not rows:
        return None
    return CardValue(
        observer_id=vantage.observer_id,
        observed_id=observed.id,
        lines=[row.content for row in rows],
        updated_at=max(row.recorded_at for row in rows),
    )
