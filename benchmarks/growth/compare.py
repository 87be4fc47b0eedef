"""Search, representation and context as a workspace grows from 10,000 messages."""

import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from uuid import UUID

from rich.console import Console
from rich.table import Table

from benchmarks.growth.fill import (
    GUEST,
    GUEST_SESSIONS,
    SESSION_MESSAGES,
    SPEAKER,
    WITNESS,
    WORKSPACE,
    Talk,
    add_session,
    settle,
)
from benchmarks.growth.multiply import copy_sessions
from benchmarks.rig import create_services, run_postgres
from models.workspace import create_workspace
from resolvers.context import get_context
from resolvers.find import get_peer, get_session, get_vantage
from resolvers.representation import Reading, get_representation
from resolvers.search import search_all
from resolvers.services import Services

SIZES = (10_000, 100_000)
MILLION = 1_000_000
ROUNDS = 20
BUDGET = 1.5

Read = Callable[[str], Awaitable[object]]
"""Reads something once, with a query that was not asked before."""


async def run(console: Console, sizes: Sequence[int] = SIZES) -> None:
    talk = Talk()
    measured: list[dict[str, float]] = []
    async with run_postgres() as dsn, create_services(dsn) as services:
        workspace, _ = await create_workspace(
            services.pool, WORKSPACE, metadata="{}", configuration="{}"
        )
        sessions = [
            await add_session(services, workspace.id, talk, number)
            for number in range(sizes[0] // SESSION_MESSAGES)
        ]
        said, copies = sizes[0], 0
        for size in sizes:
            while said < size:
                copies += 1
                await copy_sessions(services, sessions[GUEST_SESSIONS:], copies)
                said += SESSION_MESSAGES * (len(sessions) - GUEST_SESSIONS)
            await settle(services)
            measured.append(await _measure(services, workspace.id))
            console.print(f"{size:,} messages measured")
    _print(console, sizes, measured)


async def _measure(services: Services, workspace_id: UUID) -> dict[str, float]:
    """Returns the median of each reading in ms; all in turn, so that noise hits all alike."""
    readings = {
        f"{what}, {whose}": read
        for whose, peer in (("guest", GUEST), ("witness", WITNESS))
        for what, read in (await _list_readings(services, workspace_id, peer)).items()
    }
    talk = Talk()
    times: dict[str, list[float]] = {name: [] for name in readings}
    for place in range(ROUNDS + 3):
        query = talk.create_query()
        for name, read in readings.items():
            start = time.perf_counter()
            await read(query)
            if place >= 3:  # the first ones fill caches
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: median(each) for name, each in times.items()}


async def _list_readings(services: Services, workspace_id: UUID, observer: str) -> dict[str, Read]:
    observed = await get_peer(services, workspace_id, SPEAKER)
    vantage = await get_vantage(services, workspace_id, observer=observer)
    session = await get_session(services, workspace_id, "session-0")

    def search(query: str) -> Awaitable[object]:
        return search_all(services, vantage, query, targets=None, first=10)

    def read(_: str) -> Awaitable[object]:
        return get_representation(services, Reading(observed, observer))

    def ask(query: str) -> Awaitable[object]:
        return get_representation(services, Reading(observed, observer, query=query))

    def fill(_: str) -> Awaitable[object]:
        return get_context(
            services,
            session,
            tokens=1_500,
            vantage=observer,
            observed=SPEAKER,
            observer=None,
            query=None,
        )

    return {
        "search": search,
        "representation": read,
        "representation with a query": ask,
        "context of 1,500 tokens": fill,
    }


def _print(console: Console, sizes: Sequence[int], measured: Sequence[dict[str, float]]) -> None:
    smallest = measured[0]
    table = Table("p50 in ms", *(f"{size:,}" for size in sizes), "times", "budget", "")
    for name, first in smallest.items():
        ratio = measured[-1][name] / first
        table.add_row(
            name,
            *(f"{each[name]:.1f}" for each in measured),
            f"{ratio:.2f}",
            f"≤ {BUDGET:g}",
            "met" if ratio <= BUDGET else "missed",
        )
    console.print(table)
