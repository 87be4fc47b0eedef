"""What is reasoned about at all: reasoning and cards, off and on again, at every level."""

from itertools import product
from typing import Any

import pytest

from tests.client import Workspace

ON, OFF, UNSET = True, False, None


async def say(workspace: Workspace, content: str, **more: Any) -> None:
    await workspace.send("s", {"peer": "al", "content": content, **more})


@pytest.mark.parametrize(
    ("of_workspace", "of_session", "of_message"), list(product((ON, OFF, UNSET), repeat=3))
)
async def test_the_nearest_that_says_something_decides_whether_it_is_reasoned_about(
    workspace: Workspace,
    of_workspace: bool | None,
    of_session: bool | None,
    of_message: bool | None,
) -> None:
    await workspace.join("s", "al")
    await workspace.configure(reasoning={"enabled": of_workspace})
    await workspace.configure("s", reasoning={"enabled": of_session})
    await say(workspace, "I love tea.", reasoning=of_message)
    await workspace.derive()
    decided = next(
        (each for each in (of_message, of_session, of_workspace) if each is not None), ON
    )
    assert await workspace.list_known("al") == (["al loves tea"] if decided else [])


@pytest.mark.parametrize("first", ["workspace", "session"])
async def test_reasoning_comes_back_only_when_nothing_nearer_keeps_it_off(
    workspace: Workspace, first: str
) -> None:
    """Off at both levels, on again in either order: the session is the nearer one."""
    await workspace.join("s", "al")
    await workspace.configure(reasoning={"enabled": False})
    await workspace.configure("s", reasoning={"enabled": False})
    await say(workspace, "I have a cat.")
    order = ["workspace", "session"] if first == "workspace" else ["session", "workspace"]
    await workspace.configure(None if order[0] == "workspace" else "s", reasoning={"enabled": True})
    await say(workspace, "I have a dog.")
    await workspace.configure(None if order[1] == "workspace" else "s", reasoning={"enabled": True})
    await say(workspace, "I have a pony.")
    await workspace.derive()
    in_between = [] if first == "workspace" else ["al has a dog"]
    assert await workspace.list_known("al") == [*in_between, "al has a pony"]


async def test_the_configuration_is_resolved_when_the_message_is_written(
    patient_workspace: Workspace,
) -> None:
    """Nothing here is derived before all of it is said and configured."""
    workspace = patient_workspace
    await workspace.join("s", "al")
    await say(workspace, "I have a cat.")
    await workspace.configure(reasoning={"enabled": False})
    await say(workspace, "I have a dog.")
    await workspace.configure("s", reasoning={"enabled": True})
    await say(workspace, "I have a pony.")
    await workspace.configure("s", reasoning={"enabled": False})
    await workspace.derive()
    assert await workspace.list_known("al") == ["al has a cat", "al has a pony"]


async def test_what_is_not_reasoned_about_is_still_said_and_can_be_told(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await say(workspace, "I love tea.", reasoning=False)
    await workspace.derive()
    assert await workspace.list_known("al") == []
    assert await workspace.list_contents("s", "bo") == ["I love tea."]
    answer = await workspace.ask("bo", "What does Al love?")
    assert [message["content"] for message in answer["messages"]] == ["I love tea."]


async def test_the_same_sentence_is_reasoned_about_in_one_session_and_not_in_another(
    workspace: Workspace,
) -> None:
    await workspace.join("on", "al")
    await workspace.join("off", "al")
    await workspace.configure("off", reasoning={"enabled": False})
    for session in ("on", "off"):
        await workspace.say(session, "al", "I love tea.")
    await workspace.derive()
    known = await workspace.list_all("al")
    assert known["al loves tea"]["support"] == 1
    assert [m["session"]["name"] for m in known["al loves tea"]["messages"]] == ["on"]


async def test_cards_are_not_made_where_they_are_switched_off(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.say("s", "al", "My name is Alice.")
    await workspace.configure(peerCard={"create": False})
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.configure("s", peerCard={"create": True})
    await workspace.say("s", "al", "I work at Acme.")
    await workspace.derive()
    assert await workspace.list_card("al") == ["al works at Acme", "al's name is Alice"]
    known = ["al lives in Paris", "al works at Acme", "al's name is Alice"]
    assert await workspace.list_known("al") == known


async def test_cards_are_not_shown_while_they_are_not_used(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    await workspace.configure(peerCard={"use": False})
    assert await workspace.list_card("al") == []
    assert await workspace.list_known("al") == ["al lives in Paris"]
    await workspace.configure(peerCard={"use": None})
    assert await workspace.list_card("al") == ["al lives in Paris"]
