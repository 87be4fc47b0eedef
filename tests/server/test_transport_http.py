"""GraphQL over HTTP: methods, media types and status codes, by its audits and beyond them."""

import json
from typing import Any

import httpx
import pytest

from server.serve import Serving
from tests.client import Client
from tests.programs import NPM, require_node, run_program

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
TYPENAME = {"query": "{ __typename }"}


async def test_every_audit_of_the_specification_passes(server: Serving) -> None:
    node = require_node(NPM)
    printed = await run_program(
        node, NPM / "graphql_http" / "audit.mjs", f"{server.url}/graphql", cwd=NPM
    )
    audits = json.loads(printed)
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, {JSON}", RESPONSE_JSON),
        (f"{JSON}, {RESPONSE_JSON}", JSON),
        (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.8, {JSON};q=0.9", JSON),
        (f"{RESPONSE_JSON};charset=utf-8, */*;q=0.1", RESPONSE_JSON),
        (f"text/html, {RESPONSE_JSON};q=0.5", RESPONSE_JSON),
        (f"*/*, {JSON};q=0", RESPONSE_JSON),
        ("APPLICATION/JSON", JSON),
    ],
)
async def test_the_answer_has_the_media_type_the_client_likes_best(
    client: Client, accept: str | None, expected: str
) -> None:
    response = await ask(client, accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "accept", ["text/html", f"{JSON};q=0", f"{JSON};charset=latin-1", f"{JSON};q=2"]
)
async def test_who_takes_neither_media_type_is_told_both(client: Client, accept: str) -> None:
    response = await ask(client, accept=accept)
    assert get_refusal(response) == (
        406,
        f"the response can be {JSON} or {RESPONSE_JSON}, Accept takes neither",
    )


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused_with_those_there_are(client: Client, method: str) -> None:
    response = await client.http.request(method, "/graphql", json=TYPENAME)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (None, "the content type is missing"),
        ("text/plain", "the content type is 'text/plain'"),
        ("application/x-www-form-urlencoded", "the content type is"
         " 'application/x-www-form-urlencoded'"),
        ("application/graphql", "the content type is 'application/graphql'"),
    ],
)  # fmt: skip
async def test_other_content_types_are_refused(client: Client, kind: str | None, told: str) -> None:
    headers = {} if kind is None else {"content-type": kind}
    response = await client.http.post("/graphql", content=json.dumps(TYPENAME), headers=headers)
    assert get_refusal(response) == (415, f"{told}, it must be {JSON}")


async def test_other_charsets_are_refused(client: Client) -> None:
    headers = {"content-type": f"{JSON}; charset=latin-1"}
    response = await client.http.post("/graphql", content=json.dumps(TYPENAME), headers=headers)
    assert get_refusal(response) == (415, "the charset is latin-1, it must be utf-8")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the request body is not JSON"),
        (b"{", "the request body is not JSON"),
        (b"\xff", "the request body is not JSON"),
        (b"[" * 100_000, "the request body is not JSON"),
        (b"null", "the request body must be a JSON object"),
        (b'"{ __typename }"', "the request body must be a JSON object"),
        (b"[]", "the request is a list, it must be one operation: batching is off"),
        (b'[{"query": "{ __typename }"}]',
         "the request is a list, it must be one operation: batching is off"),
        (b"{}", "query must be a string that holds a GraphQL document"),
        (b'{"query": " "}', "query must be a string that holds a GraphQL document"),
        (b'{"query": 5}', "query must be a string that holds a GraphQL document"),
        (b'{"query": "{ __typename }", "variables": []}', "variables must be an object or null"),
        (b'{"query": "{ __typename }", "extensions": 1}', "extensions must be an object or null"),
        (b'{"query": "{ __typename }", "operationName": 1}',
         "operationName must be a string or null"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_request_is_refused(
    client: Client, body: bytes, message: str
) -> None:
    for accept in (JSON, RESPONSE_JSON):
        headers = {"content-type": JSON, "accept": accept}
        response = await client.http.post("/graphql", content=body, headers=headers)
        assert get_refusal(response) == (400, message)
        assert response.headers["content-type"].startswith(accept)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "query must be a string that holds a GraphQL document"),
        ({**TYPENAME, "variables": "{"}, "variables is not JSON"),
        ({**TYPENAME, "variables": "1"}, "variables must be an object or null"),
        ({"query": ["{ __typename }", "{ viewer { kind } }"]},
         "the parameter query is there twice, once is allowed"),
    ],
)  # fmt: skip
async def test_a_url_that_is_no_request_is_refused(
    client: Client, parameters: dict[str, Any], message: str
) -> None:
    response = await client.http.get("/graphql", params=parameters)
    assert get_refusal(response) == (400, message)


async def test_queries_may_be_asked_with_get_and_mutations_not(client: Client) -> None:
    query = {"query": "query A($id: ID!) { node(id: $id) { id } } query B { __typename }"}
    missing = json.dumps({"id": "peer_" + "0" * 32})
    asked = {**query, "variables": missing, "operationName": "A", "extensions": ""}
    response = await client.http.get("/graphql", params=asked)
    assert (response.status_code, response.json()["data"]) == (200, {"node": None})
    mutation = 'mutation { createWorkspace(input: {name: "by GET"}) { created } }'
    response = await client.http.get("/graphql", params={"query": mutation})
    assert get_refusal(response) == (405, "a mutation needs POST: GET must change nothing")
    assert response.headers["allow"] == "POST"
    assert await client.run('{ workspace(name: "by GET") { name } }') == {"workspace": None}


@pytest.mark.parametrize(
    ("request_", "status", "message"),
    [
        ({"query": "{"}, 400, "Syntax Error: Expected Name, found <EOF>."),
        ({"query": "{ xyzzy }"}, 400, "Cannot query field 'xyzzy' on type 'Query'."),
        ({**TYPENAME, "operationName": "No"}, 400, 'Unknown operation named "No".'),
        ({"query": "query A { __typename } query B { __typename }"}, 400,
         "the document has several operations; operationName must tell which"),
        ({"query": "fragment F on Query { __typename }"}, 400, "Fragment 'F' is never used."),
        ({"query": "query($n: Int!) { workspaces(first: $n) { totalCount } }"}, 400,
         "Variable '$n' has invalid value: Expected a value of non-null type 'Int!' to be"
         " provided."),
        ({"query": 'subscription { derivation(workspace: "w") { pending } }'}, 400,
         "a subscription is not for this way of asking"),
        ({"query": "{ __typename } #" + "x" * 65_536}, 413,
         "the operation is 65552 bytes long, at most 65536"),
    ],
)  # fmt: skip
async def test_what_did_not_run_has_no_data_and_for_the_newer_type_a_status(
    client: Client, request_: dict[str, Any], status: int, message: str
) -> None:
    for accept, expected in ((RESPONSE_JSON, status), (JSON, 200)):
        response = await client.http.post("/graphql", json=request_, headers={"accept": accept})
        assert get_refusal(response) == (expected, message)


async def test_what_ran_is_answered_with_200_whatever_its_errors(client: Client) -> None:
    for query in (
        '{ a: __typename node(id: "x") { id } }',
        "{ workspaces(first: -1) { totalCount } }",
    ):
        for accept in (RESPONSE_JSON, JSON):
            headers = {"accept": accept}
            response = await client.http.post("/graphql", json={"query": query}, headers=headers)
            answer = response.json()
            assert (response.status_code, len(answer["errors"])) == (200, 1)
            assert "data" in answer


async def ask(client: Client, *, accept: str | None) -> httpx.Response:
    request = client.http.build_request("POST", "/graphql", json=TYPENAME)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    return await client.http.send(request)


def get_refusal(response: httpx.Response) -> tuple[int, str]:
    """Returns the status and the only error's message; there is nothing else in the answer."""
    answer = response.json()
    assert list(answer) == ["errors"]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "PAYLOAD_TOO_LARGE")
    return response.status_code, error["message"]
