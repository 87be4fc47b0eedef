"""Conclusions and cards written by hand: whose they are, who sees them, how they go."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Client, Refused, Workspace
from tests.snapshot import nothing_changes, take_snapshot

CREATE = """
mutation($input: CreateConclusionsInput!) { createConclusions(input: $input) {
  position conclusions { id content level isManual support confidence
                         observed { name } observer { name } messages { id } premises { id } } } }
"""
SET = """
mutation($input: SetPeerCardInput!) { setPeerCard(input: $input) {
  position card { lines updatedAt observer { name } observed { name } } } }
"""
WHO = """
query($name: String!) { workspace(name: $name) {
  peer(name: "al") { observers { name } } bo: peer(name: "bo") { observes { name } } } }
"""
EVENTS = """
subscription($workspace: String!, $after: Position) {
  events(workspace: $workspace, after: $after, kinds: [REPRESENTATION_CHANGED, CARD_CHANGED]) {
    kind peer { name } } }
"""
EVERYBODY = (None, "al", "bo", "cy")
CAT = "al has a cat"


@pytest.fixture
async def room(workspace: Workspace) -> Workspace:
    """Where al, bo and cy observe each other; cy comes to `s` for its second message."""
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "Hello!")
    await workspace.join("s", "cy")
    await workspace.say("s", "al", "Good morning!")
    await workspace.derive()
    return workspace


def to_input(workspace: Workspace, *contents: str, **more: Any) -> dict[str, Any]:
    return {"workspace": workspace.name, "observed": "al", "contents": contents, **more}


async def create(workspace: Workspace, *contents: str, **more: Any) -> list[Any]:
    done = await workspace.client.run(CREATE, input=to_input(workspace, *contents, **more))
    return list(done["createConclusions"]["conclusions"])


async def refuse(workspace: Workspace, *contents: str, **more: Any) -> Refused:
    return await workspace.client.get_refusal(CREATE, input=to_input(workspace, *contents, **more))


async def set_card(workspace: Workspace, *lines: str, **more: Any) -> Any:
    given = {"workspace": workspace.name, "observed": "al", "lines": lines, **more}
    return (await workspace.client.run(SET, input=given))["setPeerCard"]["card"]


async def read_card(workspace: Workspace, observer: str | None = None, **more: Any) -> list[str]:
    """Reads the lines of a card in their order."""
    return list((await workspace.read("al", observer, **more))["card"])


async def list_seers(workspace: Workspace, content: str = CAT, **more: Any) -> list[str | None]:
    """Returns who sees a conclusion about al; None is the global view."""
    return [
        observer
        for observer in EVERYBODY
        if content in await workspace.list_known("al", observer, **more)
    ]


async def test_it_says_that_it_was_written_by_hand(room: Workspace) -> None:
    [made] = await create(room, CAT, observer="bo")
    assert made == {
        "id": made["id"],
        "content": CAT,
        "level": "EXPLICIT",
        "isManual": True,
        "support": 1,
        "confidence": None,
        "observed": {"name": "al"},
        "observer": {"name": "bo"},
        "messages": [],
        "premises": [],
    }
    node = "query($id: ID!) { node(id: $id) { ... on Conclusion { content isManual } } }"
    data = await room.client.run(node, id=made["id"])
    assert data["node"] == {"content": CAT, "isManual": True}


@pytest.mark.parametrize(
    ("given", "seers"),
    [
        ({}, [None]),
        ({"observer": "al"}, ["al"]),
        ({"observer": "bo"}, ["bo"]),
        ({"observer": "cy"}, ["cy"]),
        ({"session": "s"}, [None, "bo"]),
        ({"session": "s", "observer": "cy"}, ["cy"]),
        ({"session": "s", "observer": "al"}, ["al"]),
    ],
)
async def test_it_is_seen_by_whose_mind_it_is_or_who_witnessed_all_of_its_session(
    room: Workspace, given: dict[str, str], seers: list[str | None]
) -> None:
    await create(room, CAT, **given)
    assert await list_seers(room) == seers
    # Nothing else gives it away to the others.
    for other in set(EVERYBODY) - set(seers):
        assert CAT not in await room.list_all("al", other)
        if other is not None:
            answer = await room.ask(other, "Does al have a cat?", target="al")
            assert (answer["conclusions"], answer["messages"]) == ([], [])


async def test_who_comes_later_does_not_see_what_rests_on_what_was_said_before(
    room: Workspace,
) -> None:
    await create(room, CAT, session="s")
    await room.create_peers("di", observeOthers=True)
    await room.join("s", "di")
    await room.say("s", "al", "Good night!")
    await room.derive()
    assert CAT not in await room.list_known("al", "di")
    assert CAT in await room.list_known("al", "bo")


async def test_under_a_scope_only_what_rests_on_its_sessions_is_seen(room: Workspace) -> None:
    await room.join("other", "al", "bo")
    await create(room, CAT, session="s", observer="bo")
    await create(room, "al has a dog", observer="bo")
    assert await room.list_known("al", "bo", sessions=["s"]) == [CAT]
    assert await room.list_known("al", "bo", sessions=["other"]) == []
    assert await room.list_known("al", "bo", sessions=[]) == []
    assert await room.list_known("al", "bo") == [CAT, "al has a dog"]


async def test_writing_it_again_changes_nothing(room: Workspace, pool: Pool) -> None:
    for given in ({}, {"observer": "bo"}, {"session": "s"}):
        first = await create(room, CAT, "al has a dog", CAT, **given)
        assert [each["content"] for each in first] == [CAT, "al has a dog", CAT]
        async with nothing_changes(pool, room.name):
            assert await create(room, CAT, "al has a dog", CAT, **given) == first


async def test_said_and_written_it_is_one_conclusion_with_more_support(room: Workspace) -> None:
    await room.say("s", "al", "I have a cat.")
    await room.derive()
    await create(room, CAT, observer="bo")
    for observer, support in (("bo", 2), ("cy", 1), (None, 1)):
        assert (await room.list_all("al", observer))[CAT]["support"] == support


async def test_it_supersedes_and_is_superseded_for_who_sees_both(room: Workspace) -> None:
    await room.say("s", "al", "I live in Paris.")
    await room.derive()
    await create(room, "al moved to Berlin", observer="bo")
    assert await room.list_known("al", "bo") == ["al moved to Berlin"]
    assert await room.list_known("al", "cy") == ["al lives in Paris"]
    await room.say("s", "al", "I moved to Rome.")
    await room.derive()
    assert await room.list_known("al", "bo") == ["al moved to Rome"]


async def test_what_it_contradicts_is_not_told_to_whom_it_is_about(room: Workspace) -> None:
    await create(room, "al likes Cy", session="s")
    await room.say("s", "al", "I dislike Cy.")
    await room.derive()
    assert await room.list_known("al", "al") == ["al dislikes Cy"]
    assert await room.list_known("al", "bo") == ["al dislikes Cy", "al likes Cy"]


async def test_it_is_forgotten_with_what_it_rests_on(room: Workspace, pool: Pool) -> None:
    await create(room, CAT, session="s")
    await create(room, "al has a dog", observer="bo")
    await create(room, "al has a hen", observer="cy", session="s")
    assert await room.forget_messages("s", 1) == 1
    await room.derive()
    assert await room.list_known("al") == []
    assert await room.list_known("al", "bo") == ["al has a dog"]
    # Of the session cy witnessed the second message alone.
    assert await room.list_known("al", "cy") == ["al has a hen"]
    await room.forget("deleteSession", session="s")
    assert await room.list_known("al", "cy") == []
    await room.forget("deletePeer", peer="bo")
    assert (await take_snapshot(pool, room.name))["conclusion"] == []


async def test_it_can_be_deleted_and_found_by_filter(room: Workspace) -> None:
    [made] = await create(room, CAT, observer="bo")
    await room.say("s", "al", "I have a dog.")
    await room.derive()
    query = """
    query($name: String!, $manual: Boolean) { workspace(name: $name) { peer(name: "al") {
      conclusions(observer: "bo", filter: {isManual: $manual}) { edges { node { content } } } } } }
    """
    for manual, content in ((True, CAT), (False, "al has a dog")):
        data = await room.client.run(query, name=room.name, manual=manual)
        assert [
            e["node"]["content"] for e in data["workspace"]["peer"]["conclusions"]["edges"]
        ] == [content]
    assert await room.forget_conclusion(made["id"]) == 1
    assert await list_seers(room) == []


async def test_who_has_something_written_into_its_mind_holds_a_model(room: Workspace) -> None:
    data = (await room.client.run(WHO, name=room.name))["workspace"]
    assert (data["peer"]["observers"], data["bo"]["observes"]) == ([], [])
    await create(room, CAT, observer="bo")
    data = (await room.client.run(WHO, name=room.name))["workspace"]
    assert data["peer"]["observers"] == [{"name": "bo"}]
    assert data["bo"]["observes"] == [{"name": "al"}]


async def test_what_makes_no_sense_is_refused_and_writes_nothing(
    room: Workspace, pool: Pool
) -> None:
    await room.create_peers("di")
    await room.join("empty", "bo")
    nothing = 'nothing was said in session "{}" that it could rest on; leave session out'
    async with nothing_changes(pool, room.name):
        for contents, given, message in (
            ([], {}, "the number of contents is 0, it must be from 1 to 100"),
            (["x"] * 101, {}, "the number of contents is 101, it must be from 1 to 100"),
            ([CAT, " \n"], {}, "contents[1] is empty, at least 1 character is needed"),
            (["x" * 2_001], {}, "contents[0] is 2001 characters long, at most 2000"),
            (["\x00"], {}, "contents[0] has the character U+0000 at 0, which cannot be stored"),
            (
                [CAT],
                {"observer": "di"},
                'peer "di" does not observe others, so it holds no model of "al"',
            ),
            ([CAT], {"session": "empty"}, nothing.format("empty")),
        ):
            refusal = await refuse(room, *contents, **given)
            assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
        for given, message in (
            ({"observer": "no"}, 'peer "no" does not exist in this workspace'),
            ({"observed": "no"}, 'peer "no" does not exist in this workspace'),
            ({"session": "no"}, 'session "no" does not exist in this workspace'),
        ):
            refusal = await refuse(room, CAT, **given)
            assert (refusal.code, refusal.message) == ("NOT_FOUND", message)


async def test_an_observer_that_was_not_there_cannot_rest_on_a_session(room: Workspace) -> None:
    await room.create_peers("di", observeOthers=True)
    refusal = await refuse(room, CAT, observer="di", session="s")
    assert refusal.message == (
        'nothing was said in session "s" that it could rest on; leave session out'
    )


async def test_a_card_is_what_was_written_and_only_for_that_mind(room: Workspace) -> None:
    await room.say("s", "al", "I live in Paris.")
    await room.derive()
    card = await set_card(room, "al is a baker", "al is 30 years old", observer="bo")
    assert (card["observer"], card["observed"]) == ({"name": "bo"}, {"name": "al"})
    assert card["lines"] == await read_card(room, "bo") == ["al is a baker", "al is 30 years old"]
    for other in (None, "al", "cy"):
        assert await read_card(room, other) == ["al lives in Paris"]
    assert await read_card(room, "bo", sessions=["s"]) == ["al lives in Paris"]
    # It is still known.
    assert "al lives in Paris" in await room.list_known("al", "bo")
    assert (await room.list_all("al", "bo"))["al is a baker"]["observer"] == {"name": "bo"}


async def test_the_global_card_can_be_written_too(room: Workspace) -> None:
    assert (await set_card(room, "al is a baker"))["observer"] is None
    assert await read_card(room) == ["al is a baker"]
    assert await list_seers(room, "al is a baker") == [None]


async def test_facts_said_later_come_on_top_and_supersede(room: Workspace) -> None:
    await set_card(room, "al lives in Paris", "al is a baker", observer="bo")
    await room.say("s", "al", "I moved to Berlin.")
    await room.derive()
    assert await read_card(room, "bo") == ["al moved to Berlin", "al is a baker"]


async def test_lines_that_are_replaced_are_gone(room: Workspace) -> None:
    await create(room, "al works at Acme", observer="bo")
    await set_card(room, "al is 30 years old", "al is a baker", observer="bo")
    await set_card(room, "al is a baker", observer="bo")
    assert await read_card(room, "bo") == ["al is a baker"]
    assert await room.list_known("al", "bo") == ["al is a baker", "al works at Acme"]
    assert (await set_card(room, observer="bo"))["lines"] == []
    assert await read_card(room, "bo") == []
    assert await room.list_known("al", "bo") == ["al works at Acme"]


async def test_the_same_card_again_changes_nothing(room: Workspace, pool: Pool) -> None:
    first = await set_card(room, "al is a baker", "al has 2 cats", observer="bo")
    async with nothing_changes(pool, room.name):
        again = await set_card(room, "al is a baker", "al has 2 cats", observer="bo")
    assert again == first


async def test_followers_are_told_that_a_card_was_written(room: Workspace, client: Client) -> None:
    position = (await room.send("s", {"peer": "al", "content": "Hello!"}))["position"]
    await room.derive()
    await set_card(room, "al is a baker", observer="bo")
    async with client.subscribe(EVENTS, workspace=room.name, after=position) as stream:
        assert await stream.take(2) == [
            {"kind": "REPRESENTATION_CHANGED", "peer": {"name": "al"}},
            {"kind": "CARD_CHANGED", "peer": {"name": "al"}},
        ]


async def test_a_card_that_cannot_be_is_refused(room: Workspace, pool: Pool) -> None:
    await room.create_peers("di")
    async with nothing_changes(pool, room.name):
        for lines, observer, message in (
            (["x"] * 21, "bo", "the number of lines is 21, it must be from 0 to 20"),
            (["a", ""], "bo", "lines[1] is empty, at least 1 character is needed"),
            (["a"], "di", 'peer "di" does not observe others, so it holds no model of "al"'),
        ):
            given = {"workspace": room.name, "observed": "al", "lines": lines, "observer": observer}
            refusal = await room.client.get_refusal(SET, input=given)
            assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
