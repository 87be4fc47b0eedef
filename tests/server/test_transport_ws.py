"""The protocol graphql-transport-ws, message by message, with the exact codes and reasons."""

from typing import Any

import pytest
from websockets.asyncio.client import connect

from server.serve import Serving
from server.transport_ws import connection
from tests.client import Client, Workspace
from tests.sockets import FOLLOW, PROTOCOL, Socket, open_initialised, open_socket

QUERY = "{ __typename }"
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": QUERY}}


def subscribe(**payload: Any) -> dict[str, Any]:
    return {**SUBSCRIBE, "payload": {"query": QUERY, **payload}}


async def get_answer(socket: Socket, query: str, **payload: Any) -> Any:
    """Runs what answers once; returns its result."""
    await socket.subscribe("answer", query, **payload)
    frame = await socket.receive()
    assert frame["id"] == "answer"
    if frame["type"] == "next":
        assert await socket.receive() == {"id": "answer", "type": "complete"}
    else:
        assert frame["type"] == "error"
    return frame["payload"]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("", "the message is not JSON"),
        ("{", "the message is not JSON"),
        ('{"type": "ping", "payload": {"n": NaN}}', "the message is not JSON"),
        ("[" * 100_000, "the message is not JSON"),
        (b'{"type": "ping"}', "the message is binary, it must be text"),
        ("null", "the message is null or missing, it must be an object"),
        ("[]", "the message is an array, it must be an object"),
        ('"ping"', "the message is a string, it must be an object"),
        ("4", "the message is a number, it must be an object"),
        ({}, "type is null or missing, it must be a string"),
        ({"type": 4}, "type is a number, it must be a string"),
        ({"type": "start"}, 'no client sends messages of the type "start"'),
        ({"type": "next", "id": "1", "payload": {}},
         'no client sends messages of the type "next"'),
        ({"type": "x" * 500}, f'no client sends messages of the type "{"x" * 40}"'),
        ({"type": "ping", "payload": []}, "payload is an array, it must be an object"),
        ({"type": "pong", "payload": "x"}, "payload is a string, it must be an object"),
        ({"type": "complete"}, "id is null or missing, it must be a string"),
        ({"type": "complete", "id": ""}, "id is empty, at least 1 character is needed"),
        ({**SUBSCRIBE, "id": 1}, "id is a number, it must be a string"),
        ({**SUBSCRIBE, "id": ""}, "id is empty, at least 1 character is needed"),
        ({**SUBSCRIBE, "id": "\ud800"}, "id has a lone surrogate, which is no text"),
        ({"type": "subscribe", "payload": {}}, "id is null or missing, it must be a string"),
        ({"type": "subscribe", "id": "1"}, "payload is missing, it must be an object"),
        ({**SUBSCRIBE, "payload": []}, "payload is an array, it must be an object"),
        ({**SUBSCRIBE, "payload": {}}, "query is null or missing, it must be a string"),
        (subscribe(query={}), "query is an object, it must be a string"),
        (subscribe(operationName=True), "operationName is a boolean, it must be a string"),
        (subscribe(variables=[]), "variables is an array, it must be an object"),
        (subscribe(variables="{}"), "variables is a string, it must be an object"),
        (subscribe(extensions=[]), "extensions is an array, it must be an object"),
    ],
)  # fmt: skip
async def test_what_is_no_message_closes_the_socket(
    server: Serving, message: Any, reason: str
) -> None:
    async with open_initialised(server.url) as socket:
        await socket.send(message)
        assert await socket.get_close() == (4400, reason)


@pytest.mark.parametrize("payload", [[], "x", 4, True])
async def test_an_init_whose_payload_is_no_object_closes_the_socket(
    server: Serving, payload: Any
) -> None:
    async with open_socket(server.url) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        code, reason = await socket.get_close()
        assert code == 4400
        assert reason is not None
        assert reason.startswith("payload is a")


@pytest.mark.parametrize("more", [{}, {"payload": None}, {"payload": {}}, {"payload": {"a": 1}}])
async def test_an_init_is_acknowledged(server: Serving, more: dict[str, Any]) -> None:
    async with open_socket(server.url) as socket:
        await socket.send({"type": "connection_init", **more})
        assert await socket.receive() == {"type": "connection_ack"}


async def test_a_second_init_closes_the_socket(server: Serving) -> None:
    async with open_initialised(server.url) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.get_close() == (4429, "Too many initialisation requests")


async def test_an_operation_before_the_init_closes_the_socket(server: Serving) -> None:
    async with open_socket(server.url) as socket:
        await socket.send(SUBSCRIBE)
        assert await socket.get_close() == (4401, "Unauthorized")


async def test_without_an_init_the_socket_is_closed(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "INIT_S", 0.05)
    async with open_socket(server.url) as socket:
        assert await socket.get_close() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("offered", [None, ["graphql-ws"]])
async def test_another_subprotocol_is_not_spoken(
    server: Serving, offered: list[Any] | None
) -> None:
    url = server.url.replace("http", "ws", 1) + "/graphql"
    # The client would refuse to go on with a protocol that it did not get.
    async with connect(url, subprotocols=offered) as opened:
        assert opened.subprotocol is None
        assert await Socket(opened).get_close() == (4406, "Subprotocol not acceptable")


async def test_compression_is_not_taken_up(server: Serving) -> None:
    url = server.url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=[PROTOCOL], compression="deflate") as opened:
        assert opened.response is not None
        assert "sec-websocket-extensions" not in opened.response.headers


@pytest.mark.parametrize("is_initialised", [True, False])
async def test_pings_are_answered_with_what_they_carry(
    server: Serving, is_initialised: bool
) -> None:
    async with open_socket(server.url) as socket:
        if is_initialised:
            await socket.initialise()
        for more in ({}, {"payload": {"a": [1, "é", "\ud800"]}}):
            await socket.send({"type": "ping", **more})
            assert await socket.receive() == {"type": "pong", **more}
        await socket.send({"type": "pong"})
        await socket.send({"type": "pong", "payload": {}})
        assert await socket.is_alive()


async def test_an_id_in_use_closes_the_socket(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Hello!")
    async with open_initialised(workspace.client.url) as socket:
        await socket.follow("twice", workspace.name, after=0)
        assert await socket.take_sequences(1) == [1]
        await socket.follow("twice", workspace.name, after=0)
        assert await socket.get_close() == (4409, "Subscriber for twice already exists")


async def test_a_reason_too_long_for_the_frame_is_cut(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Hello!")
    id_ = "é" * 300
    async with open_initialised(workspace.client.url) as socket:
        await socket.follow(id_, workspace.name, after=0)
        assert await socket.take_sequences(1) == [1]
        await socket.follow(id_, workspace.name, after=0)
        code, reason = await socket.get_close()
    assert (code, reason) == (4409, f"Subscriber for {'é' * 54}")


async def test_an_id_that_was_completed_is_free_again(workspace: Workspace) -> None:
    await workspace.say("s", "al", "m1", "m2")
    async with open_initialised(workspace.client.url) as socket:
        for after in (0, 1):
            await socket.follow("same", workspace.name, after=after)
            assert await socket.take_sequences(2 - after) == list(range(after + 1, 3))
            await socket.send({"id": "same", "type": "complete"})
        await socket.send({"id": "never there", "type": "complete"})
        await workspace.say("s", "al", "m3")
        assert await socket.is_alive()


async def test_queries_and_mutations_answer_once(client: Client) -> None:
    async with open_initialised(client.url) as socket:
        assert await get_answer(socket, QUERY) == {"data": {"__typename": "Query"}}
        create = "mutation($n: String!) { createWorkspace(input: {name: $n}) { created } }"
        answer = await get_answer(socket, create, variables={"n": "made over a socket"})
        assert answer == {"data": {"createWorkspace": {"created": True}}}
        answer = await get_answer(socket, '{ workspace(name: "made over a socket") { name } }')
        assert answer == {"data": {"workspace": {"name": "made over a socket"}}}


@pytest.mark.parametrize("name", ["No", "N" * 500])
async def test_an_unknown_operation_name_is_the_fault_of_that_operation(
    server: Serving, name: str
) -> None:
    async with open_initialised(server.url) as socket:
        (error,) = await get_answer(socket, "query Yes { __typename }", operationName=name)
        assert error["message"] == f'Unknown operation named "{name}".'
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert await socket.is_alive()


async def test_of_several_operations_the_name_tells_which(server: Serving) -> None:
    several = "query A { a: __typename } query B { b: __typename }"
    async with open_initialised(server.url) as socket:
        assert await get_answer(socket, several, operationName="B") == {"data": {"b": "Query"}}
        (error,) = await get_answer(socket, several)
        assert error == {
            "message": "the document has several operations; operationName must tell which",
            "extensions": {"code": "BAD_USER_INPUT"},
        }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Syntax Error: Unexpected <EOF>."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("fragment F on Query { __typename }", "Fragment 'F' is never used."),
    ],
)
async def test_what_is_no_operation_leaves_the_socket_open(
    server: Serving, query: str, message: str
) -> None:
    async with open_initialised(server.url) as socket:
        (error,) = await get_answer(socket, query)
        assert (error["message"], error["extensions"]) == (message, {"code": "BAD_USER_INPUT"})
        assert await socket.is_alive()


async def test_what_cannot_be_followed_ends_at_once(workspace: Workspace) -> None:
    async with open_initialised(workspace.client.url) as socket:
        answer = await get_answer(
            socket, FOLLOW, variables={"workspace": workspace.name, "session": "no"}
        )
        (error,) = answer["errors"]
        assert error["extensions"] == {"code": "NOT_FOUND"}
        assert await socket.is_alive()


async def test_a_session_that_is_deleted_completes_those_who_follow_it(
    workspace: Workspace,
) -> None:
    await workspace.say("s", "al", "Hello!")
    async with open_initialised(workspace.client.url) as socket:
        for id_ in ("one", "two"):
            await socket.follow(id_, workspace.name, after=0)
            assert await socket.take_sequences(1) == [1]
        await workspace.forget("deleteSession", session="s")
        ends = [await socket.receive(), await socket.receive()]
    assert sorted(end["id"] for end in ends) == ["one", "two"]
    assert {end["type"] for end in ends} == {"complete"}
