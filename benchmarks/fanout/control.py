"""How the load commands a server: lines on its standard input and output.

The server prints `port <number>`. For each line `send <count>` it sends so many messages to all who
follow and prints `sent <nanoseconds>`: the monotonic time when the last one was there to deliver.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable


async def obey(port: int, send: Callable[[int], Awaitable[None]]) -> None:
    """Speaks for a server in Python, until its input ends."""
    print(f"port {port}", flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await send(int(line.split()[1]))
        print(f"sent {time.monotonic_ns()}", flush=True)
