"""The rows that all servers hold, and the operations that ask for them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from models.message import MessageRow
from schema.message import PREFIX
from schema.node import to_node_id
from schema.scalars import parse_json, serialize_time

COUNT = 50
WORKSPACE = "bench"
FIELDS = "id sequence content metadata tokenCount createdAt recordedAt clientMessageId"
QUERY = f"query Messages {{ messages {{ {FIELDS} }} }}"
DATABASE_QUERY = (
    'query Messages($workspace: String!) { workspace(name: $workspace) { session(name: "s") {'
    f" messages(first: {COUNT}) {{ edges {{ node {{ {FIELDS} }} }} }} }} }} }}"
)
_THEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def create_content(number: int) -> str:
    return f"I walked {number} kilometres before lunch and saw eagles above the ridge."


def create_rows() -> list[MessageRow]:
    return [
        MessageRow(
            id=UUID(int=number),
            workspace_id=UUID(int=0),
            session_id=UUID(int=0),
            peer_id=UUID(int=0),
            sequence=number,
            content=create_content(number),
            metadata="{}",
            token_count=12,
            created_at=_THEN + timedelta(seconds=number),
            utc_offset_s=0,
            recorded_at=_THEN + timedelta(seconds=number, microseconds=250_000),
            client_message_id=f"m-{number}",
            is_observed=True,
            is_reasoned=True,
            makes_card=True,
            feeds_dreams=True,
            transaction=1,
        )
        for number in range(1, COUNT + 1)
    ]


def to_answer(row: MessageRow) -> dict[str, Any]:
    """What every server has to make of a row, by hand."""
    return {
        "id": to_node_id(PREFIX, row.id),
        "sequence": row.sequence,
        "content": row.content,
        "metadata": parse_json(row.metadata),
        "tokenCount": row.token_count,
        "createdAt": serialize_time(row.created_at),
        "recordedAt": serialize_time(row.recorded_at),
        "clientMessageId": row.client_message_id,
    }
