"""GraphQL over server-sent events: the protocol, and going on where one was."""

import json
from typing import Any

import httpx
import pytest

from server import stream
from tests.client import TIMEOUT_S, Workspace
from tests.server_sent import EVENTS, Body, ask
from tests.sockets import FOLLOW, open_initialised

SAID = "query($w: String!) { workspace(name: $w) { name } }"
JOINED = """
subscription($workspace: String!) {
  events(workspace: $workspace, after: "0", kinds: [PEER_JOINED]) { kind position } }
"""


async def test_a_query_gives_its_result_and_completes(workspace: Workspace) -> None:
    async with ask(workspace.client, SAID, w=workspace.name) as body:
        result = {"data": {"workspace": {"name": workspace.name}}}
        assert await body.get_next() == ("next", None, result)
        assert await body.get_next() == ("complete", None, None)
        with pytest.raises(EOFError):
            await body.get_next()


async def test_what_is_wrong_with_an_operation_is_told_in_an_event(workspace: Workspace) -> None:
    async with ask(workspace.client, "{ nothing }") as body:
        name, id_, payload = await body.get_next()
        assert (name, id_) == ("next", None)
        assert payload["errors"][0]["message"] == "Cannot query field 'nothing' on type 'Query'."
        assert await body.get_next() == ("complete", None, None)


async def test_messages_go_on_after_the_last_event(workspace: Workspace) -> None:
    client = workspace.client
    await workspace.say("s", "al", "m1", "m2")
    async with ask(client, FOLLOW, workspace=workspace.name, last=None, after=0) as body:
        assert await body.take_sequences(2) == [("1", 1), ("2", 2)]
        await workspace.say("s", "al", "m3")
        assert await body.take_sequences(1) == [("3", 3)]
    await workspace.say("s", "al", "m4")
    async with ask(client, FOLLOW, "3", workspace=workspace.name, after=0) as body:
        assert await body.take_sequences(1) == [("4", 4)]
        await workspace.say("s", "al", "m5")
        assert await body.take_sequences(1) == [("5", 5)]


async def test_events_go_on_after_the_last_event(workspace: Workspace) -> None:
    client = workspace.client
    await workspace.join("s", "al", "bo", "cy")
    async with ask(client, JOINED, workspace=workspace.name) as body:
        told = [await body.get_next() for _ in range(3)]
    assert all(id_ == payload["data"]["events"]["position"] for _, id_, payload in told)
    async with ask(client, JOINED, told[0][1], workspace=workspace.name) as body:
        assert [await body.get_next() for _ in range(2)] == told[1:]


async def test_an_id_of_something_else_is_refused(workspace: Workspace) -> None:
    await workspace.say("s", "al", "m1")
    async with ask(workspace.client, FOLLOW, "x", workspace=workspace.name) as body:
        _, _, payload = await body.get_next()
    (error,) = payload["errors"]
    assert (error["message"], error["extensions"]["code"]) == (
        '"x" is no id of an event of this subscription',
        "BAD_USER_INPUT",
    )


async def test_responses_and_sockets_share_executions(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes] = []
    to_payload = stream._to_payload

    def note(result: Any) -> bytes:
        made.append(to_payload(result))
        return made[-1]

    monkeypatch.setattr(stream, "_to_payload", note)
    client, name = workspace.client, workspace.name
    await workspace.say("s", "al", "m1")
    async with (
        open_initialised(client.url) as socket,
        ask(client, FOLLOW, workspace=name, after=0) as body,
    ):
        await socket.follow("1", name, after=0)
        assert await socket.take_sequences(1) == [1]
        assert await body.take_sequences(1) == [("1", 1)]
        sequence, is_shared = 1, False
        while not is_shared:  # both have to have come to rest before
            made.clear()
            sequence += 1
            await workspace.say("s", "al", "again")
            assert await socket.take_sequences(1) == [sequence]
            assert await body.take_sequences(1) == [(str(sequence), sequence)]
            is_shared = len(made) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "the body is not JSON"),
        ("[]", "the body is no JSON object"),
        ("{}", "query is null or missing, it must be a string"),
    ],
)
async def test_what_is_no_request_is_refused(workspace: Workspace, body: str, message: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{workspace.client.url}/graphql", content=body, headers=EVENTS)
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": [{"message": message, "extensions": {"code": "BAD_USER_INPUT"}}]
    }


async def test_a_browser_follows_and_does_nothing_else_by_get(workspace: Workspace) -> None:
    url = f"{workspace.client.url}/graphql"
    await workspace.say("s", "al", "m1")
    variables = json.dumps({"workspace": workspace.name, "after": 0})
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        asked = {"query": FOLLOW, "variables": variables}
        async with http.stream("GET", url, params=asked, headers=EVENTS) as response:
            assert await Body(response).take_sequences(1) == [("1", 1)]
        create = 'mutation { createWorkspace(input: {name: "by-get"}) { created } }'
        answer = await http.get(url, params={"query": create}, headers=EVENTS)
        assert answer.status_code == 400
        existing = await http.post(url, json={"query": '{ workspace(name: "by-get") { name } }'})
    assert existing.json() == {"data": {"workspace": None}}


async def test_a_response_that_is_not_read_delays_nobody_and_goes_on_where_it_was(
    patient_workspace: Workspace,
) -> None:
    workspace = patient_workspace
    client, name = workspace.client, workspace.name
    await workspace.join("s", "al")
    async with (
        ask(client, FOLLOW, is_small=True, workspace=name, after=0) as stalled,
        ask(client, FOLLOW, workspace=name, after=0) as body,
    ):
        await workspace.say("s", "al", "m1")
        for each in (stalled, body):
            assert await each.take_sequences(1) == [("1", 1)]
        last = 1
        for _ in range(2):
            await workspace.say("s", "al", *["x" * 25_000] * 100)
            expected = [(str(i), i) for i in range(last + 1, last + 101)]
            assert await body.take_sequences(100) == expected
            last += 100
        expected = [(str(i), i) for i in range(2, last + 1)]
        assert await stalled.take_sequences(200) == expected
        await workspace.say("s", "al", "end")
        for each in (stalled, body):
            assert await each.take_sequences(1) == [(str(last + 1), last + 1)]
