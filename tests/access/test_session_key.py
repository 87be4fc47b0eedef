"""A SESSION key is for one session: all that was said there, and what follows from that alone."""

from typing import Any

import pytest

from models.database import Pool
from tests.access.house import House, get_answer, nothing_changes
from tests.client import SEND

VIEW = """
query($name: String!, $observed: String!, $observer: String, $sessions: [String!]) {
  workspace(name: $name) { peer(name: $observed) {
    representation(observer: $observer, sessions: $sessions) { conclusions { content } } } } }
"""
CONTEXT = """
query($name: String!, $session: String!) { workspace(name: $name) { session(name: $session) {
  context(observed: "alice") { messages { content } representation { conclusions { content } } }
} } }
"""
CHAT = """
query($name: String!) { workspace(name: $name) { peer(name: "alice") {
  chat(query: "What do you collect?") { text messages { content } } } } }
"""
PARIS = [{"content": "alice lives in Paris"}]


async def view(house: House, **named: Any) -> Any:
    data = await house.session.run(VIEW, name=house.own.name, **named)
    return data["workspace"]["peer"]["representation"]["conclusions"]


@pytest.mark.parametrize("observer", [None, "bob", "carol"])
async def test_whoever_looks_sees_what_follows_from_the_session_alone(
    shared_house: House, observer: str | None
) -> None:
    assert await view(shared_house, observed="alice", observer=observer) == PARIS
    named = await view(shared_house, observed="alice", observer=observer, sessions=["hall"])
    assert named == PARIS


async def test_context_and_chat_do_not_leave_the_session(shared_house: House) -> None:
    name, client = shared_house.own.name, shared_house.session
    context = (await client.run(CONTEXT, name=name, session="hall"))["workspace"]["session"]
    assert context["context"]["representation"] == {"conclusions": PARIS}
    assert len(context["context"]["messages"]) == 2
    answer = (await client.run(CHAT, name=name))["workspace"]["peer"]["chat"]
    assert "stamps" not in answer["text"]
    assert {each["content"] for each in answer["messages"]} <= {"I live in Paris.", "I like tea."}


@pytest.mark.parametrize("session", ["den", "nowhere"])
async def test_every_other_session_is_not_there(
    shared_house: House, guarded_pool: Pool, session: str
) -> None:
    name, client = shared_house.own.name, shared_house.session
    found = await client.run(CONTEXT, name=name, session=session)
    assert found == {"workspace": {"session": None}}
    async with nothing_changes(guarded_pool, name):
        told = [
            await client.get_refusal(VIEW, name=name, observed="alice", sessions=[session]),
            await client.get_refusal(
                SEND,
                input={
                    "workspace": name,
                    "session": session,
                    "messages": [{"peer": "alice", "content": "Hello."}],
                },
            ),
        ]
    for refusal in told:
        assert refusal.code == "NOT_FOUND"
        assert refusal.message == f'session "{session}" does not exist in this workspace'


async def test_who_never_was_in_it_is_not_there(house: House) -> None:
    workspace = house.own.workspace
    await workspace.create_peers("dora", observeOthers=True)
    people = 'query($name: String!) { workspace(name: $name) { dora: peer(name: "dora") { id }'
    people += " peers { totalCount edges { node { name } } } } }"
    seen = (await house.session.run(people, name=workspace.name))["workspace"]
    assert seen["dora"] is None
    assert seen["peers"]["totalCount"] == 3
    hidden = await get_answer(
        house.session, VIEW, name=workspace.name, observed="alice", observer="dora"
    )
    assert hidden == "NOT_FOUND"
    await workspace.join("hall", "dora")
    seen = (await house.session.run(people, name=workspace.name))["workspace"]
    assert seen["dora"] is not None


async def test_it_writes_as_any_of_its_peers_and_lets_others_in(house: House) -> None:
    message = {"peer": "zoe", "content": "Hello."}
    sent = await house.session.run(
        SEND, input={"workspace": house.own.name, "session": "hall", "messages": [message]}
    )
    assert sent["sendMessages"]["messages"][0]["author"] == {"name": "zoe"}
    assert ("zoe", 3, None) in await house.own.workspace.list_members("hall")
