"""One sender to many followers: ours against bare sockets, plain Strawberry and Node.

Each server is a process of its own and sends by itself, when it is told to; the load, here, counts
what arrives. Ours does all that a server does: it writes the message to PostgreSQL, reads it back
through its tail and executes the operation. The others broadcast from memory.
"""

from benchmarks.fanout.compare import run

__all__ = ["run"]
