"""Forgetting while the same is being sent, derived, compared or dreamt of: nothing comes back."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from core.clock import get_now
from core.ids import create_id
from models.database import Connection, Pool
from models.evidence import NewConclusion, hold_conclusions, write_derived
from models.mind import get_mind
from tests.client import Workspace
from tests.dump import find_traces
from tests.waiting import wait_until

INTERLEAVINGS = 100


@pytest.fixture
def marker() -> str:
    """A name that nobody else ever says."""
    return f"Zorbl{uuid.uuid4().hex[:8]}"


@asynccontextmanager
async def holding(pool: Pool, statement: str, *parameters: Any) -> AsyncIterator[Connection]:
    """Runs a statement and keeps its locks until the block ends, then commits."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.fetch(statement, *parameters)
        yield connection


async def wait_for_blocked(pool: Pool, count: int = 1) -> None:
    """Waits until so many statements wait for a lock."""

    async def is_blocked() -> bool:
        query = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
        return bool(await pool.fetchval(query) >= count)

    await wait_until(is_blocked)


async def list_conclusion_ids(pool: Pool, workspace: Workspace) -> list[UUID]:
    """Returns all that is concluded, oldest first."""
    records = await pool.fetch(
        """
        SELECT c.id FROM conclusion AS c JOIN workspace AS w ON w.id = c.workspace_id
        WHERE w.name = $1 ORDER BY c.said_at, c.id
        """,
        workspace.name,
    )
    return [record["id"] for record in records]


async def get_workspace_id(pool: Pool, workspace: Workspace) -> UUID:
    id_ = await pool.fetchval("SELECT id FROM workspace WHERE name = $1", workspace.name)
    assert isinstance(id_, UUID)
    return id_


async def count_baseless(pool: Pool, workspace_id: UUID) -> int:
    """Counts conclusions that rest on nothing any more."""
    return int(
        await pool.fetchval(
            """
            SELECT count(*) FROM conclusion AS c
            WHERE workspace_id = $1
              AND (NOT EXISTS (SELECT FROM evidence WHERE conclusion_id = c.id)
                OR NOT EXISTS (SELECT FROM citation WHERE conclusion_id = c.id))
            """,
            workspace_id,
        )
    )


async def is_idle(pool: Pool, workspace: Workspace) -> bool:
    """Tells whether all work is done; fails the test if some of it has failed."""
    items = await pool.fetch(
        """
        SELECT kind, error FROM work_item WHERE workspace_id = (
            SELECT id FROM workspace WHERE name = $1)
        """,
        workspace.name,
    )
    assert [item["error"] for item in items if item["error"]] == []
    return not items


async def write_inference(
    connection: Connection, workspace: Workspace, premises: list[UUID], *, is_dream: bool
) -> None:
    """Writes what follows from premises, as the workers do."""
    row = await connection.fetchrow(
        "SELECT workspace_id, observed_id FROM conclusion WHERE id = $1", premises[0]
    )
    assert row is not None
    mind_id = None
    if is_dream:
        mind_id = await get_mind(connection, row["workspace_id"], None, row["observed_id"])
        assert await hold_conclusions(connection, premises)
    inference = NewConclusion(
        id=create_id(),
        observed_id=row["observed_id"],
        mind_id=mind_id,
        content="Something follows",
        level="DEDUCTIVE" if is_dream else "CONTRADICTION",
        gist="gist",
        said_at=get_now(),
        dated_at=get_now(),
        message_ids=(),
        premise_ids=premises,
    )
    await write_derived(connection, row["workspace_id"], [inference])


@pytest.mark.parametrize("what", ["message", "conclusion"])
@pytest.mark.parametrize("is_dream", [True, False], ids=["dream", "link"])
async def test_what_follows_from_it_goes_even_if_it_is_being_written(
    workspace: Workspace, pool: Pool, is_dream: bool, what: str, marker: str
) -> None:
    await workspace.say("s", "al", f"I like {marker}.")
    await workspace.derive()
    premises = await list_conclusion_ids(pool, workspace)
    async with holding(pool, "SELECT 1") as connection:
        await write_inference(connection, workspace, premises, is_dream=is_dream)
        if what == "message":
            forgetting = asyncio.create_task(workspace.forget_messages("s", 1))
        else:
            (known,) = (await workspace.list_all("al")).values()
            forgetting = asyncio.create_task(workspace.forget_conclusion(known["id"]))
        await wait_for_blocked(pool)
    assert await forgetting == 1
    assert await list_conclusion_ids(pool, workspace) == []


async def test_what_follows_from_what_follows_goes_too(
    workspace: Workspace, pool: Pool, shared_dsn: str, marker: str
) -> None:
    await workspace.say("s", "al", f"I like {marker}.")
    await workspace.derive()
    for _ in range(3):
        ids = await list_conclusion_ids(pool, workspace)
        async with holding(pool, "SELECT 1") as connection:
            await write_inference(connection, workspace, ids[-1:], is_dream=True)
    ids = await list_conclusion_ids(pool, workspace)
    async with holding(pool, "SELECT 1") as connection:
        await write_inference(connection, workspace, ids[-1:], is_dream=True)
        forgetting = asyncio.create_task(workspace.forget_messages("s", 1))
        await wait_for_blocked(pool)
    assert await forgetting == 1
    assert await find_traces(shared_dsn, marker) == []


async def test_what_a_derivation_has_written_is_found_and_goes(
    patient_workspace: Workspace, patient_pool: Pool, patient_dsn: str, marker: str
) -> None:
    """The derivation holds the message and waits for the session; forgetting waits for it."""
    workspace, pool = patient_workspace, patient_pool
    await workspace.say("s", "al", f"I like {marker}.", "I have a cat.")
    session = "SELECT FROM session JOIN workspace ON workspace.id = workspace_id"
    async with holding(pool, f"{session} WHERE workspace.name = $1 FOR UPDATE OF session",
                       workspace.name):  # fmt: skip
        deriving = asyncio.create_task(workspace.read("al", minPosition="1", maxWaitMs=1))
        asking = asyncio.create_task(workspace.derive())
        await wait_for_blocked(pool)
        forgetting = asyncio.create_task(workspace.forget_messages("s", 1))
        await asyncio.sleep(0.2)
    await asyncio.gather(deriving, asking)
    assert await forgetting == 1
    await workspace.derive()
    assert await workspace.list_known("al") == ["al has a cat"]
    assert await find_traces(patient_dsn, marker) == []


async def test_a_derivation_that_comes_later_finds_nothing_to_write(
    patient_workspace: Workspace, patient_pool: Pool, patient_dsn: str, marker: str
) -> None:
    """Forgetting has deleted the message and waits for a lock; the derivation waits for it."""
    workspace, pool = patient_workspace, patient_pool
    await workspace.say("s", "al", f"I like {marker}first.")
    await workspace.derive()
    (conclusion_id,) = await list_conclusion_ids(pool, workspace)
    await workspace.say("s", "al", f"I like {marker}.", "I have a cat.")
    async with holding(pool, "SELECT FROM conclusion WHERE id = $1 FOR KEY SHARE", conclusion_id):
        forgetting = asyncio.create_task(workspace.forget_messages("s", 1, 2))
        await wait_for_blocked(pool)
        deriving = asyncio.create_task(workspace.derive())
        await wait_for_blocked(pool, 2)
    assert await forgetting == 2
    await deriving
    assert await workspace.list_known("al") == ["al has a cat"]
    assert await find_traces(patient_dsn, marker, f"{marker}first") == []


@pytest.mark.parametrize("what", ["deleteSession", "deletePeer", "deleteWorkspace"])
async def test_what_is_said_and_derived_while_its_place_is_forgotten_leaves_nothing_behind(
    workspace: Workspace, pool: Pool, shared_dsn: str, what: str, marker: str
) -> None:
    """Whoever speaks meanwhile is either forgotten with the rest or comes after it."""
    await workspace.say("s", "al", f"I like {marker}first.")
    await workspace.derive()
    (conclusion_id,) = await list_conclusion_ids(pool, workspace)
    workspace_id = await get_workspace_id(pool, workspace)
    names = {"deleteSession": {"session": "s"}, "deletePeer": {"peer": "al"}}
    async with holding(pool, "SELECT FROM conclusion WHERE id = $1 FOR KEY SHARE", conclusion_id):
        forgetting = asyncio.create_task(workspace.forget(what, **names.get(what, {})))
        await wait_for_blocked(pool)
        saying = asyncio.create_task(workspace.say("s", "al", f"I like {marker}."))
        await asyncio.sleep(0.5)  # long enough to be said and derived, if nothing holds it up
    assert await forgetting == 1
    said = (await asyncio.gather(saying, return_exceptions=True))[0]
    assert await count_baseless(pool, workspace_id) == 0
    assert await find_traces(shared_dsn, f"{marker}first") == []
    if what == "deleteSession":  # it was told again, to a new session
        assert isinstance(said, str)
        await workspace.derive()
        assert await workspace.list_known("al") == [f"al likes {marker}"]
    else:
        assert await find_traces(shared_dsn, marker) == []


async def play_once(
    workspace: Workspace, i: int, rng: random.Random
) -> tuple[list[str], list[str]]:
    """Sends, derives and deletes at once; returns what must be gone and what must be known."""
    session = f"s{i % 10}"
    gone, kept = [f"Gone{i}x", f"Lost{i}x"], [f"Kept{i}x"]
    contents = [f"I like {gone[0]}.", f"I like {kept[0]}.", f"I dislike {gone[0]}.",
                f"I have a cat named {gone[1]}."]  # fmt: skip
    positions = [0, 2, 3]
    sent = await workspace.send(session, *({"peer": "al", "content": each} for each in contents))
    ids = [sent["messages"][place]["id"] for place in positions]

    async def wait_a_little() -> None:
        await asyncio.sleep(rng.choice([0, 0.001, 0.005, 0.02, 0.05, 0.1]) * rng.random())

    async def delete(part: list[str]) -> None:
        await wait_a_little()
        await workspace.run_input("deleteMessages", "deleted", ids=part)

    async def derive() -> None:
        await wait_a_little()
        await workspace.change("derive", maxWaitMs=0)

    async def dream() -> None:
        await wait_a_little()
        await workspace.change("dream", observed="al", observer=None, maxWaitMs=0)

    await asyncio.gather(derive(), delete(ids[:1]), dream(), delete(ids[1:]), derive())
    return gone, kept


async def test_of_a_hundred_interleavings_none_brings_anything_back(
    workspace: Workspace, pool: Pool, shared_dsn: str
) -> None:
    await workspace.join("s0", "al")
    rng = random.Random(3)  # noqa: S311
    played = []
    for start in range(0, INTERLEAVINGS, 10):
        played += await asyncio.gather(
            *(play_once(workspace, i, rng) for i in range(start, start + 10))
        )
    await wait_until(lambda: is_idle(pool, workspace))
    gone = [text for texts, _ in played for text in texts]
    kept = [text for _, texts in played for text in texts]
    assert await find_traces(shared_dsn, *gone) == []
    assert await count_baseless(pool, await get_workspace_id(pool, workspace)) == 0
    known = await workspace.list_known("al", maxConclusions=200)
    assert known == sorted(f"al likes {text}" for text in kept)
