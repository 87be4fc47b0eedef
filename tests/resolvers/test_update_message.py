"""The metadata of messages, changed after they were sent; what was said stays."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Client, Workspace
from tests.snapshot import nothing_changes

UPDATE = """
mutation($input: UpdateMessageInput!) { updateMessage(input: $input) {
  position message { id sequence content metadata author { name } } } }
"""
FOLLOW = """
subscription($workspace: String!, $vantage: String, $last: Int) {
  messages(workspace: $workspace, session: "s", last: $last, vantage: $vantage) {
    kind sequence position message { content metadata } } }
"""
EVENTS = """
subscription($workspace: String!, $after: Position) {
  events(workspace: $workspace, after: $after, kinds: [MESSAGE_CHANGED]) {
    kind data position session { name } } }
"""


async def update(workspace: Workspace, id_: str, metadata: Any) -> Any:
    given = {"id": id_, "metadata": metadata}
    return (await workspace.client.run(UPDATE, input=given))["updateMessage"]


async def send(workspace: Workspace, **more: Any) -> str:
    sent = await workspace.send("s", {"peer": "al", "content": "I love tea.", **more})
    return str(sent["messages"][0]["id"])


async def test_metadata_takes_the_place_of_what_was_there(workspace: Workspace) -> None:
    id_ = await send(workspace, metadata={"a": 1, "b": 2})
    done = await update(workspace, id_, {"b": [3]})
    assert done["message"] == {
        "id": id_,
        "sequence": 1,
        "content": "I love tea.",
        "metadata": {"b": [3]},
        "author": {"name": "al"},
    }
    assert [each["metadata"] for each in await workspace.list_messages("s")] == [{"b": [3]}]


async def test_followers_who_witnessed_it_are_told(workspace: Workspace) -> None:
    first = await send(workspace)
    await workspace.join("s", "bo")
    second = await send(workspace)
    name = workspace.name
    async with (
        workspace.client.subscribe(FOLLOW, workspace=name, last=2) as all_of_it,
        workspace.client.subscribe(FOLLOW, workspace=name, last=2, vantage="bo") as bo,
    ):
        await all_of_it.take(2)
        await bo.take(1)
        done = [await update(workspace, id_, {"seen": id_}) for id_ in (first, second)]
        messages = [
            {"content": "I love tea.", "metadata": each["message"]["metadata"]} for each in done
        ]
        told = await all_of_it.take(2)
        assert [(each["kind"], each["sequence"]) for each in told] == [
            ("CHANGED", 1),
            ("CHANGED", 2),
        ]
        assert [each["message"] for each in told] == messages
        assert [each["message"] for each in await bo.take(1)] == messages[1:]


async def test_the_event_names_the_session_and_the_sequence(workspace: Workspace) -> None:
    id_ = await send(workspace)
    await workspace.derive()
    position = (await workspace.send("s", {"peer": "al", "content": "Hello!"}))["position"]
    await workspace.derive()
    done = await update(workspace, id_, {"a": 1})
    async with workspace.client.subscribe(
        EVENTS, workspace=workspace.name, after=position
    ) as stream:
        [event] = await stream.take(1)
    assert (event["kind"], event["data"]) == ("MESSAGE_CHANGED", {"sequence": 1})
    assert event["session"] == {"name": "s"}
    assert event["position"].partition("-")[0] == done["position"]


async def test_the_same_metadata_again_changes_nothing(workspace: Workspace, pool: Pool) -> None:
    id_ = await send(workspace, metadata={"a": 1, "b": None})
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        done = await update(workspace, id_, {"b": None, "a": 1.0})
    assert done["message"]["metadata"] == {"a": 1, "b": None}


async def test_what_was_concluded_stays(workspace: Workspace) -> None:
    id_ = await send(workspace)
    await workspace.derive()
    before = await workspace.read("al")
    await update(workspace, id_, {"a": 1})
    await workspace.derive()
    after = await workspace.read("al")
    assert after["conclusions"] == before["conclusions"]


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ([], "metadata is a JSON array, it must be an object"),
        ({"a": "\x00"}, "metadata has the character U+0000, which cannot be stored"),
        ({"a": "x" * 65_536}, "metadata is 65544 bytes long, at most 65536"),
    ],
)
async def test_metadata_that_cannot_be_kept_is_refused(
    workspace: Workspace, pool: Pool, metadata: Any, message: str
) -> None:
    id_ = await send(workspace)
    await workspace.derive()
    async with nothing_changes(pool, workspace.name):
        given = {"id": id_, "metadata": metadata}
        refusal = await workspace.client.get_refusal(UPDATE, input=given)
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


async def test_what_is_no_message_is_not_changed(client: Client, workspace: Workspace) -> None:
    missing = {"id": "message_" + "0" * 32, "metadata": {}}
    refusal = await client.get_refusal(UPDATE, input=missing)
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        f"message {'0' * 32} does not exist",
    )
    refusal = await client.get_refusal(UPDATE, input={**missing, "id": "peer_" + "0" * 32})
    assert refusal.code == "BAD_USER_INPUT"
    id_ = await send(workspace)
    assert await workspace.forget_messages("s", 1) == 1
    refusal = await client.get_refusal(UPDATE, input={"id": id_, "metadata": {}})
    assert refusal.code == "NOT_FOUND"
