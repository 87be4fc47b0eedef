"""Files that become messages, over real HTTP."""

import json
from typing import Any

import pytest

from core.limits import FILE_BYTES
from tests.client import Refused, Workspace
from tests.files import MAP, create_pdf, import_file, post_form

EVENTS = """subscription($workspace: String!, $after: Position) {
  events(workspace: $workspace, after: $after, kinds: [FILE_PART_IMPORTED]) {
    data session { name } peer { name } } }"""


def to_input(workspace: Workspace) -> dict[str, Any]:
    return {"workspace": workspace.name, "session": "s", "peer": "bob"}


async def read(workspace: Workspace, data: bytes, **given: Any) -> Any:
    return await import_file(workspace.client, data, **to_input(workspace), **given)


async def refuse(workspace: Workspace, data: bytes, **given: Any) -> Refused:
    """Returns how a file is refused, having seen that nothing was written."""
    with pytest.raises(Refused) as refusal:
        await read(workspace, data, **given)
    found = await workspace.client.run(
        "query($name: String!) { workspace(name: $name) { sessions { totalCount } } }",
        name=workspace.name,
    )
    assert found == {"workspace": {"sessions": {"totalCount": 0}}}
    return refusal.value


async def test_a_text_becomes_messages_of_its_peer(workspace: Workspace) -> None:
    told = await read(
        workspace, b"I ate eggs.", metadata={"from": "diary"}, createdAt="2026-03-02T09:00:00Z"
    )
    assert told["messages"] == [
        {
            "sequence": 1,
            "content": "I ate eggs.",
            "metadata": {"from": "diary", "file": {"name": "notes.txt", "part": 1, "parts": 1}},
            "createdAt": "2026-03-02T09:00:00Z",
            "author": {"name": "bob"},
        }
    ]
    assert told["session"] == {"name": "s", "lastSequence": 1}
    await workspace.derive()
    assert await workspace.list_known("bob") == ["bob ate eggs"]


async def test_the_pages_of_a_pdf_are_told_apart(workspace: Workspace) -> None:
    told = await read(workspace, create_pdf("I love tea.", "I live in Paris."), name="a.pdf")
    assert [(row["content"], row["metadata"]["file"]) for row in told["messages"]] == [
        ("I love tea.", {"name": "a.pdf", "part": 1, "parts": 2, "page": 1}),
        ("I live in Paris.", {"name": "a.pdf", "part": 2, "parts": 2, "page": 2}),
    ]


async def test_a_long_file_is_told_of_while_it_is_written(workspace: Workspace) -> None:
    text = "\n\n".join(f"{i} " + "x" * 3_900 for i in range(250)).encode()
    client, name = workspace.client, workspace.name
    async with client.subscribe(EVENTS, workspace=name, after="0-0") as stream:
        told = await read(workspace, text, name="long.md")
        events = await stream.take(3)
    assert [event["data"] for event in events] == [
        {"messages": done, "of": 250} for done in (100, 200, 250)
    ]
    assert [(event["session"]["name"], event["peer"]["name"]) for event in events] == [
        ("s", "bob")
    ] * 3
    assert [row["sequence"] for row in told["messages"]] == list(range(1, 251))
    assert told["messages"][249]["content"].startswith("249 x")


async def test_importing_the_same_again_writes_nothing_more(workspace: Workspace) -> None:
    first = await read(workspace, b"I ate eggs.")
    assert (await read(workspace, b"I ate eggs."))["messages"] == first["messages"]
    other = await read(workspace, b"I ate eggs.", name="other.txt")
    assert [row["sequence"] for row in other["messages"]] == [2]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"a\xff", 'file "a.txt" is not UTF-8: byte 0xFF at 1'),
        ("a.txt", b" \n\n", 'file "a.txt" holds no text'),
        ("a.txt", b"", 'file "a.txt" holds no text'),
        ("a.txt", b"a\0", 'file "a.txt" has the character U+0000 at 1, which cannot be stored'),
        ("a.json", b"{", 'file "a.json" is not JSON: '),
        ("a.exe", b"MZ", 'file "a.exe" is application/x-thing; text, Markdown, JSON and PDF are'),
        ("a.pdf", b"MZ", 'file "a.pdf" is not a PDF that can be read: '),
        ("a.pdf", create_pdf("I love tea.")[:100], 'file "a.pdf" is not a PDF that can be read: '),
        ("a.pdf", create_pdf("x", encrypted=True), 'file "a.pdf" is encrypted'),
        ("a.pdf", create_pdf(""), 'file "a.pdf" holds no text'),
        ("a.md", b"# a\n" * 5_001, 'file "a.md" makes more than 5000 messages; split it'),
        ("x" * 513, b"a", "file name is 513 characters long, at most 512"),
    ],
    ids=str,
)
async def test_a_bad_file_is_refused_and_writes_nothing(
    workspace: Workspace, name: str, data: bytes, message: str
) -> None:
    refusal = await refuse(workspace, data, name=name, media_type="application/x-thing")
    assert refusal.code == "BAD_USER_INPUT"
    assert refusal.message.startswith(message)


async def test_a_file_that_is_too_large_is_refused(workspace: Workspace) -> None:
    refusal = await refuse(workspace, b"x" * (FILE_BYTES + 1))
    assert (refusal.code, refusal.message) == (
        "PAYLOAD_TOO_LARGE",
        f'file "notes.txt" is {FILE_BYTES + 1} bytes long, at most {FILE_BYTES}',
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"peer": ""}, "peer name is empty, at least 1 character is needed"),
        ({"workspace": "none"}, 'workspace "none" does not exist'),
        ({"metadata": []}, "metadata is a JSON array, it must be an object"),
        ({"metadata": {"file": 1}}, 'metadata has the key "file", which the import sets itself'),
    ],
)
async def test_bad_input_beside_the_file_is_refused(
    workspace: Workspace, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(Refused) as refusal:
        await import_file(workspace.client, b"a", **{**to_input(workspace), **given})
    assert refusal.value.message == message


async def test_an_upload_that_is_no_file_is_refused(workspace: Workspace) -> None:
    refusal = await workspace.client.get_refusal(
        "mutation($input: ImportFileInput!) { importFile(input: $input) { position } }",
        input={**to_input(workspace), "file": "text"},
    )
    assert refusal.code == "BAD_USER_INPUT"
    assert "'text' is not an Upload; send the file in a multipart request" in refusal.message


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"map": "{"}, "map is not JSON"),
        ({"map": "[]"}, "map must be a JSON object"),
        ({"operations": "[]"}, "operations must be a JSON object"),
        ({"map": '{"1": ["variables.input.file"]}'}, "map names the file '1', which is not there"),
        ({"map": '{"0": "variables"}'}, "map must have a list of paths for '0'"),
        ({"map": '{"0": ["query"]}'}, "map has 'query', where no null is"),
        ({"map": '{"0": ["variables.x.y"]}'}, "map has 'variables.x.y', where no null is"),
        ({"map": '{"0": ["variables.input.peer"]}'}, "map has 'variables.input.peer', where"),
    ],
)
async def test_a_form_that_is_not_to_the_specification_is_refused(
    workspace: Workspace, fields: dict[str, str], said: str
) -> None:
    response = await post_form(workspace.client, b"a", fields=fields, **to_input(workspace))
    assert response.status_code == 400
    assert said in response.text


async def test_a_form_of_another_origin_is_refused(workspace: Workspace) -> None:
    given, client = to_input(workspace), workspace.client
    for origin, status in (("https://evil.example", 403), ("null", 403), (client.url, 200)):
        response = await post_form(client, b"a", headers={"origin": origin}, **given)
        assert response.status_code == status
    assert await workspace.list_contents("s") == ["a"]


async def test_a_form_without_its_parts_is_refused(workspace: Workspace) -> None:
    response = await workspace.client.http.post("/graphql", files={"0": ("a.txt", b"a")})
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["message"] == "A multipart request needs the fields operations and map"
    broken = await workspace.client.http.post(
        "/graphql", content=json.dumps(MAP), headers={"content-type": "multipart/form-data"}
    )
    assert broken.status_code == 400
