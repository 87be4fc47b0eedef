"""Searching histories for one that breaks a property.

`VANTAGE_EXAMPLES=5000 pytest tests/properties` looks at so many histories per test, others each
time. Without it, they are always the same, so that a run is repeatable: some dozens per test, in CI
five times as many.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

PARTS = 8
"""Of each search, so that workers can share it."""
EXAMPLES = os.environ.get("VANTAGE_EXAMPLES")
CI_FACTOR = 5

Example = TypeVar("Example")

in_parts = pytest.mark.parametrize("part", range(PARTS))


def count_examples(usual: int) -> int:
    """Returns how many one part looks at, `usual` being those of all parts."""
    factor = CI_FACTOR if os.environ.get("CI") else 1
    return -(-int(EXAMPLES or usual * factor) // PARTS)


async def search(
    examples: st.SearchStrategy[Example],
    check: Callable[[Example], Awaitable[None]],
    *,
    part: int,
    count: int,
) -> None:
    """Fails with the smallest example that it finds for which `check` fails.

    Hypothesis is not asynchronous: it runs in a thread, and each check on our event loop.
    """
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(examples)
    def run(example: Example) -> None:
        asyncio.run_coroutine_threadsafe(_await(check(example)), loop).result()

    await asyncio.to_thread(run if EXAMPLES else seed(part)(run))


async def _await(checking: Awaitable[None]) -> None:
    await checking


def collect(examples: st.SearchStrategy[Example], first: int, count: int) -> list[Example]:
    """Returns the examples that a search would begin with."""
    found: list[Example] = []

    @settings(
        max_examples=count,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @seed(first)
    @given(examples)
    def run(example: Example) -> None:
        found.append(example)

    run()
    return found
