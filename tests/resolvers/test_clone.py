"""Clones of sessions: what was said and who was in, as it was; and then two lives."""

from typing import Any

from models.database import Pool
from tests.client import Client, Refused, Workspace
from tests.snapshot import nothing_changes, take_snapshot

CLONE = """
mutation($input: CloneSessionInput!) { cloneSession(input: $input) {
  created
  session { name metadata isActive lastSequence configuration { reasoning { enabled } } } } }
"""
EVENTS = """
subscription($workspace: String!, $after: Position) {
  events(workspace: $workspace, after: $after, session: "t") { kind data peer { name } } }
"""
EVERYBODY = (None, "al", "bo", "cy")
KEPT = (
    "sequence", "content", "metadata", "tokenCount", "createdAt", "recordedAt",
    "clientMessageId", "author",
)  # fmt: skip


async def clone(workspace: Workspace, **more: Any) -> Any:
    given = {"workspace": workspace.name, "session": "s", "name": "t", **more}
    return (await workspace.client.run(CLONE, input=given))["cloneSession"]


async def refuse(at: Workspace, **more: Any) -> Refused:
    given = {"workspace": at.name, "session": "s", "name": "t", **more}
    return await at.client.get_refusal(CLONE, input=given)


async def list_kept(workspace: Workspace, session: str, vantage: str | None = None) -> list[Any]:
    """Reads of each message what a clone keeps."""
    messages = await workspace.list_messages(session, vantage)
    return [{name: each[name] for name in KEPT} for each in messages]


async def play(workspace: Workspace) -> None:
    """Lets al talk in `s` to bo, and then to bo, who left, came back, and cy."""
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.join("s", "al", "bo")
    await workspace.send(
        "s",
        {"peer": "al", "content": "I live in Paris.", "clientMessageId": "1",
         "metadata": {"a": 1}, "createdAt": "2026-03-02T09:30:00Z"},
    )  # fmt: skip
    await workspace.leave("s", "bo")
    await workspace.say("s", "al", "I have a cat.")
    await workspace.join("s", "bo", "cy")
    await workspace.say("s", "al", "I moved to Berlin.")
    await workspace.leave("s", "cy")
    await workspace.derive()


async def test_a_clone_has_what_was_said_and_who_was_in(workspace: Workspace) -> None:
    await play(workspace)
    await workspace.run_input(
        "updateSession", "created", workspace=workspace.name, session="s", metadata={"b": 2},
        isActive=False, configuration={"reasoning": {"enabled": False}},
    )  # fmt: skip
    assert await clone(workspace) == {
        "created": True,
        "session": {
            "name": "t",
            "metadata": {"b": 2},
            "isActive": False,
            "lastSequence": 3,
            "configuration": {"reasoning": {"enabled": False}},
        },
    }
    assert await workspace.list_members("t") == await workspace.list_members("s")
    for observer in EVERYBODY:
        said = await list_kept(workspace, "s", observer)
        assert await list_kept(workspace, "t", observer) == said
    ids = [each["id"] for name in ("s", "t") for each in await workspace.list_messages(name)]
    assert len(set(ids)) == 6


async def test_everybody_knows_of_the_clone_what_they_know_of_the_origin(
    workspace: Workspace,
) -> None:
    await play(workspace)
    await clone(workspace)
    await workspace.derive()
    for observer in EVERYBODY:
        known = await workspace.list_known("al", observer)
        for session in ("s", "t"):
            assert await workspace.list_known("al", observer, sessions=[session]) == known
    # Said once, found twice; and Berlin is newer than Paris, in either session.
    assert (await workspace.list_all("al", "bo"))["al lives in Paris"]["support"] == 2
    assert await workspace.list_known("al", "bo") == ["al moved to Berlin"]
    assert await workspace.list_known("al", "cy") == ["al moved to Berlin"]
    assert await workspace.list_known("al") == ["al has a cat", "al moved to Berlin"]


async def test_up_to_a_message_it_is_as_it_was_then(workspace: Workspace) -> None:
    await play(workspace)
    await clone(workspace, throughSequence=3)
    assert await workspace.list_members("t") == [
        ("al", 1, None), ("bo", 1, 2), ("bo", 3, None), ("cy", 3, None),
    ]  # fmt: skip
    assert (await clone(workspace, name="u", throughSequence=1))["session"]["lastSequence"] == 1
    assert sorted(await workspace.list_members("u")) == [("al", 1, None), ("bo", 1, None)]
    assert await workspace.list_contents("u", "bo") == ["I live in Paris."]
    await workspace.derive()
    assert await workspace.list_known("al", "cy", sessions=["u"]) == []
    assert await workspace.list_known("al", "bo", sessions=["u"]) == ["al lives in Paris"]
    assert (await clone(workspace, name="v", throughSequence=0))["session"]["lastSequence"] == 0
    assert await workspace.list_members("v") == []


async def test_the_two_go_their_own_ways(workspace: Workspace) -> None:
    await play(workspace)
    await clone(workspace)
    await workspace.say("t", "al", "I have a dog.")
    await workspace.say("s", "al", "I have a pony.")
    await workspace.derive()
    assert (await workspace.list_contents("t"))[-1] == "I have a dog."
    assert (await workspace.list_contents("s"))[-1] == "I have a pony."
    assert [each["sequence"] for each in await workspace.list_messages("t")] == [1, 2, 3, 4]
    assert await workspace.forget_messages("s", 2) == 1
    await workspace.derive()
    assert "al has a cat" not in await workspace.list_known("al", sessions=["s"])
    assert "al has a cat" in await workspace.list_known("al", sessions=["t"])
    assert await workspace.forget("deleteSession", session="s") == 1
    assert await workspace.list_known("al") == [
        "al has a cat",
        "al has a dog",
        "al moved to Berlin",
    ]


async def test_a_gap_that_forgetting_left_is_cloned_too(workspace: Workspace) -> None:
    await play(workspace)
    assert await workspace.forget_messages("s", 2) == 1
    assert (await clone(workspace))["session"]["lastSequence"] == 3
    assert [each["sequence"] for each in await workspace.list_messages("t")] == [1, 3]
    await workspace.derive()
    assert "al has a cat" not in await workspace.list_known("al")


async def test_cloning_again_finds_the_clone(workspace: Workspace, pool: Pool) -> None:
    await play(workspace)
    assert (await clone(workspace))["created"] is True
    await workspace.say("s", "al", "Hello!")
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        again = await clone(workspace)
    assert (again["created"], again["session"]["lastSequence"]) == (False, 3)


async def test_the_position_of_the_clone_is_reached_when_it_is_derived(
    workspace: Workspace,
) -> None:
    await play(workspace)
    await clone(workspace)
    query = "query($name: String!) { workspace(name: $name) { position } }"
    position = (await workspace.client.run(query, name=workspace.name))["workspace"]["position"]
    known = await workspace.list_known("al", sessions=["t"], minPosition=position, maxWaitMs=20_000)
    assert known == ["al has a cat", "al moved to Berlin"]


async def test_followers_are_told(workspace: Workspace, client: Client) -> None:
    await play(workspace)
    await clone(workspace)
    async with client.subscribe(EVENTS, workspace=workspace.name, after="0") as stream:
        told = await stream.take(3)
    assert told == [
        {"kind": "PEER_JOINED", "data": {"fromSequence": 1}, "peer": {"name": "al"}},
        {"kind": "PEER_JOINED", "data": {"fromSequence": 3}, "peer": {"name": "bo"}},
        {"kind": "MESSAGES_ADDED", "data": {"firstSequence": 1, "lastSequence": 3}, "peer": None},
    ]


async def test_what_cannot_be_cloned_is_refused_and_writes_nothing(
    workspace: Workspace, pool: Pool
) -> None:
    await play(workspace)
    await workspace.join("taken", "al")
    await clone(workspace)
    await workspace.derive()
    before = await take_snapshot(pool, workspace.name)
    for given, code, message in (
        ({"name": "taken"}, "CONFLICT", 'session "taken" exists, and is not this clone of "s"'),
        ({"name": "s"}, "CONFLICT", 'session "s" exists, and is not this clone of "s"'),
        (
            {"throughSequence": 2}, "CONFLICT",
            'session "t" exists, and is not this clone of "s"',
        ),
        ({"session": "no"}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
        ({"workspace": "no"}, "NOT_FOUND", 'workspace "no" does not exist'),
        ({"name": ""}, "BAD_USER_INPUT", "name is empty, at least 1 character is needed"),
        (
            {"name": "new", "throughSequence": 4}, "BAD_USER_INPUT",
            "throughSequence is 4, it must be from 0 to 3",
        ),
        (
            {"name": "new", "throughSequence": -1}, "BAD_USER_INPUT",
            "throughSequence is -1, it must be from 0 to 3",
        ),
    ):  # fmt: skip
        refusal = await refuse(workspace, **given)
        assert (refusal.code, refusal.message) == (code, message)
    assert await take_snapshot(pool, workspace.name) == before
