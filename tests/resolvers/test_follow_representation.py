"""Following representations: as they stand, then each change a vantage can see, and only those."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from models.database import Pool
from tests.client import Stream, Workspace
from tests.snapshot import open_transaction

FOLLOW = """
subscription($workspace: String!, $observed: String = "al", $observer: String, $after: Position,
             $maxConclusions: Int) {
  representation(workspace: $workspace, observed: $observed, observer: $observer, after: $after,
                 maxConclusions: $maxConclusions) {
    kind position retired
    added { id content support }
    representation { observes position observer { name } observed { name } text
                     conclusions { id content support } }
  }
}
"""
SILENCE_S = 0.2


@dataclass
class Followed:
    """A stream, and the state that a client keeps by it: conclusions by id."""

    stream: Stream
    state: dict[str, Any] = field(default_factory=dict)

    async def get_next(self) -> Any:
        """Takes an event into the state and checks that it leads to what the event shows."""
        (event,) = await self.stream.take(1)
        if event["kind"] == "SNAPSHOT":
            self.state.clear()
            assert event["retired"] == []
        for id_ in event["retired"]:
            del self.state[id_]
        for conclusion in event["added"]:
            self.state[conclusion["id"]] = conclusion
        shown = event["representation"]["conclusions"]
        assert self.state == {conclusion["id"]: conclusion for conclusion in shown}
        return event

    async def get_next_contents(self) -> list[str]:
        """Takes an event and returns what is new in it."""
        return [each["content"] for each in (await self.get_next())["added"]]


@asynccontextmanager
async def follow(workspace: Workspace, **more: Any) -> AsyncIterator[Followed]:
    async with workspace.client.subscribe(FOLLOW, workspace=workspace.name, **more) as stream:
        yield Followed(stream)


async def read_afresh(workspace: Workspace, observer: str | None) -> dict[str, Any]:
    """Returns the state that a new reader gets."""
    view = await workspace.read("al", observer)
    return {
        each["id"]: {key: each[key] for key in ("id", "content", "support")}
        for each in view["conclusions"]
    }


async def test_it_begins_with_how_it_stands(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    async with follow(workspace, observer="bo") as followed:
        event = await followed.get_next()
    (conclusion,) = event["added"]
    assert (conclusion["content"], conclusion["support"]) == ("al loves tea", 1)
    assert (event["kind"], event["retired"]) == ("SNAPSHOT", [])
    view = event["representation"]
    assert (view["observes"], view["observer"], view["observed"]) == (
        True,
        {"name": "bo"},
        {"name": "al"},
    )
    assert view["text"].startswith("What bo knows about al, newest first:\n- al loves tea (said ")
    assert view["position"] == event["position"]


async def test_then_comes_each_change(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    async with follow(workspace) as followed:
        assert (await followed.get_next())["added"] == []
        await workspace.say("s", "al", "I love tea.")
        event = await followed.get_next()
        assert (event["kind"], event["retired"]) == ("CHANGED", [])
        assert [each["content"] for each in event["added"]] == ["al loves tea"]
        await workspace.say("s", "al", "I hate cake.", "I am a doctor.")
        assert await followed.get_next_contents() == ["al is a doctor", "al hates cake"]


async def test_what_is_said_again_takes_the_place_of_what_was_said_before(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    async with follow(workspace) as followed:
        (before,) = (await followed.get_next())["added"]
        await workspace.say("s", "al", "I love TEA!")
        event = await followed.get_next()
    assert event["retired"] == [before["id"]]
    assert [(each["content"], each["support"]) for each in event["added"]] == [("al loves TEA", 2)]


async def test_what_has_no_room_any_more_is_retired(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I love tea.")
    await workspace.say("s", "al", "I hate cake.")
    await workspace.derive()
    async with follow(workspace, maxConclusions=2) as followed:
        event = await followed.get_next()
        ids = {each["content"]: each["id"] for each in event["added"]}
        await workspace.say("s", "al", "I am a doctor.")
        event = await followed.get_next()
    assert [each["content"] for each in event["added"]] == ["al is a doctor"]
    assert event["retired"] == [ids["al loves tea"]]


async def test_a_vantage_is_told_of_nothing_it_cannot_see(workspace: Workspace) -> None:
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.join("turn-1", "al", "bo", "cy")
    await workspace.join("side-chat", "al", "bo")
    async with (
        follow(workspace, observer="bo") as bos,
        follow(workspace, observer="cy") as cys,
        follow(workspace, observer="al") as als,
    ):
        for followed in (als, bos, cys):
            assert (await followed.get_next())["added"] == []
        await workspace.say("side-chat", "al", "I will attack Charlie.")
        await workspace.derive()
        await workspace.say("turn-1", "al", "I will be peaceful.")
        await workspace.derive()
        for followed in (als, bos):
            while len(followed.state) < 2:
                await followed.get_next()
        # The first that it hears of is the second.
        event = await cys.get_next()
        assert [each["content"] for each in event["representation"]["conclusions"]] == [
            "al will be peaceful"
        ]


async def test_other_peers_are_not_followed(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    async with follow(workspace) as followed:
        await followed.get_next()
        await workspace.say("s", "bo", "I hate cake.")
        await workspace.derive()
        await workspace.say("s", "al", "I love tea.")
        assert await followed.get_next_contents() == ["al loves tea"]


async def test_who_begins_to_observe_is_told_from_then_on(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    async with follow(workspace, observer="bo") as followed:
        event = await followed.get_next()
        assert (event["representation"]["observes"], event["added"]) == (False, [])
        await workspace.update_peer("bo", observeOthers=True)
        await workspace.say("s", "al", "I hate cake.")
        event = await followed.get_next()
        assert event["representation"]["observes"] is True
        assert [each["content"] for each in event["added"]] == ["al hates cake"]


async def test_after_a_position_comes_what_was_missed_and_nothing_if_nothing_was(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    async with follow(workspace) as followed:
        seen = await followed.get_next()
    await workspace.say("s", "al", "I hate cake.")
    await workspace.derive()
    async with follow(workspace, after=seen["position"]) as missed:
        missed.state = dict(followed.state)
        event = await missed.get_next()
        assert (event["kind"], event["retired"]) == ("CHANGED", [])
        assert [each["content"] for each in event["added"]] == ["al hates cake"]
    async with follow(workspace, after=event["position"]) as nothing:
        nothing.state = dict(missed.state)
        assert await nothing.stream.is_silent(SILENCE_S)
        await workspace.say("s", "al", "I am a doctor.")
        assert await nothing.get_next_contents() == ["al is a doctor"]


async def test_an_open_transaction_delays_changes_and_loses_none(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.join("s", "al")
    async with follow(workspace) as followed:
        await followed.get_next()
        async with open_transaction(pool, workspace.name):
            await workspace.say("s", "al", "I love tea.")
            await workspace.say("s", "al", "I hate cake.")
            await workspace.derive()
            assert await followed.stream.is_silent(SILENCE_S)
        while len(followed.state) < 2:
            await followed.get_next()
    assert followed.state == await read_afresh(workspace, None)


async def test_what_was_sent_at_first_and_since_is_what_is_read_afresh(
    workspace: Workspace,
) -> None:
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    observers = (None, "al", "bo", "cy")

    async def talk(session: str) -> None:
        for i in range(4):
            await workspace.say(session, "al", f"I need {i} eggs.", "I love tea.")
            await workspace.leave(session, "bo")
            await workspace.say(session, "al", f"I ate in {session} {i} times.")
            await workspace.join(session, "bo", *(["cy"] if i == 2 else []))

    async def keep_up(followed: Followed, observer: str | None) -> None:
        """Follows until the state is what a new reader gets, however often that changes."""
        while followed.state != await read_afresh(workspace, observer):
            await followed.get_next()

    for session in ("one", "two"):
        await workspace.join(session, "al", "bo")
    await workspace.say("one", "al", "I was here before.")
    await workspace.derive()
    async with (
        follow(workspace) as everything,
        follow(workspace, observer="al") as als,
        follow(workspace, observer="bo") as bos,
        follow(workspace, observer="cy") as cys,
    ):
        following = dict(zip(observers, (everything, als, bos, cys), strict=True))
        for followed in following.values():
            assert (await followed.get_next())["kind"] == "SNAPSHOT"
        await asyncio.gather(talk("one"), talk("two"))
        await workspace.derive()
        for observer, followed in following.items():
            await keep_up(followed, observer)
            assert await followed.stream.is_silent(SILENCE_S)
    assert len(everything.state) > len(bos.state) > len(cys.state) > 0


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"workspace": "no"}, "NOT_FOUND", 'workspace "no" does not exist'),
        ({"observed": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"observer": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"after": "x"}, "BAD_USER_INPUT", '"x" is not a position; use one this API returned'),
        ({"maxConclusions": 0}, "BAD_USER_INPUT",
         "maxConclusions is 0, there would be nothing to follow"),
        ({"maxConclusions": 201}, "BAD_USER_INPUT",
         "maxConclusions is 201, it must be from 0 to 200"),
    ],
)  # fmt: skip
async def test_what_cannot_be_followed_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al")
    asked = {"workspace": workspace.name, **given}
    async with workspace.client.subscribe(FOLLOW, **asked) as stream:
        refusal = await stream.get_refusal()
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
