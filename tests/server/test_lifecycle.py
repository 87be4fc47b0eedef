"""A server's life as a process: it starts, answers, and leaves nothing running."""

import re
import signal
import socket
from pathlib import Path

import asyncpg
import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from core.embedded_postgres import EmbeddedPostgres
from tests.client import Client, Refused, Workspace
from tests.core.embedded_postgres.owners import processes_below
from tests.server.programs import TIMEOUT_S, launch, run, serve
from tests.waiting import wait_until

STOPS = pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
GOING_AWAY = 1012

FOLLOW = """
subscription($workspace: String!, $session: String!) {
  messages(workspace: $workspace, session: $session, last: 1) { sequence message { content } }
}
"""


def list_paths(directory: Path, pattern: str = "*") -> list[Path]:
    return list(directory.glob(pattern))


async def test_it_says_where_it_answers_and_that_it_is_ready(empty_dir: Path) -> None:
    async with serve(empty_dir) as server:
        assert server.out[0] == "Vantage is ready."
        assert [line.split()[0] for line in server.out[1:-1]] == [
            "playground",
            "GraphQL",
            "schema",
            "data",
            "docs",
        ]
        assert f"  data         {empty_dir}" in server.out
        async with httpx.AsyncClient(base_url=server.url) as client:
            alive, ready = await client.get("/healthz"), await client.get("/readyz")
            schema = await client.get("/schema.graphql")
        assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
        checks = {"database": True, "migrations": True, "workers": True}
        assert (ready.status_code, ready.json()) == (200, checks)
        assert "type Subscription" in schema.text
        assert await server.stop() == 0
    assert server.error == ""


@STOPS
async def test_a_signal_ends_everything_also_with_an_open_subscription(
    server_dir: Path, stop_signal: signal.Signals
) -> None:
    async with serve(server_dir) as server, Client(server.url) as client:
        assert len(processes_below(server_dir)) > 3
        workspace = await Workspace.create(client, "w")
        await workspace.say("s", "ada", "I am a pilot.")
        async with client.subscribe(FOLLOW, workspace="w", session="s") as stream:
            event = await stream.get_next()
            assert event["messages"]["message"] == {"content": "I am a pilot."}
            assert await server.stop(stop_signal) == 0
            with pytest.raises(ConnectionClosed) as closed:
                await stream.get_next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == GOING_AWAY
    assert (server.error, processes_below(server_dir)) == ("", [])


@STOPS
@pytest.mark.parametrize("moment", ["lock", "postgres.unfinished-*", "postgres/postmaster.pid"])
async def test_a_signal_during_the_start_ends_everything(
    empty_dir: Path, stop_signal: signal.Signals, moment: str
) -> None:
    async def has_come() -> bool:
        return list_paths(empty_dir, moment) != []

    async with launch("serve", "--port", "0", "--data-dir", empty_dir) as server:
        await wait_until(has_come)
        assert await server.stop(stop_signal) == 0
    assert (server.out, server.error, processes_below(empty_dir)) == ([], "", [])
    assert list_paths(empty_dir, "postgres.unfinished-*") == []


async def test_after_a_start_that_was_interrupted_the_next_one_works(empty_dir: Path) -> None:
    async def has_come() -> bool:
        return list_paths(empty_dir, "postgres/postmaster.pid") != []

    async with launch("serve", "--port", "0", "--data-dir", empty_dir) as server:
        await wait_until(has_come)
        await server.stop()
    async with serve(empty_dir) as server, httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/readyz")).status_code == 200
        assert await server.stop() == 0


async def test_a_second_start_keeps_what_was_said_and_concluded(empty_dir: Path) -> None:
    async with serve(empty_dir) as server, Client(server.url) as client:
        workspace = await Workspace.create(client, "w")
        await workspace.say("s", "ada", "I am a pilot.")
        await workspace.derive()
        known = await workspace.read("ada")
        assert await server.stop() == 0
    async with serve(empty_dir) as server, Client(server.url) as client:
        workspace = Workspace(client, "w")
        assert await workspace.read("ada") == known
        assert [conclusion["content"] for conclusion in known["conclusions"]] == ["ada is a pilot"]
        sent = await workspace.send("s", {"peer": "ada", "content": "I fly at night."})
        assert sent["messages"][0]["sequence"] == 2
        assert await server.stop() == 0


async def test_a_killed_server_is_followed_by_one_that_takes_its_database_over(
    server_dir: Path,
) -> None:
    async with serve(server_dir, LEASE_S="1") as server, Client(server.url) as client:
        await (await Workspace.create(client, "killed")).say("s", "ada", "I am a pilot.")
        await server.stop(signal.SIGKILL)
    assert len(processes_below(server_dir)) > 3
    async with serve(server_dir, LEASE_S="1") as server, Client(server.url) as client:
        workspace = Workspace(client, "killed")
        await workspace.derive()
        assert await workspace.list_known("ada") == ["ada is a pilot"]
        assert await server.stop() == 0
    assert processes_below(server_dir) == []


async def test_a_taken_port_is_told_in_one_line_before_anything_is_started(
    empty_dir: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = await run("serve", "--port", str(port), "--data-dir", empty_dir)
    assert (server.process.returncode, server.out) == (1, [])
    assert server.error == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use); is Vantage running already?"
        " Choose another port with --port.\n"
    )
    assert list_paths(empty_dir.parent) == []


async def test_a_data_directory_in_use_is_told_in_one_line_and_left_alone(
    server_dir: Path,
) -> None:
    async with serve(server_dir) as first, httpx.AsyncClient(base_url=first.url) as client:
        second = await run("serve", "--port", "0", "--data-dir", server_dir)
        assert (second.process.returncode, second.out) == (1, [])
        assert re.fullmatch(
            rf"The data directory {re.escape(str(server_dir))} is in use by process"
            rf" {first.process.pid}, running since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\. Stop that"
            r" process, or choose another directory \(--data-dir, VANTAGE_DATA_DIR\)\.\n",
            second.error,
        )
        assert (await client.get("/readyz")).status_code == 200
        assert await first.stop() == 0


async def test_work_that_does_not_end_does_not_keep_a_server_from_stopping(
    postgres: EmbeddedPostgres, dsn: str, empty_dir: Path
) -> None:
    async with serve(empty_dir, DATABASE_URL=dsn) as server, Client(server.url) as client:
        workspace = await Workspace.create(client, "w")
        await workspace.say("s", "ada", "I am a pilot.")
        blocker = await asyncpg.connect(dsn)
        async with blocker.transaction():
            await blocker.execute("SELECT FROM session FOR UPDATE")
            await client.run('mutation { derive(input: {workspace: "w"}) { position } }')

            looker = await asyncpg.connect(dsn)

            async def is_blocked() -> bool:
                query = """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
                return bool(await looker.fetchval(query))

            await wait_until(is_blocked)
            assert await server.stop() == 0
            item = await looker.fetchrow(
                "SELECT attempts, leased_until FROM work_item WHERE kind = 'derive'"
            )
            assert item is not None
            assert tuple(item) == (0, None)
            await looker.close()
        await blocker.close()
    assert list_paths(empty_dir.parent) == []


async def test_a_database_that_is_away_is_told_and_waited_for(
    empty_dir: Path, tmp_path: Path
) -> None:
    postgres = await EmbeddedPostgres.start(empty_dir)
    async with (
        serve(tmp_path, DATABASE_URL=postgres.dsn()) as server,
        Client(server.url) as client,
    ):
        workspace = await Workspace.create(client, "w")
        await workspace.say("s", "ada", "I am a pilot.")
        await postgres.stop()
        assert (await client.http.get("/healthz")).status_code == 200
        away = await client.http.get("/readyz")
        assert (away.status_code, away.json()["database"]) == (503, False)
        refusal = await client.get_refusal('{ workspace(name: "w") { id } }')
        assert refusal.code == "UNAVAILABLE"
        assert refusal.message == "the database does not answer; try again"
        with pytest.raises(Refused, match="the database did not answer, and whether"):
            await workspace.say("s", "ada", "I fly at night.")
        postgres = await EmbeddedPostgres.start(empty_dir)

        async def is_ready() -> bool:
            return (await client.http.get("/readyz")).status_code == 200

        await wait_until(is_ready, timeout_s=TIMEOUT_S)
        await workspace.say("s", "ada", "I fly at night.")
        await workspace.derive()
        assert await workspace.list_known("ada") == ["ada flies at night", "ada is a pilot"]
        assert await server.stop() == 0
    await postgres.stop()
    assert "Traceback" not in server.error
