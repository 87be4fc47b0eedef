"""What models were asked for in a workspace, and what it cost: a row per answered call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from core.model_client.meter import Call
from models.database import Runner
from models.workspace import Workspace


class ModelCall(Model):
    """One call that a model has answered, readably or not."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="model_calls"
    )
    at = fields.DatetimeField()
    purpose = fields.TextField()
    model = fields.TextField()
    input_tokens = fields.IntField()
    output_tokens = fields.IntField()

    class Meta:
        table = "model_call"
        # What a workspace has used since a moment.
        indexes = (Index(fields=("workspace_id", "at"), name="model_call_workspace"),)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What a number of calls came to."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @classmethod
    def from_calls(cls, calls: Sequence[Call]) -> "UsageRow":
        return cls(
            calls=len(calls),
            input_tokens=sum(call.input_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
        )


@dataclass(frozen=True, slots=True)
class DayRow:
    """What a workspace has used today, and when the next day begins; days are UTC's."""

    tokens: int
    ends_at: datetime
    left_s: float


async def add_calls(runner: Runner, workspace_id: UUID, calls: Sequence[Call]) -> None:
    """Enters calls into the book, unless the workspace is gone."""
    await runner.execute(
        """
        WITH place AS (SELECT id FROM workspace WHERE id = $1 FOR KEY SHARE)
        INSERT INTO model_call (workspace_id, at, purpose, model, input_tokens, output_tokens)
        SELECT place.id, now(), purpose, model, input_tokens, output_tokens
        FROM place, unnest($2::text[], $3::text[], $4::int[], $5::int[])
            AS told(purpose, model, input_tokens, output_tokens)
        """,
        workspace_id,
        [call.purpose.value for call in calls],
        [call.model for call in calls],
        [call.input_tokens for call in calls],
        [call.output_tokens for call in calls],
    )


async def get_usage(
    runner: Runner, workspace_id: UUID, *, since: datetime | None, until: datetime | None
) -> dict[str, UsageRow]:
    """Sums up calls with since <= at < until, by purpose."""
    records = await runner.fetch(
        """
        SELECT purpose, count(*) AS calls, sum(input_tokens)::bigint AS input_tokens,
               sum(output_tokens)::bigint AS output_tokens
        FROM model_call
        WHERE workspace_id = $1 AND ($2::timestamptz IS NULL OR at >= $2)
          AND ($3::timestamptz IS NULL OR at < $3)
        GROUP BY purpose ORDER BY purpose
        """,
        workspace_id,
        since,
        until,
    )
    return {
        record["purpose"]: UsageRow(
            record["calls"], record["input_tokens"], record["output_tokens"]
        )
        for record in records
    }


async def get_day(runner: Runner, workspace_id: UUID) -> DayRow:
    """Sums up the tokens of today, in and out."""
    record = await runner.fetchrow(
        """
        WITH day AS (SELECT date_trunc('day', now(), 'UTC') AS begins_at)
        SELECT (SELECT coalesce(sum(input_tokens + output_tokens), 0) FROM model_call
                WHERE workspace_id = $1 AND at >= begins_at)::bigint AS tokens,
               begins_at + interval '24 hours' AS ends_at,
               extract(epoch FROM begins_at + interval '24 hours' - now())::float8 AS left_s
        FROM day
        """,
        workspace_id,
    )
    return DayRow(**dict(record or {}))
