"""Row ids: UUID version 7 (RFC 9562, section 5.7) that ascend within a process.

The millisecond and a 12-bit counter make one running stamp, so rows written together keep their
order when sorted by id, and a counter that overflows borrows from the next millisecond.
"""

import os
import time
from uuid import UUID

from asyncpg.pgproto import pgproto

_RANDOM_BYTES = 8
_RANDOM = (1 << 62) - 1
_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62

_last_stamp = 0


def create_id() -> UUID:
    """Returns a new id, greater than those before it."""
    return create_ids(1)[0]


def create_ids(count: int) -> list[UUID]:
    """Returns `count` new ids, ascending."""
    global _last_stamp
    first = max((time.time_ns() // 1_000_000) << 12, _last_stamp + 1)
    _last_stamp = first + count - 1
    entropy = os.urandom(_RANDOM_BYTES * count)
    return [
        _to_id(first + i, int.from_bytes(entropy[_RANDOM_BYTES * i : _RANDOM_BYTES * (i + 1)]))
        for i in range(count)
    ]


def _to_id(stamp: int, random: int) -> UUID:
    head = (stamp >> 12) << 80 | _VERSION_7 | (stamp & 0xFFF) << 64
    # asyncpg's UUID, as rows have it: made and sent several times as fast as the plain one.
    return pgproto.UUID((head | _VARIANT | (random & _RANDOM)).to_bytes(16))
