"""Context for a model call: the newest messages, and what one peer makes of another."""

from dataclasses import dataclass
from uuid import UUID

from core.errors import BadInput
from core.limits import CONTEXT_TOKENS, check_range
from models.message import MessageRow, list_context_messages
from models.peer import list_peers_by_id
from models.session import SessionRow
from models.visibility import Vantage
from representation.context import (
    MESSAGE_OVERHEAD_TOKENS,
    REPRESENTATION_SHARE,
    Line,
    fit_lines,
)
from resolvers.find import get_peer, get_vantage
from resolvers.representation import Reading, RepresentationValue, get_representation
from resolvers.services import Services


@dataclass(frozen=True, slots=True)
class ContextValue:
    """Messages oldest first and contiguous to the newest, never above the budget together."""

    session: SessionRow
    vantage: Vantage
    messages: list[MessageRow]
    lines: list[Line]
    representation: RepresentationValue | None
    token_count: int

    @property
    def system(self) -> str:
        return self.representation.text if self.representation else ""


async def get_context(
    services: Services,
    session: SessionRow,
    *,
    tokens: int,
    vantage: str | None,
    observed: str | None,
    observer: str | None,
    query: str | None,
) -> ContextValue:
    """Fills the budget: the representation takes at most its share, messages take the rest."""
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
    count, line_tokens = fit_lines(lines, tokens - used)
    return ContextValue(
        session=session,
        vantage=sight,
        messages=newest[:count][::-1],
        lines=lines[:count][::-1],
        representation=representation,
        token_count=used + line_tokens,
    )


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
    return [Line(names[row.peer_id], row.content, row.token_count) for row in rows]
