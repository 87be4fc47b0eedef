"""Rule 12 for search: what an observer did not witness moves no hit, no score and no order."""

import random
import uuid
from typing import Any

import pytest

from models import search
from tests.client import Client, Workspace

WORDS = ["boat", "pagoda", "garden", "lake", "morning", "teacher", "violin", "garlic", "winter"]
QUERIES = [
    "the boat on the lake",
    "Who likes the violin?",
    "winter mornings",
    "What did bo say about the garden yesterday?",
    "pagodda",
    "garlic AND violin",
    " ".join(WORDS),
]
ROUNDS = 25


def play(seed: int, hidden_words: list[str]) -> list[tuple[str, str, str, bool]]:
    """Makes up who says what where; what `cy` does not witness is made of other words."""
    known, hidden = random.Random(seed), random.Random(seed + 1_000)  # noqa: S311
    told = []
    for turn in range(ROUNDS):
        is_seen = known.random() < 0.5
        session = known.choice(["open", "late"]) if is_seen else known.choice(["closed", "late"])
        # `cy` joins `late` in the middle, so that hidden and seen messages stand side by side.
        is_seen = session == "open" or (session == "late" and turn >= ROUNDS // 2)
        source, words = (known, WORDS) if is_seen else (hidden, hidden_words)
        length = source.randint(2, 9)
        text = "I like the " + " ".join(source.choice(words) for _ in range(length)) + "."
        told.append((session, known.choice(["al", "bo"]), text, turn == ROUNDS // 2))
    return told


async def read_all(client: Client, seed: int, hidden_words: list[str]) -> list[Any]:
    """Plays it in a workspace of its own and returns all that `cy` can find."""
    workspace = await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}")
    for session in ("open", "late", "closed"):
        members = ["al", "bo"] + ["cy"] * (session == "open")
        await workspace.join(session, *members, observeOthers=True)
    for session, peer, text, is_halftime in play(seed, hidden_words):
        if is_halftime:
            await workspace.join("late", "cy", observeOthers=True)
        await workspace.say(session, peer, text)
    await workspace.derive()
    found: list[Any] = []
    for query in QUERIES:
        for hits in (
            await workspace.search(query, vantage="cy", first=200),
            await workspace.search_peer("cy", query, first=200),
            await workspace.search_session("late", query, vantage="cy", first=200),
            await workspace.search(query, vantage="cy", sessions=["late", "closed"], first=200),
        ):
            found.append([tell(hit) for hit in hits])
    return found


def tell(hit: Any) -> tuple[Any, ...]:
    node = hit["node"]
    return node["content"], hit["score"], hit["snippet"], node.get("sequence"), node.get("support")


@pytest.mark.parametrize(("seed", "scanned"), [(1, search.SCANNED_MESSAGES), (2, 5)])
async def test_what_was_not_witnessed_moves_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, seed: int, scanned: int
) -> None:
    """The same where a vantage sees too much to read all of it."""
    monkeypatch.setattr(search, "SCANNED_MESSAGES", scanned)
    found = await read_all(client, seed, ["lemonade"])
    assert sum(map(len, found)) > 50  # there is something to compare
    for others in (WORDS, ["boat", "violin", "zebra", "pagodda", "the"]):
        assert await read_all(client, seed, others) == found
