"""Writers with hints to other processes on, against the same writers with hints off.

Sixteen at once, each in a workspace and session of its own: as many hints as there can be.
"""

import asyncio
from dataclasses import replace
from functools import partial

from rich.console import Console

from benchmarks.rig import (
    compare,
    create_services,
    print_comparisons,
    run_measured,
    run_postgres,
)
from core.bus import Bus
from core.hints import Hints
from models.hint import open_postgres_line
from models.message import BatchRule
from models.workspace import create_workspace
from resolvers.message import Utterance, send_messages
from resolvers.outbox import Outbox
from resolvers.services import Services

WRITERS = 16
EACH = 20
ROUNDS = 31
BUDGET = 0.8
RULE = BatchRule(1_000, 1.0)


async def run(console: Console) -> None:
    """Measures and prints the budget of hints."""
    async with run_postgres() as dsn, create_services(dsn) as off:
        for number in range(WRITERS):
            await create_workspace(off.pool, f"bench-{number}", metadata="{}", configuration="{}")
        hints = Hints()
        bus = Bus(partial(open_postgres_line, dsn), hints.wake)
        carrying = asyncio.create_task(bus.run())
        await bus.wait_until_heard()
        hints.publish_with(bus.publish)
        on = replace(off, hints=hints, outbox=Outbox(off.pool, hints, off.wake_ups, RULE))
        comparison = await compare(
            f"{WRITERS} writers, hints by NOTIFY",
            partial(_write, on),
            partial(_write, off),
            budget=BUDGET,
            rounds=ROUNDS,
        )
        carrying.cancel()
        await asyncio.wait({carrying})
        print_comparisons(console, [comparison])


async def _write(services: Services) -> int:
    async def write(number: int) -> None:
        for turn in range(EACH):
            message = Utterance("ada", f"I walked {turn} kilometres before lunch.")
            await send_messages(services, f"bench-{number}", "s", [message])

    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    return WRITERS * EACH


if __name__ == "__main__":
    run_measured(run(Console()))
