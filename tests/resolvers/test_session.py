"""Sessions: who is in them, from when to when, and how they observe."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes

CREATE = """
mutation($input: CreateSessionInput!) { createSession(input: $input) {
  created session { id name metadata createdAt isActive lastSequence }
} }
"""
JOIN = "mutation($input: JoinSessionInput!) { joinSession(input: $input) { created } }"
LEAVE = "mutation($input: LeaveSessionInput!) { leaveSession(input: $input) { created } }"
STAYS = """
query($workspace: String!, $active: Boolean) { workspace(name: $workspace) { session(name: "s") {
  members(active: $active) {
    peer { name } session { name } fromSequence toSequence joinedAt leftAt observeMe observeOthers
} } } }
"""


async def create(workspace: Workspace, name: str, **more: Any) -> Any:
    given = {"workspace": workspace.name, "name": name, **more}
    return (await workspace.client.run(CREATE, input=given))["createSession"]


async def join(workspace: Workspace, *members: dict[str, Any]) -> None:
    given = {"workspace": workspace.name, "session": "s", "peers": list(members)}
    await workspace.client.run(JOIN, input=given)


async def list_stays(workspace: Workspace, active: bool | None = None) -> list[Any]:
    data = await workspace.client.run(STAYS, workspace=workspace.name, active=active)
    return list(data["workspace"]["session"]["members"])


async def list_flags(workspace: Workspace) -> list[Any]:
    """Returns the stays as (peer, from, to, observes others, is observed)."""
    return [
        (
            stay["peer"]["name"],
            stay["fromSequence"],
            stay["toSequence"],
            stay["observeOthers"],
            stay["observeMe"],
        )
        for stay in await list_stays(workspace)
    ]


async def test_a_session_is_created_once_and_then_found(workspace: Workspace) -> None:
    made = await create(workspace, "s", metadata={"topic": "tea"})
    found = await create(workspace, "s", metadata={"topic": "cake"})
    assert made["created"] is True
    assert found == {**made, "created": False}
    assert made["session"]["name"] == "s"
    assert made["session"]["metadata"] == {"topic": "tea"}
    assert (made["session"]["isActive"], made["session"]["lastSequence"]) == (True, 0)


async def test_of_many_that_create_one_session_one_does(workspace: Workspace) -> None:
    made = await asyncio.gather(
        *(create(workspace, "s", peers=[{"name": "al"}, {"name": f"p{i}"}]) for i in range(10))
    )
    assert sorted(each["created"] for each in made) == [False] * 9 + [True]
    assert len({each["session"]["id"] for each in made}) == 1
    members = await workspace.list_members("s")
    assert sorted(members) == [("al", 1, None), *((f"p{i}", 1, None) for i in range(10))]


async def test_joining_creates_the_peers_that_are_missing(workspace: Workspace) -> None:
    await workspace.create_peers("al")
    await create(workspace, "s")
    await join(workspace, {"name": "al"}, {"name": "bo"})
    assert await workspace.list_members("s") == [("al", 1, None), ("bo", 1, None)]


async def test_a_stay_begins_with_the_next_message_and_ends_before_it(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "Hello!", "Hello again!")
    await workspace.join("s", "cy")
    await workspace.say("s", "al", "And again!")
    await workspace.leave("s", "bo")
    assert await workspace.list_members("s") == [("al", 1, None), ("bo", 1, 4), ("cy", 3, None)]
    assert await workspace.list_members("s", active=True) == [("al", 1, None), ("cy", 3, None)]
    assert await workspace.list_members("s", active=False) == [("bo", 1, 4)]


async def test_a_stay_says_when_it_began_and_ended(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    (stay,) = await list_stays(workspace)
    assert (stay["session"]["name"], stay["leftAt"]) == ("s", None)
    await workspace.leave("s", "al")
    (ended,) = await list_stays(workspace)
    assert ended["joinedAt"] == stay["joinedAt"] < ended["leftAt"]


async def test_joining_twice_changes_nothing(workspace: Workspace, pool: Pool) -> None:
    await workspace.join("s", "al", observeOthers=True)
    await workspace.say("s", "al", "Hello!")
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        await join(workspace, {"name": "al"})
        await join(workspace, {"name": "al", "observeOthers": True, "observeMe": None})
        await workspace.join("s", "al")


async def test_leaving_twice_changes_nothing(workspace: Workspace, pool: Pool) -> None:
    await workspace.create_peers("never")
    await workspace.join("s", "al")
    await workspace.leave("s", "al")
    async with nothing_changes(pool, workspace.name):
        await workspace.leave("s", "al")
        await workspace.leave("s", "never")
        await workspace.leave("s")


async def test_coming_back_opens_another_stay(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "One!")
    await workspace.leave("s", "bo")
    await workspace.say("s", "al", "Two!")
    await workspace.join("s", "bo")
    await workspace.say("s", "al", "Three!")
    assert await workspace.list_members("s") == [("al", 1, None), ("bo", 1, 2), ("bo", 3, None)]
    assert await workspace.list_contents("s", "bo") == ["One!", "Three!"]


async def test_leaving_without_a_message_leaves_an_empty_stay(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.leave("s", "bo")
    await workspace.join("s", "bo")
    await workspace.say("s", "al", "Hello!")
    assert await workspace.list_members("s") == [("al", 1, None), ("bo", 1, 1), ("bo", 1, None)]


async def test_a_membership_follows_its_peer_unless_it_says_otherwise(
    workspace: Workspace,
) -> None:
    await workspace.create_peers("al", observeOthers=True, observeMe=False)
    await create(workspace, "s", peers=[{"name": "al"}, {"name": "bo", "observeOthers": True}])
    await workspace.say("s", "cy", "Hello!")
    assert await list_flags(workspace) == [
        ("al", 1, None, True, False),
        ("bo", 1, None, True, True),
        ("cy", 1, None, False, True),
    ]


async def test_other_flags_close_the_stay_and_open_the_next(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "Hello!")
    await join(workspace, {"name": "bo", "observeOthers": True})
    await workspace.say("s", "al", "Hello again!")
    await join(workspace, {"name": "bo", "observeMe": False})
    assert await list_flags(workspace) == [
        ("al", 1, None, False, True),
        ("bo", 1, 2, False, True),
        ("bo", 2, 3, True, True),
        # What was set before stays set.
        ("bo", 3, None, True, False),
    ]


async def test_a_changed_peer_changes_the_memberships_that_follow_it(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al")
    await workspace.join("other", "al", observeOthers=False)
    await workspace.join("left", "al")
    await workspace.leave("left", "al")
    await workspace.say("s", "al", "Hello!")
    await workspace.update_peer("al", observeOthers=True)
    await workspace.update_peer("al", metadata={"a": 1})
    assert await list_flags(workspace) == [("al", 1, 2, False, True), ("al", 2, None, True, True)]
    assert await workspace.list_members("other") == [("al", 1, None)]
    assert await workspace.list_members("left") == [("al", 1, 1)]


async def test_a_flag_that_is_set_stays_while_the_other_follows(workspace: Workspace) -> None:
    await workspace.join("s", "al", observeOthers=False)
    await workspace.update_peer("al", observeOthers=True, observeMe=False)
    assert await list_flags(workspace) == [
        ("al", 1, 1, False, True),
        ("al", 1, None, False, False),
    ]


async def test_coming_back_follows_the_peer_again(workspace: Workspace) -> None:
    await workspace.join("s", "al", observeOthers=True)
    await workspace.leave("s", "al")
    await workspace.join("s", "al")
    assert await list_flags(workspace) == [
        ("al", 1, 1, True, True),
        ("al", 1, None, False, True),
    ]


@pytest.mark.parametrize(
    ("peers", "message"),
    [
        ([{"name": "bo"}, {"name": ""}], "peer name is empty, at least 1 character is needed"),
        ([{"name": "bo"}, {"name": "bo"}], 'peer "bo" is listed twice; list each once'),
        ([{"name": f"p{i}"} for i in range(1001)], "peers has 1001 entries, at most 1000"),
    ],
)
async def test_one_member_that_cannot_be_keeps_all_out(
    workspace: Workspace, pool: Pool, peers: list[dict[str, Any]], message: str
) -> None:
    await create(workspace, "s")
    async with nothing_changes(pool, workspace.name):
        for operation, names in ((CREATE, {"name": "new"}), (JOIN, {"session": "s"})):
            given = {"workspace": workspace.name, **names, "peers": peers}
            refusal = await workspace.client.get_refusal(operation, input=given)
            assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"session": "no"}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
        ({"workspace": "no"}, "NOT_FOUND", 'workspace "no" does not exist'),
        ({"session": "\x00"}, "BAD_USER_INPUT", "session name '\\x00' has a control character"),
    ],
)
async def test_joining_and_leaving_need_a_session(
    workspace: Workspace, pool: Pool, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al")
    async with nothing_changes(pool, workspace.name):
        for operation, peers in ((JOIN, [{"name": "bo"}]), (LEAVE, ["al"])):
            refusal = await workspace.client.get_refusal(
                operation,
                input={"workspace": workspace.name, "session": "s", "peers": peers, **given},
            )
            assert (refusal.code, refusal.message) == (code, message)


async def test_who_does_not_exist_cannot_leave_and_nobody_else_does(
    workspace: Workspace, pool: Pool
) -> None:
    await workspace.join("s", "al")
    async with nothing_changes(pool, workspace.name):
        for peer, code, message in (
            ("no", "NOT_FOUND", 'peer "no" does not exist in this workspace'),
            ("\ud800", "BAD_USER_INPUT",
             "peer name has the character U+D800 at 0, which cannot be stored"),
        ):  # fmt: skip
            refusal = await workspace.client.get_refusal(
                LEAVE,
                input={"workspace": workspace.name, "session": "s", "peers": ["al", peer]},
            )
            assert (refusal.code, refusal.message) == (code, message)


async def test_peers_that_come_and_go_at_once_never_have_two_open_stays(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")

    async def come_and_go() -> None:
        for _ in range(5):
            await workspace.leave("s", "bo")
            await workspace.join("s", "bo")

    await asyncio.gather(*(come_and_go() for _ in range(4)), workspace.say("s", "al", "Hello!"))
    stays = [stay for stay in await workspace.list_members("s") if stay[0] == "bo"]
    assert [stay for stay in stays if stay[2] is None] == stays[-1:]
    assert all(stay[2] <= later[1] for stay, later in pairwise(stays))
