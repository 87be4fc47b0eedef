"""50 messages of 8 fields over HTTP: ours against plain Strawberry, Node and a bare handler.

Each server is a process of its own on a core of its own; the load is here. All hold the same rows
in memory, so that what is measured is the way from a request to its answer. Ours has everything
that a server has in that way; one more reads its rows from PostgreSQL, for a caller with a key.
"""

from benchmarks.graphql.compare import run

__all__ = ["run"]
