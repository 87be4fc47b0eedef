"""What the same messages cost, whoever watches: calls and rows before 2, 10 and 50 observers.

Also who sees what was concluded, so that the costs are not those of showing it to nobody.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console
from rich.table import Table

from benchmarks.rig import create_services, run_measured, run_postgres
from models.conclusion import Selection, count_conclusions
from models.peer import find_peers
from models.visibility import Vantage
from models.work import ask_for_derivation
from models.workspace import create_workspace
from representation.builtin.reasoner import BuiltinReasoner
from representation.statement import Statement
from representation.window import Window
from resolvers.message import Utterance, send_messages
from resolvers.services import Services
from resolvers.session import Member, create_session
from workers.actor import look_at_subject
from workers.workshop import Workshop

OBSERVERS = (2, 10, 50)
MESSAGES = 1_000
BATCH = 100
AUTHORS = ("ada", "ben")
_TABLES = ("conclusion", "evidence", "citation", "derived_window", "work_item")
_SAYINGS = (
    "I have {} cats.",
    "I like book {}.",
    "I don't like book {}.",
    "I work at Office {}.",
    "What do you think of {}?",
)


class CountingReasoner(BuiltinReasoner):
    """Counts what a model would be paid for."""

    def __init__(self) -> None:
        self.calls = 0

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        self.calls += 1
        return await super().derive(window)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of deriving one session."""

    calls: int
    rows: dict[str, int]
    """By table."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A session that was derived in front of observers."""

    observers: int
    cost: Cost
    seen: list[int]
    """How many conclusions about the first author each observer sees."""
    seconds: float


async def derive_before(services: Services, observers: int, messages: int) -> Derived:
    """Plays `messages` in front of so many observers, the authors among them, and derives them."""
    name = f"observers-{observers}"
    workspace, _ = await create_workspace(services.pool, name, metadata="{}", configuration="{}")
    watchers = [f"watcher-{place}" for place in range(observers - len(AUTHORS))]
    everybody = [*AUTHORS, *watchers]
    await create_session(
        services,
        name,
        "room",
        metadata=None,
        configuration={},
        members=[Member(peer, observe_others=True) for peer in everybody],
    )
    for first in range(0, messages, BATCH):
        await send_messages(services, name, "room", _create_utterances(first, messages))
    start = time.perf_counter()
    reasoner = CountingReasoner()
    await _derive(
        Workshop(services.settings, services.pool, services.hints, reasoner), workspace.id
    )
    seconds = time.perf_counter() - start
    cost = Cost(reasoner.calls, await _count_rows(services, workspace.id))
    return Derived(observers, cost, await _count_seen(services, workspace.id, everybody), seconds)


def _create_utterances(first: int, messages: int) -> list[Utterance]:
    return [
        Utterance(
            AUTHORS[place % len(AUTHORS)], _SAYINGS[place % len(_SAYINGS)].format(place // 10)
        )
        for place in range(first, min(first + BATCH, messages))
    ]


async def _derive(workshop: Workshop, workspace_id: UUID) -> None:
    """Works until nothing is due."""
    await ask_for_derivation(workshop.pool, workspace_id, None)
    query = "SELECT kind, subject_id FROM work_item WHERE workspace_id = $1 AND due_at <= now()"
    while due := await workshop.pool.fetch(query, workspace_id):
        for kind, subject_id in due:
            await look_at_subject(workshop, kind, subject_id)


async def _count_rows(services: Services, workspace_id: UUID) -> dict[str, int]:
    places = {
        "citation": "conclusion_id IN (SELECT id FROM conclusion WHERE workspace_id = $1)",
        "derived_window": "session_id IN (SELECT id FROM session WHERE workspace_id = $1)",
    }
    return {
        table: await services.pool.fetchval(
            f"SELECT count(*) FROM {table} WHERE {places.get(table, 'workspace_id = $1')}",
            workspace_id,
        )
        for table in _TABLES
    }


async def _count_seen(services: Services, workspace_id: UUID, names: Sequence[str]) -> list[int]:
    peers = {row.name: row.id for row in await find_peers(services.pool, workspace_id, names)}
    observed = [peers[AUTHORS[0]]]
    return [
        await count_conclusions(
            services.pool, Selection(Vantage(workspace_id, peers[name]), observed)
        )
        for name in names
        if name != AUTHORS[0]
    ]


async def run(console: Console) -> None:
    async with run_postgres() as dsn, create_services(dsn) as services:
        derived = [await derive_before(services, count, MESSAGES) for count in OBSERVERS]
    table = Table(f"of {MESSAGES:,} messages", *(f"{count} observers" for count in OBSERVERS))
    table.add_row("reasoner calls", *(str(each.cost.calls) for each in derived))
    for name in _TABLES:
        table.add_row(f"rows in {name}", *(str(each.cost.rows[name]) for each in derived))
    table.add_row("seen by each of them", *(_say_range(each.seen) for each in derived))
    table.add_row("seconds", *(f"{each.seconds:.2f}" for each in derived))
    console.print(table)


def _say_range(counts: Sequence[int]) -> str:
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least} to {most}"


if __name__ == "__main__":
    run_measured(run(Console()))
