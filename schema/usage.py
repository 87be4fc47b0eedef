"""What models cost, in GraphQL."""

from collections.abc import Mapping

import strawberry

from models.usage import UsageRow


@strawberry.type(
    description="Calls of language models; all 0 where the built-in rules do the work."
)
class Usage:
    calls: int = strawberry.field(description="Answered calls, also those that came to nothing.")
    input_tokens: int = strawberry.field(description="Tokens that models were given.")
    output_tokens: int = strawberry.field(description="Tokens that models wrote.")
    by_purpose: list["PurposeUsage"] = strawberry.field(
        description="The same, for each purpose that models were called for."
    )

    @classmethod
    def from_rows(cls, rows: Mapping[str, UsageRow]) -> "Usage":
        """Sums up what was used by purpose."""
        return cls(
            calls=sum(row.calls for row in rows.values()),
            input_tokens=sum(row.input_tokens for row in rows.values()),
            output_tokens=sum(row.output_tokens for row in rows.values()),
            by_purpose=[PurposeUsage.from_row(purpose, row) for purpose, row in rows.items()],
        )


@strawberry.type(description="Calls of language models for one purpose.")
class PurposeUsage:
    purpose: str = strawberry.field(description="`derive`, `summarise`, `dream` or `chat`.")
    calls: int = strawberry.field(description="Answered calls, also those that came to nothing.")
    input_tokens: int = strawberry.field(description="Tokens that models were given.")
    output_tokens: int = strawberry.field(description="Tokens that models wrote.")

    @classmethod
    def from_row(cls, purpose: str, row: UsageRow) -> "PurposeUsage":
        return cls(
            purpose=purpose,
            calls=row.calls,
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
        )
