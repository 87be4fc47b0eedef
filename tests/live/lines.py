"""The lines that carry hints between processes; Redis only where there is one."""

import socket
from functools import partial

import pytest

from core.bus import OpenLine
from core.redis_line import open_redis_line
from models.hint import open_postgres_line
from tests.programs import do_without

REDIS = "redis://127.0.0.1:6379"


def require_redis() -> str:
    """Returns the URL of a Redis that runs."""
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=2).close()
    except OSError:
        do_without("Redis does not run at 127.0.0.1:6379")
    return REDIS


def get_opener(kind: str, dsn: str) -> OpenLine:
    if kind == "NOTIFY":
        return partial(open_postgres_line, dsn)
    return partial(open_redis_line, require_redis())


by_line = pytest.mark.parametrize("kind", ["NOTIFY", "Redis"])
