"""A stage per test."""

from collections.abc import AsyncIterator

import pytest

from tests.properties.stage import Stage, open_stage


@pytest.fixture
async def stage(dsn: str) -> AsyncIterator[Stage]:
    async with open_stage(dsn) as stage:
        yield stage
