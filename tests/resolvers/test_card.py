"""Peer cards: who a peer is, in a few lines, as far as the reader can see it."""

from datetime import datetime
from typing import Any

from tests.client import Workspace

READ = """
query($name: String!, $observer: String) { workspace(name: $name) { peer(name: "al") {
  card(observer: $observer) { observer { name } observed { name } lines updatedAt } } } }
"""


async def read_card(workspace: Workspace, observer: str | None = None) -> Any:
    data = await workspace.client.run(READ, name=workspace.name, observer=observer)
    return data["workspace"]["peer"]["card"]


async def test_identity_goes_on_the_card_and_the_rest_does_not(workspace: Workspace) -> None:
    on_card = ["My name is Al.", "I live in Paris.", "I work at Acme.", "My favorite color is red."]
    await workspace.say("s", "al", *on_card, "I have a cat.", "I will be late.")
    await workspace.derive()
    assert await workspace.list_card("al") == [
        "al lives in Paris",
        "al works at Acme",
        "al's favorite color is red",
        "al's name is Al",
    ]


async def test_the_newest_comes_first_and_dates_the_card(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.derive()
    await workspace.say("s", "al", "I work at Acme.")
    await workspace.derive()
    card = await read_card(workspace, "bo")
    assert card["lines"] == ["al works at Acme", "al lives in Paris"]
    assert (card["observer"], card["observed"]) == ({"name": "bo"}, {"name": "al"})
    newest = (await workspace.list_all("al"))["al works at Acme"]
    assert card["updatedAt"] == newest["recordedAt"]
    assert datetime.fromisoformat(card["updatedAt"]).tzinfo is not None


async def test_there_is_no_card_where_nothing_is_known(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I have a cat.")
    await workspace.derive()
    assert await read_card(workspace) is None


async def test_each_reader_has_the_card_that_it_can_see(workspace: Workspace) -> None:
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.create_peers("di")
    await workspace.join("open", "al", "bo", "cy", "di")
    await workspace.join("closed", "al", "bo")
    await workspace.say("open", "al", "I live in Paris.", "My name is Al.")
    await workspace.derive()
    await workspace.say("closed", "al", "I moved to Berlin.")
    await workspace.derive()
    full = ["al moved to Berlin", "al's name is Al"]
    for observer in (None, "al", "bo"):
        assert await workspace.list_card("al", observer) == full
    assert await workspace.list_card("al", "cy") == ["al lives in Paris", "al's name is Al"]
    assert await read_card(workspace, "di") is None
    assert await workspace.list_card("al", "bo", sessions=["closed"]) == ["al moved to Berlin"]


async def test_a_line_said_twice_is_one_line(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.say("t", "al", "I live in PARIS!")
    await workspace.derive()
    assert len(await workspace.list_card("al")) == 1


async def test_a_card_has_twenty_lines_at_most_the_newest(workspace: Workspace) -> None:
    things = [f"no{i:02}" for i in range(25)]
    for thing in things:
        await workspace.say("s", "al", f"My favorite {thing} is gold.")
    await workspace.derive()
    assert await workspace.list_card("al") == [
        f"al's favorite {thing} is gold" for thing in things[5:]
    ]
