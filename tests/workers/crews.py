"""Crews for the tests: real workers with a broker in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dramatiq import Broker

from core.hints import Hints
from core.queue import create_broker
from representation.reasoner import Reasoner
from tests.conftest import create_settings
from workers.crew import Crew


@asynccontextmanager
async def run_crew(
    dsn: str, reasoner: Reasoner, *, broker: Broker | None = None, **settings: object
) -> AsyncIterator[Crew]:
    """Runs workers for the block; nothing is due by age unless the settings say so."""
    changes = {"derive_batch_age_s": 86_400, "derive_batch_tokens": 1, **settings}
    crew = Crew(
        create_settings(dsn, **changes),
        dsn,
        broker=broker or create_broker(None),
        hints=Hints(),
        reasoner=reasoner,
    )
    await crew.start()
    try:
        yield crew
    finally:
        await crew.stop()
