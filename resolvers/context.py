"""Context for a model call: a summary, the newest messages, what one peer makes of another."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import BadInput
from core.limits import CONTEXT_TOKENS, check_range
from models.message import MessageRow, list_context_messages
from models.peer import list_peers_by_id
from models.session import SessionRow
from models.summary import SummaryRow, list_summaries_of_sessions
from models.visibility import Vantage
from representation.context import (
    MESSAGE_OVERHEAD_TOKENS,
    REPRESENTATION_SHARE,
    SUMMARY_OVERHEAD_TOKENS,
    SUMMARY_SHARE,
    Brief,
    Line,
    fill_budget,
    head_brief,
)
from resolvers.find import get_peer, get_vantage
from resolvers.representation import Reading, RepresentationValue, get_representation
from resolvers.services import Services

SUMMARIES = 20
"""The newest that are small enough, of which one is chosen."""


@dataclass(frozen=True, slots=True)
class ContextValue:
    """Messages oldest first and contiguous to the newest, never above the budget together."""

    session: SessionRow
    vantage: Vantage
    messages: list[MessageRow]
    lines: list[Line]
    representation: RepresentationValue | None
    summary: SummaryRow | None
    token_count: int

    @property
    def system(self) -> str:
        """What comes before the messages in a model's window."""
        parts = [self.representation.text] if self.representation else []
        if self.summary:
            parts.append(head_brief(_to_brief(self.summary)))
        return "\n\n".join(part for part in parts if part)


async def get_context(
    services: Services,
    session: SessionRow,
    *,
    tokens: int,
    summary: bool,
    vantage: str | None,
    observed: str | None,
    observer: str | None,
    query: str | None,
) -> ContextValue:
    """Fills the budget: representation and summary take at most their shares, messages the rest."""
    check_range("tokens", tokens, least=1, most=CONTEXT_TOKENS)
    if observed is None and (observer is not None or query is not None):
        raise BadInput("observer and query need observed: say of whom a representation is wanted")
    if vantage is not None and observer not in (None, vantage):
        raise BadInput(f'observer is "{observer}" but vantage is "{vantage}"; they must be equal')
    sight = await get_vantage(services, session.workspace_id, observer=vantage)
    representation = None
    if observed is not None:
        representation = await _get_share(
            services,
            session.workspace_id,
            observed,
            observer=observer if vantage is None else vantage,
            query=query,
            tokens=int(tokens * REPRESENTATION_SHARE),
        )
    used = representation.token_count if representation else 0
    newest = await list_context_messages(
        services.pool,
        session.id,
        vantage=sight,
        budget_tokens=tokens - used,
        overhead_tokens=MESSAGE_OVERHEAD_TOKENS,
    )
    lines = await _to_lines(services, newest)
    summaries = await _list_summaries(services, session, sight, tokens=tokens) if summary else {}
    filling = fill_budget(lines, list(summaries), tokens - used)
    return ContextValue(
        session=session,
        vantage=sight,
        messages=newest[: filling.count][::-1],
        lines=lines[: filling.count][::-1],
        representation=representation,
        summary=summaries[filling.brief] if filling.brief else None,
        token_count=used + filling.tokens,
    )


async def _list_summaries(
    services: Services, session: SessionRow, vantage: Vantage, *, tokens: int
) -> dict[Brief, SummaryRow]:
    """Returns the newest that take no more than their share."""
    most_tokens = int(tokens * SUMMARY_SHARE) - SUMMARY_OVERHEAD_TOKENS
    rows = await list_summaries_of_sessions(
        services.pool, vantage, [session.id], limit=SUMMARIES, most_tokens=most_tokens
    )
    return {_to_brief(row): row for row in rows}


def _to_brief(row: SummaryRow) -> Brief:
    tokens = row.token_count + SUMMARY_OVERHEAD_TOKENS
    return Brief(row.first_sequence, row.last_sequence, row.content, tokens)


async def _get_share(
    services: Services,
    workspace_id: UUID,
    observed: str,
    *,
    observer: str | None,
    query: str | None,
    tokens: int,
) -> RepresentationValue:
    peer = await get_peer(services, workspace_id, observed)
    return await get_representation(
        services, Reading(peer, observer, query=query, max_conclusions=100, tokens=tokens)
    )


async def _to_lines(services: Services, rows: list[MessageRow]) -> list[Line]:
    peers = await list_peers_by_id(services.pool, list({row.peer_id for row in rows}))
    names = {peer.id: peer.name for peer in peers}
    return [Line(names[row.peer_id], row.content, row.token_count, row.sequence) for row in rows]
