"""Relay pages: which rows `first`, `after`, `last` and `before` ask for."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from core.errors import BadInput
from core.limits import PAGE_ROWS, PAGE_ROWS_DEFAULT, check_range
from models.database import Slice

Row = TypeVar("Row")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a caller asks for; cursors are opaque to it."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def is_forward(self) -> bool:
        return self.last is None

    def get_size(self) -> int:
        """Returns how many rows are asked for; raises BadInput beyond the limits."""
        if self.first is not None and self.last is not None:
            raise BadInput("first and last are both given; ask for one of them")
        label, size = ("first", self.first) if self.is_forward else ("last", self.last)
        if size is None:
            return PAGE_ROWS_DEFAULT
        return check_range(label, size, least=0, most=PAGE_ROWS)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the order asked for, and whether there are more on either side."""

    rows: list[Row]
    has_previous: bool
    has_next: bool


async def get_page(
    request: PageRequest,
    list_name: str,
    list_rows: Callable[[Slice], Awaitable[list[Row]]],
    *,
    is_descending: bool = False,
) -> Page[Row]:
    """Reads one page of rows that are ordered by id; cursors of other lists are refused."""
    return to_page(
        request, await list_rows(to_slice(request, list_name, is_descending=is_descending))
    )


def to_slice(
    request: PageRequest,
    list_name: str,
    read_key: Callable[[str], UUID | int] = UUID,
    *,
    is_descending: bool = False,
) -> Slice:
    """Returns what is to be read for a page; raises BadInput beyond the limits."""
    size = request.get_size()
    after = read_cursor("after", list_name, request.after, read_key)
    before = read_cursor("before", list_name, request.before, read_key)
    above, below = (before, after) if is_descending else (after, before)
    return Slice(
        limit=size + 1,  # one more tells whether there is more
        above=above,
        below=below,
        is_descending=is_descending == request.is_forward,
    )


def to_page(request: PageRequest, rows: list[Row]) -> Page[Row]:
    """Makes a page of the rows of its slice, one more than its size if there are more."""
    size = request.get_size()
    has_more = len(rows) > size
    rows = rows[:size]
    if request.is_forward:
        return Page(rows, has_previous=request.after is not None, has_next=has_more)
    rows.reverse()
    return Page(rows, has_previous=has_more, has_next=request.before is not None)


def to_cursor(list_name: str, key: str) -> str:
    """Makes an opaque cursor of a list's name and what it is ordered by."""
    return base64.urlsafe_b64encode(f"{list_name}:{key}".encode()).decode().rstrip("=")


def read_cursor(
    label: str, list_name: str, cursor: str | None, read_key: Callable[[str], Key]
) -> Key | None:
    """Returns the key in a cursor; raises BadInput if it is none that this list gave.

    `read_key` raises ValueError for what is no key.
    """
    if cursor is None:
        return None
    try:
        padding = "=" * (-len(cursor) % 4)
        text = base64.b64decode(cursor + padding, altchars=b"-_", validate=True).decode()
        name, _, key = text.partition(":")
        if name != list_name:
            raise ValueError(name)
        return read_key(key)
    except ValueError:
        raise BadInput(f'{label} "{cursor[:40]}" is not a cursor of this list') from None
