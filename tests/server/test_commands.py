"""The commands that end by themselves, and what they refuse."""

import asyncio
from pathlib import Path

import httpx
import pytest

from core.settings import Settings
from tests.core.embedded_postgres.owners import processes_below
from tests.fake_model import open_fake_model
from tests.server.programs import launch, run, serve


@pytest.mark.parametrize(
    ("command", "name", "value", "fault"),
    [
        ("serve", "PORT", "abc", "Input should be a valid integer, unable to parse string as an"),
        ("serve", "PORT", "65536", "Input should be less than or equal to 65535"),
        ("worker", "WORKER_THREADS", "0", "Input should be greater than or equal to 1"),
        ("migrate", "DATABASE_URL", "mysql://h", "String should match pattern '^postgres(ql)?://'"),
        ("demo", "LEASE_S", "-1", "Input should be greater than 0"),
        ("doctor", "LOG_LEVEL", "loud", "String should match pattern '^(debug|info|warning|error)"),
        ("doctor", "MODEL_BASE_URL", "h/v1", "String should match pattern '^https?://'"),
        ("doctor", "MODEL_ROLES", '{"think": "m"}', "Input should be 'derive', 'summarise',"),
    ],
)
async def test_a_setting_that_is_not_valid_is_refused_by_name(
    command: str, name: str, value: str, fault: str
) -> None:
    program = await run(command, **{name: value})
    assert (program.process.returncode, program.out) == (2, [])
    told = " ".join(program.error.replace("│", " ").split())
    assert f"Invalid value: VANTAGE_{name}: {fault}" in told
    assert "Traceback" not in program.error


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"MODEL_NAME": "m"}, "VANTAGE_MODEL_BASE_URL and VANTAGE_MODEL_NAME need each other"),
        ({"MODEL_ROLES": "chat=m"}, 'error parsing value for field "model_roles"'),
    ],
)
async def test_settings_that_make_no_model_are_refused(
    settings: dict[str, str], fault: str
) -> None:
    program = await run("doctor", **settings)
    assert (program.process.returncode, program.out) == (2, [])
    assert fault in " ".join(program.error.replace("│", " ").split())
    assert "Traceback" not in program.error


async def test_a_broker_that_is_not_there_is_told_in_one_line(server_dir: Path) -> None:
    arguments = ("serve", "--port", "0", "--data-dir", server_dir)
    program = await run(*arguments, BROKER_URL="redis://127.0.0.1:1")
    assert (program.process.returncode, program.out) == (1, [])
    assert program.error == (
        "the broker cannot be reached (ConnectionError); start it, or correct VANTAGE_BROKER_URL\n"
    )
    assert processes_below(server_dir) == []


async def test_a_broker_of_an_unknown_kind_is_told_in_one_line(server_dir: Path) -> None:
    arguments = ("serve", "--port", "0", "--data-dir", server_dir)
    program = await run(*arguments, BROKER_URL="kafka://127.0.0.1")
    assert (program.process.returncode, program.out) == (1, [])
    assert program.error == (
        'VANTAGE_BROKER_URL has the scheme "kafka", it must be redis or amqp (or unset)\n'
    )


async def test_a_database_that_is_not_there_is_told_in_one_line() -> None:
    program = await run("migrate", DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/vantage")
    assert (program.process.returncode, program.out) == (1, [])
    assert program.error.startswith("the database cannot be used: ")
    assert program.error.count("\n") == 1
    assert "secret" not in program.error


async def test_a_worker_needs_a_database_and_a_broker_to_share() -> None:
    program = await run("worker")
    assert (program.process.returncode, program.out) == (1, [])
    assert program.error == (
        "`vantage worker` shares its work with servers elsewhere: set VANTAGE_DATABASE_URL and"
        " VANTAGE_BROKER_URL. Without them `vantage serve` runs its own workers.\n"
    )


async def test_migrate_makes_the_tables_and_does_nothing_when_they_are_there(
    empty_dir: Path,
) -> None:
    for _ in range(2):
        program = await run("migrate", "--data-dir", empty_dir)
        assert (program.process.returncode, program.error) == (0, "")
        assert program.out == ["The database is up to date."]
        assert processes_below(empty_dir) == []


async def test_migrate_does_not_touch_the_directory_of_a_running_server(server_dir: Path) -> None:
    async with serve(server_dir) as server:
        program = await run("migrate", "--data-dir", server_dir)
        assert (program.process.returncode, program.out) == (1, [])
        assert f"is in use by process {server.process.pid}" in program.error
        assert await server.stop() == 0


async def test_doctor_prints_every_setting_and_no_password() -> None:
    url = "postgresql://ada:secret@db.example:5432/vantage"
    model = {
        "MODEL_BASE_URL": "http://u:pw@h/v1",
        "MODEL_NAME": "m",
        "MODEL_API_KEY": "sk-1",
        "MODEL_FALLBACK_NAME": "f",
        "MODEL_FALLBACK_API_KEY": "sk-2",
    }
    program = await run(
        "doctor", DATABASE_URL=url, LEASE_S="12.5", BROKER_URL="redis://:pw@r/0", **model
    )
    assert (program.process.returncode, program.error) == (0, "")
    rows = [line.strip("│ ").split("│") for line in program.out if line.startswith("│")]
    printed = {name.strip(): value.strip() for name, value in rows}
    assert list(printed) == [f"VANTAGE_{name.upper()}" for name in Settings.model_fields]
    assert printed["VANTAGE_DATABASE_URL"] == "postgresql://ada:***@db.example:5432/vantage"
    assert printed["VANTAGE_BROKER_URL"] == "redis://:***@r/0"
    assert printed["VANTAGE_LEASE_S"] == "12.5"
    assert printed["VANTAGE_MODEL_BASE_URL"] == "http://u:***@h/v1"
    assert printed["VANTAGE_MODEL_API_KEY"] == printed["VANTAGE_MODEL_FALLBACK_API_KEY"] == "***"


async def test_keys_are_made_listed_and_revoked_where_the_database_is(server_dir: Path) -> None:
    at = ("--data-dir", server_dir)
    made = await run("keys", "create", "--kind", "admin", "--name", "ops", *at)
    assert (made.process.returncode, made.error) == (0, "")
    (secret,) = made.out
    assert secret.startswith("vantage_")
    again = await run("keys", "create", "--kind", "admin", "--name", "ops", *at)
    assert (again.process.returncode, again.out) == (1, [])
    assert again.error == 'key "ops" is there already; its secret was told once\n'

    async with serve(server_dir, AUTH="true") as server, httpx.AsyncClient() as http:
        url, query = f"{server.url}/graphql", {"query": "{ viewer { kind } }"}
        assert (await http.post(url, json=query)).status_code == 401
        shown = await http.post(url, json=query, headers={"Authorization": f"Bearer {secret}"})
        assert shown.json() == {"data": {"viewer": {"kind": "ADMIN"}}}
        assert await server.stop() == 0

    (row,) = await list_keys(server_dir)
    assert row[1:4] == ["ops", "admin", ""]
    assert (row[6] != "", row[7]) == (True, "")
    revoked = await run("keys", "revoke", row[0], *at)
    assert (revoked.process.returncode, revoked.error) == (0, "")
    assert (await list_keys(server_dir))[0][7] != ""


async def test_keys_and_exports_are_made_beside_a_running_server(empty_dir: Path) -> None:
    at = ("--data-dir", empty_dir)
    async with serve(empty_dir, AUTH="true") as server, httpx.AsyncClient() as http:
        made = await run("keys", "create", "--kind", "admin", "--name", "ops", *at)
        assert (made.process.returncode, made.error) == (0, "")
        url, query = f"{server.url}/graphql", {"query": "{ viewer { kind } }"}
        credentials = {"Authorization": f"Bearer {made.out[0]}"}
        shown = await http.post(url, json=query, headers=credentials)
        assert shown.json() == {"data": {"viewer": {"kind": "ADMIN"}}}
        create = 'mutation { createWorkspace(input: {name: "w"}) { created } }'
        await http.post(url, json={"query": create}, headers=credentials)
        file = empty_dir.parent / "w.ndjson"
        exported = await run("export", "w", file, *at)
        assert (exported.process.returncode, file.exists()) == (0, True)
        (row,) = await list_keys(empty_dir)
        assert (await run("keys", "revoke", row[0], *at)).process.returncode == 0
        assert (await http.post(url, json=query, headers=credentials)).status_code == 401
        assert await server.stop() == 0
    assert processes_below(empty_dir) == []


async def test_commands_for_one_folder_take_turns(server_dir: Path) -> None:
    at = ("--data-dir", server_dir)
    names = [f"key-{number}" for number in range(3)]
    made = await asyncio.gather(
        *(run("keys", "create", "--kind", "admin", "--name", name, *at) for name in names)
    )
    assert [(program.process.returncode, program.error) for program in made] == [(0, "")] * 3
    assert {row[1] for row in await list_keys(server_dir)} >= set(names)
    assert processes_below(server_dir) == []


async def list_keys(data_dir: Path) -> list[list[str]]:
    program = await run("keys", "list", "--data-dir", data_dir)
    assert (program.process.returncode, program.error) == (0, "")
    rows = [line for line in program.out if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


@pytest.mark.parametrize("is_asked", [False, True])
async def test_who_listens_to_the_world_without_keys_is_warned(
    server_dir: Path, is_asked: bool
) -> None:
    async with serve(server_dir, HOST="0.0.0.0", AUTH=str(is_asked)) as server:  # noqa: S104
        printed = "\n".join(server.out)
        assert await server.stop() == 0
    warning = (
        "Whoever can reach this address can read and write everything: set VANTAGE_AUTH=true to ask"
        " for keys."
    )
    assert (warning in printed) == (not is_asked)


async def test_the_fake_model_says_how_it_is_used_and_answers_until_it_is_stopped() -> None:
    async with launch("fake-model", "--port", "0") as program:
        line = await program.wait_for_line("  export VANTAGE_MODEL_BASE_URL=")
        url = line.partition("=")[2]
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/models")).json()["data"][0]["id"] == "fake"
        assert await program.stop() == 0
        assert program.error == ""


async def test_the_fake_model_says_when_its_port_is_taken() -> None:
    async with open_fake_model() as model:
        port = model.url.rpartition(":")[2]
        program = await run("fake-model", "--port", port)
    assert (program.process.returncode, program.out) == (1, [])
    assert program.error.startswith(f"cannot listen on 127.0.0.1:{port} (")
