"""Hints over Redis' publish and subscribe, for processes that share one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.bus import CHANNEL, Hear

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub


class RedisLine:
    """Publishes on the one channel."""

    def __init__(self, client: "Redis") -> None:
        self._client = client

    async def send(self, texts: Sequence[str]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for text in texts:
                pipeline.publish(CHANNEL, text)
            await pipeline.execute()


@asynccontextmanager
async def open_redis_line(url: str, hear: Hear) -> AsyncIterator[RedisLine]:
    """Opens a line for the block; raises Redis' errors."""
    from redis.asyncio import Redis  # an extra: most who run Vantage have no Redis

    async with (
        Redis.from_url(url, decode_responses=True) as client,
        client.pubsub(ignore_subscribe_messages=True) as channel,
    ):
        await channel.subscribe(CHANNEL)
        listening = asyncio.create_task(_listen(channel, hear))
        try:
            yield RedisLine(client)
        finally:
            listening.cancel()
            await asyncio.wait({listening})
            if not listening.cancelled():
                listening.exception()  # the heartbeat has found out


async def _listen(channel: "PubSub", hear: Hear) -> None:
    async for message in channel.listen():
        hear(message["data"])
