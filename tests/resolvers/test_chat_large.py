"""Asking where more is known than is at hand; here that is more than the newest two."""

import pytest

from resolvers import chat
from tests.client import Workspace


@pytest.fixture(autouse=True)
def little_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "CONCLUSIONS", 2)
    monkeypatch.setattr(chat, "MESSAGES", 2)


async def test_what_was_concluded_long_ago_is_found(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I play the violin.", "I love tea.", "I hate cake.", "I ski.")
    await workspace.derive()
    answer = await workspace.ask("bo", "Which instrument does al play?", "al")
    assert answer["text"] == "al plays the violin."


async def test_what_was_only_said_long_ago_is_found(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Where is the violin?", "Yes.", "No.", "Well, well.")
    await workspace.derive()
    answer = await workspace.ask("al", "Did somebody mention a violin?")
    assert answer["text"] == 'al said: "Where is the violin?"'
    assert [message["content"] for message in answer["messages"]] == ["Where is the violin?"]


async def test_what_no_longer_holds_is_answered_with_what_does(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say(
        "s", "al", "I live in Paris.", "I moved to Berlin.", "I love tea.", "I hate cake.", "I ski."
    )
    await workspace.derive()
    answer = await workspace.ask("bo", "Does al live in Paris?", "al")
    assert "Berlin" in answer["text"]


async def test_nothing_is_found_that_the_asked_did_not_witness(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("closed", "al", "I play the violin.")
    await workspace.say("s", "al", "I love tea.", "I hate cake.", "I ski.")
    await workspace.derive()
    answer = await workspace.ask("bo", "Which instrument does al play?", "al")
    assert answer["text"].startswith("I don't know")
