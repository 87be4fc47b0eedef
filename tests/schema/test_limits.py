"""What an operation may be: refused before anything of it runs, over HTTP and over sockets."""

import asyncio
import json
from typing import Any

import pytest
from graphql import get_introspection_query
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.client import TIMEOUT_S, Client, Workspace

DOUBLINGS = 20
PROTOCOL = Subprotocol("graphql-transport-ws")


def nest(levels: int) -> str:
    """An operation so many levels deep: sessions and their members in turn."""
    inside = "__typename"
    for level in range(levels - 1, 2, -1):
        inside = f"{'members' if level % 2 else 'session'} {{ {inside} }}"
    return f'{{ workspace(name: "w") {{ session(name: "s") {{ {inside} }} }} }}'


def alias(count: int) -> str:
    return f"{{ {' '.join(f'a{i}: __typename' for i in range(count))} }}"


def chain(spread_inside: str) -> str:
    """An operation of fragments that each spread the next one twice."""
    links = (f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}\n" for i in range(DOUBLINGS))
    last = f"fragment F{DOUBLINGS} on Query {{ {spread_inside} }}"
    return f"{{ ...F0 }}\n{''.join(links)}{last}"


def pad(size: int) -> str:
    """An operation of so many bytes."""
    operation = "{ __typename } #"
    return operation + "x" * (size - len(operation))


INTROSPECT_DEEP = (
    "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
)


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        (nest(13), "QUERY_TOO_COMPLEX", "the operation is 13 levels deep, at most 12"),
        (alias(31), "QUERY_TOO_COMPLEX", "the operation has 31 aliases, at most 30"),
        (f"{{ {'__typename ' * 1_999} }}", "QUERY_TOO_COMPLEX",
         "Syntax Error: Document contains more than 2000 tokens. Parsing aborted."),
        (f"{{ {'__typename ' * 1_998} }}", "QUERY_TOO_COMPLEX", "Validation aborted."),
        (pad(65_537), "PAYLOAD_TOO_LARGE", "the operation is 65537 bytes long, at most 65536"),
        ("{ __typename } #" + "é" * 32_761, "PAYLOAD_TOO_LARGE",
         "the operation is 65538 bytes long, at most 65536"),
        (chain("a: __typename"), "QUERY_TOO_COMPLEX",
         "the operation has 1048576 aliases, at most 30"),
        (f"{alias(30)[:-1]} viewer {{ kind }} }}", "QUERY_TOO_COMPLEX",
         "the operation has 31 root fields, at most 30"),
        (f"{{ __typename {'@include(if: true) ' * 51} }}", "QUERY_TOO_COMPLEX",
         "the operation has 51 directives, at most 50"),
        (chain("__typename @skip(if: false)"), "QUERY_TOO_COMPLEX",
         "the operation has 1048576 directives, at most 50"),
        (INTROSPECT_DEEP, "QUERY_TOO_COMPLEX", "Maximum introspection depth exceeded"),
    ],
)  # fmt: skip
async def test_an_operation_beyond_a_limit_is_refused(
    client: Client, operation: str, code: str, message: str
) -> None:
    refusal = await client.get_refusal(operation)
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
    async with client.subscribe(operation) as stream:
        refusal = await stream.get_refusal()
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)


async def test_a_fragment_does_not_hide_depth(client: Client) -> None:
    head, tail = nest(13).split("{", 1)
    refusal = await client.get_refusal(f"{head} {{ ...F }} fragment F on Query {{ {tail}")
    assert refusal.message == "the operation is 13 levels deep, at most 12"


async def test_aliases_in_fragments_count_wherever_they_are_spread(client: Client) -> None:
    refusal = await client.get_refusal(
        '{ a: workspace(name: "a") { ...F } b: workspace(name: "b") { ...F } }'
        f" fragment F on Workspace {alias(15)}"
    )
    assert refusal.message == "the operation has 32 aliases, at most 30"


async def test_a_mutation_beyond_a_limit_changes_nothing(client: Client) -> None:
    created = " ".join(
        f'a{i}: createWorkspace(input: {{name: "never {i}"}}) {{ created }}' for i in range(31)
    )
    refusal = await client.get_refusal(f"mutation {{ {created} }}")
    assert refusal.code == "QUERY_TOO_COMPLEX"
    data = await client.run('{ workspace(name: "never 0") { name } }')
    assert data == {"workspace": None}


async def test_what_is_just_within_the_limits_runs(client: Client) -> None:
    assert await client.run(nest(12)) == {"workspace": None}
    assert len(await client.run(alias(30))) == 30
    assert await client.run(pad(65_536)) == {"__typename": "Query"}
    # Spread a million times, merged into one field.
    assert await client.run(chain("__typename")) == {"__typename": "Query"}


@pytest.mark.parametrize("is_described", [True, False])
async def test_tools_may_read_the_whole_schema(client: Client, is_described: bool) -> None:
    operation = get_introspection_query(
        descriptions=is_described,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    data = await client.run(operation)
    names = {type_["name"] for type_ in data["__schema"]["types"]}
    assert {"Query", "Mutation", "Subscription", "Peer", "Representation"} <= names


async def test_a_fragment_that_spreads_itself_is_refused(client: Client) -> None:
    refusal = await client.get_refusal(
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    )
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        "Cannot spread fragment 'A' within itself via 'B'.",
    )


async def test_a_socket_carries_at_most_50_operations(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Hello!")
    payload = {
        "query": """
            subscription($workspace: String!) {
              messages(workspace: $workspace, session: "s", after: 0) { sequence }
            }
        """,
        "variables": {"workspace": workspace.name},
    }
    url = workspace.client.url.replace("http", "ws", 1) + "/graphql"
    async with asyncio.timeout(TIMEOUT_S), connect(url, subprotocols=[PROTOCOL]) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        for i in range(51):
            message = {"id": str(i), "type": "subscribe", "payload": payload}
            await socket.send(json.dumps(message))
        frames: dict[str, Any] = {}
        while len(frames) < 51:
            frame = json.loads(await socket.recv())
            frames[frame["id"]] = frame
        assert frames.pop("50") == {
            "id": "50",
            "type": "error",
            "payload": [
                {
                    "message": "this socket has 50 operations open, no more are allowed",
                    "extensions": {"code": "RATE_LIMITED"},
                }
            ],
        }
        assert {frame["type"] for frame in frames.values()} == {"next"}
        # One that ends makes room.
        await socket.send(json.dumps({"id": "0", "type": "complete"}))
        await socket.send(json.dumps({"id": "51", "type": "subscribe", "payload": payload}))
        frame = json.loads(await socket.recv())
        assert (frame["id"], frame["type"]) == ("51", "next")
