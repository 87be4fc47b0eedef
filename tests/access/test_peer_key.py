"""A PEER key is that peer: it reads what the peer may know, and does what the peer may do."""

import asyncio
from typing import Any

import pytest

from core.errors import NotFound
from models.database import Pool
from resolvers.outbox import Draft
from tests.access.house import House, get_answer, nothing_changes
from tests.client import SEND, Client
from tests.room import open_room

VIEW = """
query($name: String!, $observed: String!, $observer: String) { workspace(name: $name) {
  peer(name: $observed) {
    representation(observer: $observer) { observer { name } text conclusions { content } }
    conclusions(observer: $observer) { totalCount edges { node { content } } }
    card(observer: $observer) { observer { name } lines }
} } }
"""
SESSIONS = """
query($name: String!) { workspace(name: $name) {
  sessions { totalCount edges { node { name } } } } }
"""
MESSAGES = """
query($name: String!, $session: String!, $vantage: String) { workspace(name: $name) {
  session(name: $session) { messages(vantage: $vantage) { totalCount edges { node {
    content conclusions { content } } } } } } }
"""
MEMBERS = """
query($name: String!, $session: String!) { workspace(name: $name) { session(name: $session) {
  members { peer { name } fromSequence toSequence leftAt } } } }
"""
CHAT = """
query($name: String!, $peer: String!, $sessions: [String!]) { workspace(name: $name) {
  peer(name: $peer) { chat(query: "What is alice afraid of?", sessions: $sessions) {
    text messages { content } } } } }
"""
JOIN = "mutation($input: JoinSessionInput!) { joinSession(input: $input) { created } }"
LEAVE = "mutation($input: LeaveSessionInput!) { leaveSession(input: $input) { created } }"
PARIS, STAMPS = "alice lives in Paris", "alice collects stamps"


async def view(house: House, observed: str, observer: str | None = None) -> Any:
    data = await house.peer.run(VIEW, name=house.own.name, observed=observed, observer=observer)
    return data["workspace"]["peer"]


@pytest.mark.parametrize("observer", [None, "carol"])
async def test_it_reads_its_own_view_whether_it_says_so_or_not(
    shared_house: House, observer: str | None
) -> None:
    seen = await view(shared_house, "alice", observer)
    assert seen["representation"]["observer"] == {"name": "carol"}
    known = {each["content"] for each in seen["representation"]["conclusions"]}
    assert known == {PARIS, STAMPS}
    assert "twin" not in seen["representation"]["text"]
    assert seen["conclusions"]["totalCount"] == 2
    assert seen["card"] is None or seen["card"]["observer"] == {"name": "carol"}


@pytest.mark.parametrize("observed", ["alice", "carol", "nobody"])
@pytest.mark.parametrize("observer", ["bob", "alice", "nobody"])
async def test_it_reads_the_view_of_no_other(
    shared_house: House, observed: str, observer: str
) -> None:
    if observed == "nobody":
        assert await view(shared_house, observed, observer) is None
        return
    refusal = await shared_house.peer.get_refusal(
        VIEW, name=shared_house.own.name, observed=observed, observer=observer
    )
    assert {error["extensions"]["code"] for error in refusal.errors} == {"FORBIDDEN"}
    assert refusal.message == (
        f'this key is peer "carol" and reads as that peer; the view of "{observer}" is not for it'
    )


async def test_it_sees_the_sessions_it_is_or_was_in_and_what_it_witnessed(
    shared_house: House,
) -> None:
    name, peer = shared_house.own.name, shared_house.peer
    listed = (await peer.run(SESSIONS, name=name))["workspace"]["sessions"]
    assert listed["totalCount"] == 2
    assert {edge["node"]["name"] for edge in listed["edges"]} == {"hall", "attic"}
    attic = (await peer.run(MESSAGES, name=name, session="attic"))["workspace"]["session"]
    assert attic["messages"] == {
        "totalCount": 1,
        "edges": [{"node": {"content": "I collect stamps.", "conclusions": [{"content": STAMPS}]}}],
    }
    for hidden in ("den", "nowhere"):
        data = await peer.run(MESSAGES, name=name, session=hidden)
        assert data == {"workspace": {"session": None}}
    assert await get_answer(peer, MESSAGES, name=name, session="hall", vantage="bob") == "FORBIDDEN"


async def test_it_sees_of_the_stays_of_others_those_that_overlap_with_its_own(
    house: House,
) -> None:
    workspace = house.own.workspace
    await workspace.join("attic", "bob")
    await workspace.leave("attic", "alice")
    data = await house.peer.run(MEMBERS, name=workspace.name, session="attic")
    assert data["workspace"]["session"]["members"][0] == {
        "peer": {"name": "alice"}, "fromSequence": 1, "toSequence": None, "leftAt": None
    }  # fmt: skip
    stays = [
        (stay["peer"]["name"], stay["fromSequence"], stay["toSequence"])
        for stay in data["workspace"]["session"]["members"]
    ]
    assert stays == [("alice", 1, None), ("carol", 1, 2)]
    assert await workspace.list_members("attic") == [
        ("alice", 1, 3), ("carol", 1, 2), ("bob", 3, None)
    ]  # fmt: skip


async def test_a_hidden_session_is_told_of_in_the_words_of_one_that_is_not_there(
    shared_house: House,
) -> None:
    told = []
    for session in ("den", "nowhere"):
        refusal = await shared_house.peer.get_refusal(
            CHAT, name=shared_house.own.name, peer="carol", sessions=["hall", session]
        )
        told.append((refusal.code, refusal.message.replace(session, "...")))
    assert told == [("NOT_FOUND", 'session "..." does not exist in this workspace')] * 2


async def test_it_is_asked_itself_and_answers_from_what_it_knows(shared_house: House) -> None:
    data = await shared_house.peer.run(CHAT, name=shared_house.own.name, peer="carol")
    answer = data["workspace"]["peer"]["chat"]
    assert "I am afraid of carol." not in {each["content"] for each in answer["messages"]}
    assert "afraid" not in answer["text"]
    refused = await get_answer(shared_house.peer, CHAT, name=shared_house.own.name, peer="alice")
    assert refused == "FORBIDDEN"


async def test_it_finds_every_peer_of_its_workspace(shared_house: House) -> None:
    data = await shared_house.peer.run(
        "query($name: String!) { workspace(name: $name) { peers { edges { node { name } } } } }",
        name=shared_house.own.name,
    )
    names = [edge["node"]["name"] for edge in data["workspace"]["peers"]["edges"]]
    assert names == ["alice", "bob", "carol"]


@pytest.mark.parametrize("session", ["den", "attic", "nowhere"])
async def test_it_lets_itself_in_nowhere(
    shared_house: House, guarded_pool: Pool, session: str
) -> None:
    name = shared_house.own.name
    place = {"workspace": name, "session": session}
    async with nothing_changes(guarded_pool, name):
        for operation, given in (
            (JOIN, {**place, "peers": [{"name": "carol"}]}),
            (JOIN, {**place, "peers": [{"name": "bob"}]}),
            (SEND, {**place, "messages": [{"peer": "carol", "content": "Hello."}]}),
        ):
            refusal = await shared_house.peer.get_refusal(operation, input=given)
            assert refusal.code == "NOT_FOUND"
            assert refusal.message == f'session "{session}" does not exist in this workspace'


async def test_it_lets_others_in_where_it_is_with_the_settings_they_have(house: House) -> None:
    workspace = house.own.workspace
    await workspace.create_peers("dora")
    place = {"workspace": workspace.name, "session": "hall"}
    dora = {"name": "dora"}
    refused = await get_answer(
        house.peer, JOIN, input={**place, "peers": [{**dora, "observeOthers": True}]}
    )
    assert refused == "FORBIDDEN"
    unknown = await get_answer(house.peer, JOIN, input={**place, "peers": [{"name": "zoe"}]})
    assert unknown == "NOT_FOUND"
    await house.peer.run(JOIN, input={**place, "peers": [dora]})
    assert ("dora", 3, None) in await workspace.list_members("hall")


async def test_it_says_only_what_it_says_itself(house: House, guarded_pool: Pool) -> None:
    place = {"workspace": house.own.name, "session": "hall"}
    mine, other = ({"peer": peer, "content": "Hello."} for peer in ("carol", "bob"))
    async with nothing_changes(guarded_pool, house.own.name):
        refusal = await house.peer.get_refusal(SEND, input={**place, "messages": [mine, other]})
    assert refusal.code == "FORBIDDEN"
    assert refusal.message == 'this key is peer "carol" and acts as that peer, not as "bob"'
    sent = await house.peer.run(SEND, input={**place, "messages": [mine]})
    assert sent["sendMessages"]["messages"][0]["sequence"] == 3


async def test_it_leaves_and_is_out(house: House) -> None:
    place = {"workspace": house.own.name, "session": "hall"}
    message = {"peer": "carol", "content": "Hello."}
    await house.peer.run(SEND, input={**place, "messages": [message]})
    others = await get_answer(house.peer, LEAVE, input={**place, "peers": ["carol", "bob"]})
    assert others == "FORBIDDEN"
    await house.peer.run(LEAVE, input={**place, "peers": ["carol"]})
    sent = await get_answer(house.peer, SEND, input={**place, "messages": [message]})
    assert sent == "NOT_FOUND"
    await house.own.workspace.say("hall", "alice", "Now that she is gone ...")
    data = await house.peer.run(MESSAGES, name=house.own.name, session="hall")
    assert data["workspace"]["session"]["messages"]["totalCount"] == 3


async def test_what_it_follows_is_what_it_witnesses(house: House) -> None:
    follow = """subscription($w: String!) {
      messages(workspace: $w, session: "hall", after: 0) { message { content } } }"""
    async with house.peer.subscribe(follow, w=house.own.name) as stream:
        assert len(await stream.take(2)) == 2
        await house.own.workspace.leave("hall", "carol")
        await house.own.workspace.say("hall", "alice", "Now that she is gone ...")
        await house.own.workspace.join("hall", "carol")
        await house.own.workspace.say("hall", "alice", "Hello, carol.")
        assert await stream.take(1) == [{"message": {"content": "Hello, carol."}}]


async def test_who_was_let_out_meanwhile_is_not_let_in_by_what_it_sends(dsn: str) -> None:
    async with open_room(dsn) as room:
        await room.join("ada", "ben")
        await room.send(Draft("ada", "Known.", must_be_in=True))
        await room.leave("ada")  # the outbox still has her in its roster
        with pytest.raises(NotFound) as refusal:
            await room.send(Draft("ada", "Not said.", must_be_in=True))
        assert str(refusal.value) == 'session "room" does not exist in this workspace'
        # Together with others, who are let in, in one statement.
        async with room.holding_session():
            first = asyncio.create_task(room.send(Draft("ben", "First.")))
            await room.wait_for_blocked()
            refused = asyncio.create_task(room.send(Draft("ada", "Not said.", must_be_in=True)))
            new = asyncio.create_task(room.send(Draft("cid", "Hello.")))
            await asyncio.sleep(0)
        await asyncio.gather(first, new)
        with pytest.raises(NotFound):
            await refused
        assert await room.list_contents() == ["Known.", "First.", "Hello."]


async def test_its_workspace_is_all_there_is(shared_house: House) -> None:
    client: Client = shared_house.peer
    refusal = await client.get_refusal(
        SEND,
        input={
            "workspace": shared_house.foreign.name,
            "session": "hall",
            "messages": [{"peer": "carol", "content": "Hello."}],
        },
    )
    assert refusal.code == "NOT_FOUND"
    assert refusal.message == f'workspace "{shared_house.foreign.name}" does not exist'
