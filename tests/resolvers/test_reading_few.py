"""Who sees little is answered from its own stays, others newest first; the answer is the same."""

from collections.abc import Callable
from typing import Any

import pytest

from models import visibility
from tests.client import Workspace

WRITE = """
mutation($input: CreateConclusionsInput!) { createConclusions(input: $input) { position } }
"""


@pytest.fixture
def nobody_sees_little(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(visibility, "FEW_STAYS", -1)


async def play(workspace: Workspace) -> None:
    """Cy comes and goes; some of what it knows is outdated, repeated, or written by hand."""
    await workspace.create_peers("al", "cy", observeOthers=True)
    await workspace.join("s", "al", "cy")
    await workspace.say("s", "al", "I live in Paris.", "I love tea.")
    await workspace.leave("s", "cy")
    await workspace.say("s", "al", "I live in Rome.", "I hate cake.")
    await workspace.join("s", "cy")
    await workspace.say("s", "al", "I love tea.", "I live in Oslo. I am a doctor.")
    await workspace.say("elsewhere", "al", "I love tea.", "I hate dogs.")
    for observer, content in (("cy", "al owes cy money"), (None, "al owes money")):
        written = {"workspace": workspace.name, "observed": "al", "contents": [content]}
        await workspace.client.run(WRITE, input={**written, "observer": observer})
    await workspace.derive()


async def read_all(workspace: Workspace) -> list[Any]:
    readings: list[dict[str, Any]] = [
        {"observer": "cy"},
        {"observer": "al"},
        {"observer": "cy", "sessions": ["s"]},
        {"sessions": ["elsewhere"]},
        {"observer": "cy", "query": "tea or money"},
        {"observer": "cy", "maxConclusions": 2},
    ]
    seen = [await workspace.read("al", **reading) for reading in readings]
    found = await workspace.search("tea money", targets=["CONCLUSIONS"], vantage="cy")
    return [*seen, found]


async def test_both_ways_of_reading_give_the_same(
    workspace: Workspace, nobody_sees_little: Callable[[], None]
) -> None:
    await play(workspace)
    few = await read_all(workspace)
    nobody_sees_little()
    assert await read_all(workspace) == few
    known = [each["content"] for each in few[0]["conclusions"]]
    assert sorted(known) == [
        "al is a doctor",
        "al lives in Oslo",
        "al loves tea",
        "al owes cy money",
    ]
