"""Positions: points in a workspace's history, in commit order, that reads and streams resume from.

A position names a transaction, or one row of one transaction. Its text is opaque to clients.
Readers stay below the oldest transaction still open (see models/event.py), so everything at or
before a position that was handed out is there and stays there.
"""

import re
from dataclasses import dataclass

from core.errors import BadInput

_LAST_ROW = (1 << 63) - 1
_TEXT = re.compile("([0-9a-f]{1,16})(?:-([0-9a-f]{1,16}))?")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """`transaction` is PostgreSQL's 64-bit transaction id, `row` an event id within it."""

    transaction: int
    row: int = _LAST_ROW
    """The default stands for the whole transaction."""

    def __str__(self) -> str:
        if self.row == _LAST_ROW:
            return f"{self.transaction:x}"
        return f"{self.transaction:x}-{self.row:x}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Raises BadInput unless `text` is a position as `str()` gives it."""
        found = _TEXT.fullmatch(text)
        if found:
            position = cls(*(int(part, 16) for part in found.groups() if part))
            if max(position.transaction, position.row) <= _LAST_ROW and str(position) == text:
                return position
        raise BadInput(f'"{text[:40]}" is not a position; use one this API returned')


START = Position(0, 0)
"""Before everything."""
