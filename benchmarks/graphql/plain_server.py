"""Strawberry as it comes."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry.asgi import GraphQL
from strawberry.scalars import JSON

from benchmarks.graphql.rows import create_rows
from benchmarks.graphql.server import serve
from benchmarks.rig import run_measured
from models.message import MessageRow
from schema.message import PREFIX
from schema.node import to_node_id
from schema.scalars import parse_json

_ROWS = create_rows()


@strawberry.type
class Message:
    id: strawberry.ID
    sequence: int
    content: str
    metadata: JSON
    token_count: int
    created_at: datetime
    recorded_at: datetime
    client_message_id: str | None

    @classmethod
    def from_row(cls, row: MessageRow) -> Self:
        return cls(
            id=to_node_id(PREFIX, row.id),
            sequence=row.sequence,
            content=row.content,
            metadata=parse_json(row.metadata),
            token_count=row.token_count,
            created_at=row.created_at,
            recorded_at=row.recorded_at,
            client_message_id=row.client_message_id,
        )


@strawberry.type
class Query:
    @strawberry.field
    async def messages(self) -> list[Message]:
        return [Message.from_row(row) for row in _ROWS]


if __name__ == "__main__":
    run_measured(serve(GraphQL(strawberry.Schema(query=Query))))
