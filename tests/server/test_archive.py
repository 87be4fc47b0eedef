"""`vantage export` and `vantage import`: what comes in is what went out."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from core.errors import SetupError
from models.archive import PARTS
from models.database import Pool
from server.archive import ROWS_PER_WRITE, export_workspace, import_workspace
from tests.client import Workspace
from tests.server.programs import launch

NOT_EXPORTED = {"access_key", "event", "model_call", "work_item"}
MADE_ANEW = {"message_index", "conclusion_index", "embedding"}
READ = """query($name: String!) { workspace(name: $name) {
  metadata createdAt
  peers(first: 10) { edges { node {
    id name metadata observeOthers card { lines }
    conclusions { edges { node { id content level support retiredAt isManual recordedAt
      messages { id } premises { id } supersededBy { id } } } }
    asBob: conclusions(observer: "bob") { edges { node { id content support } } }
  } } }
  sessions(first: 10) { edges { node {
    id name metadata lastSequence members { peer { name } fromSequence toSequence joinedAt }
    summaries { kind content firstSequence lastSequence createdAt }
    messages { edges { node { id sequence content metadata createdAt recordedAt clientMessageId
      author { name } witnesses { name } conclusions { content } } } }
  } } }
  scopes(first: 10) { edges { node { id name metadata sessions { edges { node { name } } } } } }
} }"""


SEARCH = """query($name: String!) { workspace(name: $name) {
  search(query: "Who loves tea?", targets: [MESSAGES]) { node { ... on Message { content } } }
} }"""


@pytest.fixture
async def furnished(patient_workspace: Workspace) -> Workspace:
    """A workspace with something in every table that is exported."""
    workspace = patient_workspace
    await workspace.create_peers("alice", "bob", observeOthers=True)
    await workspace.configure(summary={"messagesPerShortSummary": 2})
    await workspace.join("hall", "alice", "bob")
    await workspace.send(
        "hall",
        {"peer": "alice", "content": "I live in Paris.", "clientMessageId": "a1"},
        {"peer": "alice", "content": "I am not a morning person.", "metadata": {"n": 1e300}},
        {"peer": "bob", "content": "I love tea.", "createdAt": "2026-03-02T09:00:00+02:00"},
    )
    await workspace.derive()
    await workspace.leave("hall", "bob")
    await workspace.say("hall", "alice", "I live in Berlin now.", "I will attack Charlie.")
    await workspace.say("den", "alice", "I will not attack Charlie.")
    await workspace.configure(reasoning={"customInstructions": "Look for \u2028 journeys."})
    await workspace.say("den", "alice", *("I like cake." for _ in range(3)))
    await workspace.derive()
    await workspace.dream("alice", "bob")
    await workspace.dream("alice")
    scope = {"name": "rooms", "sessions": ["hall", "den"], "metadata": {"of": "the house"}}
    await workspace.run_input("createScope", "created", workspace=workspace.name, **scope)
    await workspace.change("setPeerCard", observed="alice", lines=["Is tall."])
    await workspace.forget_messages("den", 2)
    await workspace.derive()
    return workspace


async def take_out(pool: Pool, name: str) -> bytes:
    file = io.BytesIO()
    with Progress(console=Console(quiet=True)) as progress:
        count = await export_workspace(pool, name, file, progress)
    assert count == len(file.getvalue().splitlines()) - 2
    return file.getvalue()


async def bring_in(pool: Pool, data: bytes) -> tuple[str, int]:
    with Progress(console=Console(quiet=True)) as progress:
        return await import_workspace(pool, io.BytesIO(data), progress)


async def list_rows(pool: Pool, name: str) -> dict[str, list[dict[str, Any]]]:
    """Returns all that is exported, by table, without what an import gives anew."""
    lines = [json.loads(line) for line in (await take_out(pool, name)).splitlines()[1:-1]]
    return {table: [line["row"] for line in lines if line["table"] == table] for table in PARTS}


async def delete(workspace: Workspace) -> None:
    await workspace.forget("deleteWorkspace")


async def test_what_comes_in_is_what_went_out(furnished: Workspace, patient_pool: Pool) -> None:
    name, client = furnished.name, furnished.client
    before, read = await list_rows(patient_pool, name), await client.run(READ, name=name)
    assert all(before.values()), {table for table, rows in before.items() if not rows}
    data = await take_out(patient_pool, name)
    await delete(furnished)
    assert await bring_in(patient_pool, data) == (name, sum(map(len, before.values())))
    assert await list_rows(patient_pool, name) == before
    assert await client.run(READ, name=name) == read


async def test_what_came_in_goes_on(furnished: Workspace, patient_pool: Pool) -> None:
    await furnished.say("hall", "alice", "I love jazz.")  # not derived when it goes out
    data = await take_out(patient_pool, furnished.name)
    await delete(furnished)
    await bring_in(patient_pool, data)
    sent = await furnished.send("hall", {"peer": "alice", "content": "I love rain."})
    assert [row["sequence"] for row in sent["messages"]] == [7]
    again = {"peer": "alice", "content": "I live in Paris.", "clientMessageId": "a1"}
    assert (await furnished.send("hall", again))["messages"][0]["sequence"] == 1
    await furnished.derive()
    assert {"alice loves jazz", "alice loves rain"} <= set(await furnished.list_known("alice"))
    found = await furnished.client.run(SEARCH, name=furnished.name)
    assert found["workspace"]["search"][0]["node"] == {"content": "I love tea."}


async def test_more_rows_than_are_written_at_once(
    patient_workspace: Workspace, patient_pool: Pool
) -> None:
    workspace, count = patient_workspace, 2 * ROWS_PER_WRITE + 1
    for start in range(0, count, 100):
        contents = (f"m{i}" for i in range(start, min(start + 100, count)))
        await workspace.say("s", "alice", *contents)
    data = await take_out(patient_pool, workspace.name)
    await delete(workspace)
    await bring_in(patient_pool, data)
    assert (await list_rows(patient_pool, workspace.name))["message"][-1]["content"] == "m1000"


def list_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def cut_off(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def lose_a_row(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-2], lines[-1]]


def break_json(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b"{", *lines[2:]]


def name_another_table(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b'"workspace"', b'"access_key"', 1), *lines[2:]]


def come_from_the_future(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"last_sequence"', b'"last_chapter"'), *lines[1:]]


def inject(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"last_sequence"', b'"name) SELECT 1; --"'), *lines[1:]]


def spoil_a_time(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b'"joined_at": "2', b'"joined_at": "x') for line in lines]


def refer_elsewhere(lines: list[bytes]) -> list[bytes]:
    """Has memberships of peers that are nobody's."""
    elsewhere = b'"peer_id": "00000000-0000-0000-0000-000000000000", "x": "'
    return [
        line.replace(b'"peer_id": "', elsewhere) if b'"table":"membership"' in line else line
        for line in lines
    ]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut_off, "is cut off or missing; the file is not whole"),
        (lose_a_row, "rows are there, "),
        (break_json, "line 2 is not JSON: "),
        (name_another_table, "line 2 is not a row of a table that line 1 names"),
        (come_from_the_future, 'this version knows no column "last_chapter" of session'),
        (inject, 'this version knows no column "name) SELECT 1; --" of session'),
        (spoil_a_time, "cannot be written: "),
        (refer_elsewhere, "refer to what is not in this workspace"),
        (lambda _: [b"[]"], "line 1 is not a JSON object"),
        (lambda _: [b"{}"], "line 1 does not begin an export of format 1"),
        (lambda _: [b'{"vantage": 1}'], "line 1 is no header of an export: "),
        (lambda _: [], "line 1 is cut off or missing; the file is not whole"),
    ],
)
async def test_a_spoilt_file_is_refused_and_writes_nothing(
    patient_workspace: Workspace,
    patient_pool: Pool,
    spoil: Callable[[list[bytes]], list[bytes]],
    message: str,
) -> None:
    workspace = patient_workspace
    await workspace.say("s", "alice", "I love tea.")
    data = await take_out(patient_pool, workspace.name)
    await delete(workspace)
    spoilt = b"".join(line + b"\n" for line in spoil(data.splitlines()))
    with pytest.raises(SetupError) as refusal:
        await bring_in(patient_pool, spoilt)
    assert message in str(refusal.value)
    found = await workspace.client.run(READ, name=workspace.name)
    assert found == {"workspace": None}
    await bring_in(patient_pool, data)


async def test_what_is_there_already_is_left_alone(
    furnished: Workspace, patient_pool: Pool
) -> None:
    data = await take_out(patient_pool, furnished.name)
    with pytest.raises(SetupError, match=f'"{furnished.name}" is there already; delete it first'):
        await bring_in(patient_pool, data)
    renamed = data.replace(furnished.name.encode(), b"another-name")
    with pytest.raises(SetupError, match="what is in them is there already"):
        await bring_in(patient_pool, renamed)


async def test_every_table_is_exported_or_said_not_to_be(pool: Pool) -> None:
    records = await pool.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    tables = {record["table_name"] for record in records} - {"tortoise_migrations"}
    assert tables == PARTS.keys() | NOT_EXPORTED | MADE_ANEW


async def test_the_commands_write_and_read_a_file(
    furnished: Workspace, patient_pool: Pool, patient_dsn: str, tmp_path: Path
) -> None:
    path, name = tmp_path / "house.ndjson", furnished.name
    before = await list_rows(patient_pool, name)
    async with launch("export", name, path, DATABASE_URL=patient_dsn) as program:
        assert await program.wait_for_end() == 0, program.error
    async with launch("export", name, path, DATABASE_URL=patient_dsn) as program:
        assert await program.wait_for_end() == 1
        assert f"{path} cannot be written: File exists" in program.error
    await delete(furnished)
    async with launch("import", path, DATABASE_URL=patient_dsn) as program:
        assert await program.wait_for_end() == 0, program.error
        assert f'Workspace "{name}" is there' in program.error
    assert await list_rows(patient_pool, name) == before
    async with launch("export", "none", tmp_path / "x", DATABASE_URL=patient_dsn) as program:
        assert await program.wait_for_end() == 1
        assert 'workspace "none" does not exist' in program.error
    assert list_files(tmp_path) == ["house.ndjson"]
