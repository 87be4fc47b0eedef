"""Search where a vantage sees too much to read all of it; here that is more than a few messages."""

import pytest

from models import search
from tests.client import Workspace

SCANNED = 4


@pytest.fixture(autouse=True)
def few_are_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SCANNED_MESSAGES", SCANNED)


async def find(workspace: Workspace, query: str, **more: object) -> list[str]:
    hits = await workspace.search(query, targets=["MESSAGES"], first=50, **more)
    return [hit["node"]["content"] for hit in hits]


async def say_in_sessions(workspace: Workspace, *contents: str) -> None:
    """Says each in a session of its own, so that none stands next to another."""
    for place, content in enumerate(contents):
        await workspace.say(f"s-{place}", "al", content)
    await workspace.derive()


async def test_the_rarest_words_decide_what_is_read(workspace: Workspace) -> None:
    await say_in_sessions(
        workspace,
        "The violin fell into the lake.",
        *[f"The lake was cold on day {day}." for day in range(6)],
    )
    assert await find(workspace, "the violin and the lake") == ["The violin fell into the lake."]
    # A word that all have brings the newest.
    assert await find(workspace, "lake") == [
        f"The lake was cold on day {day}." for day in (5, 4, 3, 2)
    ]


async def test_words_that_are_rare_together_are_all_read(workspace: Workspace) -> None:
    await say_in_sessions(
        workspace, "A violin.", "A boat.", *[f"Day {day}." for day in range(6)], "A boat!"
    )
    assert sorted(await find(workspace, "violin or boat?")) == ["A boat!", "A boat.", "A violin."]
    assert await find(workspace, "zebra") == []
    assert await find(workspace, "the") == []


async def test_a_vantage_counts_and_finds_its_own_alone(workspace: Workspace) -> None:
    await workspace.join("open", "al", "cy")
    await workspace.say("open", "al", *[f"The boat was here on day {day}." for day in range(6)])
    await workspace.say("closed", "al", *["The violin is broken."] * 6)
    await workspace.say("open", "al", "My violin broke.")
    await workspace.derive()
    found = await find(workspace, "violin", vantage="cy")
    assert found[0] == "My violin broke."
    assert "The violin is broken." not in found
