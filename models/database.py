"""Connections to PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Record = asyncpg.Record
# Quoted: the classes are generic for the type checker only.
Pool: TypeAlias = "asyncpg.Pool[Record]"
Connection: TypeAlias = "asyncpg.Connection[Record] | PoolConnectionProxy[Record]"
Runner: TypeAlias = "Pool | Connection"
"""Whatever runs a statement: a pool for one alone, a connection for those of a transaction."""


AWAY = (
    OSError,  # also TimeoutError
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""Raised while PostgreSQL can't be reached, restarts or has no room. A statement may be done."""


class _PlainConnection(asyncpg.Connection):
    """A connection on which nothing but transactions leaves state behind."""

    def get_reset_query(self) -> str:
        # asyncpg would spend a round trip on every release. We set nothing beyond a transaction
        # (poolers in transaction mode ask for the same), so there is nothing to reset.
        return ""


async def open_pool(dsn: str, *, connections: int) -> Pool:
    """Opens a pool of at most `connections`, bound to the running event loop."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=connections,
        connection_class=_PlainConnection,
        # Plans cached for good would be made before the tables have grown.
        max_cached_statement_lifetime=300,
        # Names are ours and short; jit only delays statements like ours.
        server_settings={"application_name": "vantage", "jit": "off"},
    )


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Runs the block in one transaction; an exception rolls it back."""
    async with pool.acquire() as connection, connection.transaction():
        yield connection


def to_columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Turns rows into the column arrays that `unnest` takes; no rows give empty columns."""
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an ordered list of rows: strictly between two keys, from one end."""

    limit: int
    above: UUID | int | None = None
    below: UUID | int | None = None
    is_descending: bool = False

    def to_sql(self, column: str, *, first_parameter: int, type_: str = "uuid") -> str:
        """Returns the end of a WHERE clause and ORDER BY, binding to_parameters() from there."""
        above, below, limit = (f"${first_parameter + i}" for i in range(3))
        return (
            f" AND ({above}::{type_} IS NULL OR {column} > {above})"
            f" AND ({below}::{type_} IS NULL OR {column} < {below})"
            f" ORDER BY {column} {self.direction} LIMIT {limit}"
        )

    @property
    def direction(self) -> str:
        return "DESC" if self.is_descending else "ASC"

    def to_parameters(self) -> tuple[UUID | int | None, UUID | int | None, int]:
        return self.above, self.below, self.limit
