"""Scalars: how values that GraphQL does not know are read and written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NewType

import orjson
import strawberry
from strawberry.types.scalar import ScalarDefinition

from core.errors import BadInput
from representation.document import File

Position = NewType("Position", str)

EMPTY_JSON = "{}"

# In UTC, with a day to spare on either side for any offset.
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)


def serialize_time(value: datetime) -> str:
    """Writes RFC 3339 in UTC."""
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    # A tenth of what isoformat takes.
    return orjson.dumps(in_utc, option=orjson.OPT_UTC_Z)[1:-1].decode()


def serialize_times(values: list[datetime]) -> list[str]:
    """Writes several, those of the database at once: a page of messages has a hundred."""
    if {value.tzinfo for value in values} == {UTC}:
        written: list[str] = orjson.loads(orjson.dumps(values, option=orjson.OPT_UTC_Z))
        return written
    return list(map(serialize_time, values))


COLUMNS: dict[str, Callable[[list[Any]], list[Any]]] = {"DateTime": serialize_times}
"""How many values of a scalar are written at once, where that is faster than one by one."""


def parse_time(value: Any) -> datetime:
    """Reads RFC 3339; raises BadInput without an offset, since a bare time is nobody's."""
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is not a DateTime; write it as in 2026-03-02T09:30:00Z")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(
            f'"{value[:40]}" is not a DateTime; write it as in 2026-03-02T09:30:00Z'
        ) from None
    if time.tzinfo is None:
        raise BadInput(f'DateTime "{value[:40]}" has no offset; end it with Z or +02:00, say')
    if not _EARLIEST <= time < _LATEST:
        raise BadInput(
            f'DateTime "{value[:40]}" is out of range, it must be from'
            f" {serialize_time(_EARLIEST)} to before {serialize_time(_LATEST)}"
        )
    return time


def parse_position(value: Any) -> Position:
    """Reads text; what it must look like is said in core/position.py."""
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is not a position; use one this API returned")
    return Position(value)


def parse_upload(value: Any) -> File:
    """Takes what server/transport_http/upload.py has put in the place of a file."""
    if not isinstance(value, File):
        raise BadInput(
            f"{str(value)[:40]!r} is not an Upload; send the file in a multipart request"
        )
    return value


def parse_json(text: str) -> Any:
    """Reads stored JSON; most metadata is empty, which is not worth a parser."""
    return {} if text == EMPTY_JSON else orjson.loads(text)


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment, RFC 3339 with an offset: `2026-03-02T09:30:00Z`. Output is in UTC.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=serialize_time,
        parse_value=parse_time,
    ),
    File: strawberry.scalar(
        name="Upload",
        description=(
            "A file, sent as a part of a GraphQL multipart request; in the variables its place is"
            " null. It can only be given, and only as a variable."
        ),
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        parse_value=parse_upload,
    ),
    Position: strawberry.scalar(
        name="Position",
        description=(
            "A point in the history of a workspace, in the order of commits. Opaque: take it from"
            " one answer, hand it to another. A mutation returns the position of what it wrote; a"
            " read given it as `minPosition` waits until that has been taken into account; a"
            " subscription given it as `after` goes on from there."
        ),
        serialize=str,
        parse_value=parse_position,
    ),
}
