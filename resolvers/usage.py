"""What models were asked for in a workspace, and whether its budget of today is spent."""

from datetime import datetime
from uuid import UUID

from core.errors import BadInput
from models import usage
from models.usage import UsageRow
from resolvers.services import Services


async def get_usage(
    services: Services, workspace_id: UUID, *, since: datetime | None, until: datetime | None
) -> dict[str, UsageRow]:
    """Returns what was used by purpose, from `since` on and before `until`."""
    if since is not None and until is not None and until < since:
        raise BadInput(f"until is {until.isoformat()}, it must not be before since")
    return await usage.get_usage(services.pool, workspace_id, since=since, until=until)


async def find_pause(services: Services, workspace_id: UUID) -> datetime | None:
    """Returns when derivation goes on, if the workspace has spent its budget of today."""
    budget = services.settings.model_daily_tokens
    if services.settings.model_name is None or budget is None:
        return None
    day = await usage.get_day(services.pool, workspace_id)
    return day.ends_at if day.tokens >= budget else None
