"""Errors: one shape, a stable code, and of a fault of ours nothing but its id."""

import re
from typing import Any

import asyncpg
import pytest
import structlog.testing

from server.serve import run_http
from tests.client import Client, Workspace
from tests.conftest import create_settings

SECRET = "the vault's code is 4711"
FAULT = re.compile("Something went wrong on our side; the log has it under ([0-9a-f]{32})")


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("{ xyzzy }", "Cannot query field 'xyzzy' on type 'Query'."),
        ('{ workspace(name: 5) { name } }', "String cannot represent a non string value: 5"),
        ("{ ... on Xyzzy { id } }", "Unknown type 'Xyzzy'."),
        ("{ workspace { name } }",
         "Argument 'Query.workspace(name:)' of type 'String!' is required, but it was not"
         " provided."),
        ("\ud800", "Syntax Error: Invalid character: U+D800."),
    ],
)  # fmt: skip
async def test_an_operation_that_does_not_fit_the_schema_is_bad_input(
    client: Client, operation: str, message: str
) -> None:
    refusal = await client.get_refusal(operation)
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
    async with client.subscribe(operation) as stream:
        refusal = await stream.get_refusal()
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Variable '$first' has invalid value: Expected a value of non-null type 'Int!' to be"
             " provided."),
        ({"first": 2**31}, "Variable '$first' has invalid value: Int cannot represent non 32-bit"
                           " signed integer value: 2147483648"),
        ({"first": "1"}, "Variable '$first' has invalid value: Int cannot represent non-integer"
                         " value: '1'"),
    ],
)  # fmt: skip
async def test_a_variable_that_does_not_fit_is_bad_input(
    client: Client, variables: dict[str, Any], message: str
) -> None:
    operation = "query($first: Int!) { workspaces(first: $first) { totalCount } }"
    refusal = await client.get_refusal(operation, **variables)
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


async def test_an_error_says_where_it_is_and_leaves_the_rest(workspace: Workspace) -> None:
    body = {
        "query": """
        query($name: String!) { good: workspace(name: $name) { name } bad: node(id: "x") { id } }
        """,
        "variables": {"name": workspace.name},
    }
    response = await workspace.client.http.post("/graphql", json=body)
    answer = response.json()
    assert response.status_code == 200
    assert answer["data"] == {"good": {"name": workspace.name}, "bad": None}
    (error,) = answer["errors"]
    assert error == {
        "message": '"x" is not an id; use one this API returned',
        "locations": error["locations"],
        "path": ["bad"],
        "extensions": {"code": "BAD_USER_INPUT"},
    }


async def test_a_fault_tells_the_caller_its_id_and_the_log_the_rest(dsn: str) -> None:
    async with run_http(create_settings(dsn)) as serving, Client(serving.url) as client:
        workspace = await Workspace.create(client, "w")
        await workspace.join("s", "al")
        connection = await asyncpg.connect(dsn)
        await connection.execute("ALTER TABLE message RENAME TO gone")
        with structlog.testing.capture_logs() as logs:
            refusal = await workspace.get_send_refusal("s", {"peer": "al", "content": SECRET})
            async with client.subscribe(
                'subscription { messages(workspace: "w", session: "s", after: 0) { sequence } }'
            ) as stream:
                over_socket = await stream.get_refusal()
        await connection.execute("ALTER TABLE gone RENAME TO message")
        await connection.close()
        # The server goes on.
        await workspace.say("s", "al", "Hello!")
    faults = [log for log in logs if log["event"] == "fault"]
    for refused, path in ((refusal, ["sendMessages"]), (over_socket, None)):
        (error,) = refused.errors
        found = FAULT.fullmatch(error["message"])
        assert found is not None
        assert error["extensions"] == {"code": "INTERNAL", "id": found[1]}
        assert error.get("path") == path
        (logged,) = [fault for fault in faults if fault["id"] == found[1]]
        assert isinstance(logged["exc_info"], asyncpg.UndefinedTableError)
