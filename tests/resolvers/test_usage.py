"""What models were called for, read over the API, and the pause when a budget is spent."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.model_client.meter import Call
from core.model_client.purpose import Purpose
from models.database import Pool
from models.usage import add_calls
from server.serve import run_http
from tests.client import Client, Workspace, comes_to
from tests.conftest import create_settings
from tests.fake_model import FakeModel

USAGE = """
query($name: String!, $since: DateTime, $until: DateTime) { workspace(name: $name) {
  usage(since: $since, until: $until) {
    calls inputTokens outputTokens byPurpose { purpose calls inputTokens outputTokens }
  }
} }
"""
ASK = """
query($name: String!) { workspace(name: $name) { peer(name: "ada") {
  chat(query: "What do you like?") { text usage { calls inputTokens outputTokens } }
} } }
"""
PAUSE = """
query($name: String!) { workspace(name: $name) {
  derivation { pausedUntil retrying done }
  session(name: "s") { messages { edges { node { content } } } }
} }
"""
NOTHING = {"calls": 0, "inputTokens": 0, "outputTokens": 0}


async def read(workspace: Workspace, **span: str) -> Any:
    data = await workspace.client.run(USAGE, name=workspace.name, **span)
    return data["workspace"]["usage"]


async def enter(pool: Pool, workspace: Workspace, *calls: Call) -> datetime:
    """Enters calls as workers do; returns when that was."""
    id_ = await pool.fetchval("SELECT id FROM workspace WHERE name = $1", workspace.name)
    await add_calls(pool, id_, calls)
    at: datetime = await pool.fetchval(
        "SELECT max(at) FROM model_call WHERE workspace_id = $1", id_
    )
    return at


async def test_without_a_model_nothing_is_used(workspace: Workspace) -> None:
    await workspace.say("s", "ada", "I like tea.")
    await workspace.derive()
    assert await read(workspace) == {**NOTHING, "byPurpose": []}
    answer = await workspace.client.run(ASK, name=workspace.name)
    assert answer["workspace"]["peer"]["chat"] == {"text": "ada likes tea.", "usage": NOTHING}


async def test_calls_are_summed_up_by_purpose_and_time(workspace: Workspace, pool: Pool) -> None:
    first = await enter(
        pool, workspace, Call(Purpose.DERIVE, "a", 10, 1), Call(Purpose.DERIVE, "b", 20, 2)
    )
    second = await enter(pool, workspace, Call(Purpose.CHAT, "a", 400, 40))
    derive = {"purpose": "derive", "calls": 2, "inputTokens": 30, "outputTokens": 3}
    chat = {"purpose": "chat", "calls": 1, "inputTokens": 400, "outputTokens": 40}
    assert await read(workspace) == {
        "calls": 3,
        "inputTokens": 430,
        "outputTokens": 43,
        "byPurpose": [chat, derive],
    }
    assert (await read(workspace, since=second.isoformat()))["byPurpose"] == [chat]
    assert (await read(workspace, until=second.isoformat()))["byPurpose"] == [derive]
    after = (second + timedelta(microseconds=1)).isoformat()
    assert (await read(workspace, since=after))["byPurpose"] == []
    assert first < second


async def test_a_time_that_ends_before_it_begins_is_refused(workspace: Workspace) -> None:
    span = {"since": "2026-03-02T10:00:00+00:00", "until": "2026-03-02T09:00:00+00:00"}
    refusal = await workspace.client.get_refusal(USAGE, name=workspace.name, **span)
    assert refusal.code == "BAD_USER_INPUT"
    assert refusal.message == "until is 2026-03-02T09:00:00+00:00, it must not be before since"


async def test_what_another_workspace_used_is_not_told_and_goes_with_it(
    workspace: Workspace, pool: Pool
) -> None:
    other = await Workspace.create(workspace.client, f"{workspace.name}-other")
    await enter(pool, other, Call(Purpose.DERIVE, "a", 10, 1))
    assert (await read(workspace))["calls"] == 0
    await workspace.client.run(
        "mutation($name: String!) { deleteWorkspace(input: {workspace: $name}) { deleted } }",
        name=other.name,
    )
    left = "SELECT count(*) FROM model_call WHERE workspace_id NOT IN (SELECT id FROM workspace)"
    assert await pool.fetchval(left) == 0


@pytest.fixture
async def poor_workspace(dsn: str, fake_model: FakeModel) -> AsyncIterator[Workspace]:
    """A workspace that may ask the model once a day."""
    settings = create_settings(dsn, **fake_model.settings, model_daily_tokens=1)
    async with run_http(settings) as serving, Client(serving.url) as client:
        yield await Workspace.create(client, "poor")


async def test_a_spent_budget_pauses_deriving_and_nothing_else(poor_workspace: Workspace) -> None:
    workspace = poor_workspace

    async def look() -> Any:
        data = (await workspace.client.run(PAUSE, name=workspace.name))["workspace"]
        contents = [edge["node"]["content"] for edge in data["session"]["messages"]["edges"]]
        paused_until = data["derivation"].pop("pausedUntil")
        return {**data["derivation"], "isPaused": paused_until is not None, "said": contents}

    await workspace.say("s", "ada", "I like tea.")
    await workspace.derive()
    await workspace.say("s", "ada", "I like gin.")
    said = ["I like tea.", "I like gin."]
    await comes_to(look, {"retrying": 1, "done": 1, "isPaused": True, "said": said})
    assert await workspace.list_known("ada") == ["ada likes tea"]
    used = await read(workspace)
    assert [each["purpose"] for each in used["byPurpose"]] == ["derive"]
    assert used["calls"] == 1
