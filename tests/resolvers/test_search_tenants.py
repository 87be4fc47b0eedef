"""Tenants of very different size in the same tables: each finds as many as it asks for."""

import asyncio
import uuid

import pytest

from models import search
from tests.client import Client, Workspace

SIZES = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
"""Messages that each tenant has, all of them with the words of the query."""
FIRST = 10


@pytest.mark.parametrize("scanned", [search.SCANNED_MESSAGES, 20])
async def test_each_of_many_tenants_finds_as_many_as_it_asks_for(
    client: Client, monkeypatch: pytest.MonkeyPatch, scanned: int
) -> None:
    monkeypatch.setattr(search, "SCANNED_MESSAGES", scanned)
    tenants = await asyncio.gather(*(create_tenant(client, size) for size in SIZES))
    for tenant, size in zip(tenants, SIZES, strict=True):
        hits = await tenant.search("Where is the boat?", targets=["MESSAGES"], first=FIRST)
        assert len(hits) == min(size, FIRST)
        assert {hit["node"]["content"] for hit in hits} <= set(list_contents(size))


async def create_tenant(client: Client, size: int) -> Workspace:
    workspace = await Workspace.create(client, f"tenant-{uuid.uuid4().hex[:12]}")
    await workspace.say("s", "al", *list_contents(size))
    await workspace.derive()
    return workspace


def list_contents(size: int) -> list[str]:
    return [f"The boat was at pier {place} of {size}." for place in range(size)]
