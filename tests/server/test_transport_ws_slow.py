"""Clients that do not read: nobody waits for them, and nothing piles up behind them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.serve import run_http
from server.transport_ws import handshake, wire
from tests.client import Client, Workspace
from tests.conftest import create_settings
from tests.sockets import open_initialised
from tests.waiting import wait_until

LONG = "x" * 25_000
BATCH = 100
"""Of long messages: far more than the buffers of a socket hold."""


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> list[wire.Wire]:
    """The server's sides of the sockets opened from here on."""
    opened: list[wire.Wire] = []
    connect = wire.Wire.handle_connect

    def note(self: wire.Wire, event: object) -> None:
        opened.append(self)
        connect(self, event)  # type: ignore[arg-type]

    monkeypatch.setattr(wire.Wire, "handle_connect", note)
    return opened


@asynccontextmanager
async def run_patient(dsn: str) -> AsyncIterator[Workspace]:
    """Runs a server that derives nothing by itself."""
    settings = create_settings(dsn, derive_batch_age_s=86_400)
    async with run_http(settings) as serving, Client(serving.url) as client:
        yield await Workspace.create(client, "w")


async def wait_until_stalled(side: wire.Wire) -> None:
    async def is_stalled() -> bool:
        return not side.is_flowing

    await wait_until(is_stalled)


async def test_a_stalled_client_delays_nobody_and_goes_on_where_it_was(
    patient_workspace: Workspace, wires: list[wire.Wire]
) -> None:
    workspace = patient_workspace
    url = workspace.client.url
    await workspace.join("s", "al")
    async with (
        open_initialised(url, is_small=True) as stalled,
        open_initialised(url) as first,
        open_initialised(url) as second,
    ):
        (side, *_) = wires
        for socket in (stalled, first, second):
            await socket.follow("1", workspace.name, after=0)
        await workspace.say("s", "al", "m1")
        for socket in (stalled, first, second):
            assert await socket.take_sequences(1) == [1]
        for batch in range(4):
            await workspace.say("s", "al", *[LONG] * BATCH)
            for socket in (first, second):
                start = 2 + batch * BATCH
                assert await socket.take_sequences(BATCH) == list(range(start, start + BATCH))
        await wait_until_stalled(side)
        # What waits for it is its place: no more than the buffer and the frame that filled it.
        assert side.transport.get_write_buffer_size() < wire.BUFFER_BYTES + 2 * len(LONG)
        await workspace.forget_messages("s", 1)
        for socket in (first, second):
            assert await socket.take_sequences(1) == [-1]
        expected = list(range(2, 2 + 4 * BATCH))
        told = await stalled.take_sequences(len(expected) + 1)
        told.remove(-1)  # what was forgotten comes before what is new, wherever it stalled
        assert told == expected
        # It has caught up with the others.
        await workspace.say("s", "al", "end")
        for socket in (stalled, first, second):
            assert await socket.take_sequences(1) == [2 + 4 * BATCH]


async def test_where_only_the_newest_counts_a_stalled_client_gets_only_that(
    patient_workspace: Workspace, wires: list[wire.Wire]
) -> None:
    workspace = patient_workspace
    query = """
    subscription($workspace: String!, $after: Int!) {
      messages(workspace: $workspace, session: "filler", after: $after) { message { content } }
    }
    """
    derivation = "subscription($w: String!) { derivation(workspace: $w) { pending } }"
    async with open_initialised(workspace.client.url, is_small=True) as stalled:
        await stalled.subscribe("d", derivation, variables={"w": workspace.name})
        assert (await stalled.receive())["payload"]["data"]["derivation"] == {"pending": 0}
        filler = await Workspace.create(workspace.client, f"{workspace.name}-filler")
        for _ in range(2):
            await filler.say("filler", "al", *[LONG] * BATCH)
        variables = {"workspace": filler.name, "after": 0}
        await stalled.subscribe("m", query, variables=variables)
        await wait_until_stalled(wires[0])
        steps = 50
        for i in range(steps):
            await workspace.say("s", "al", f"m{i}")
        told = []
        while not told or told[-1] < steps:
            frame = await stalled.receive()
            if frame["id"] == "d":
                told.append(frame["payload"]["data"]["derivation"]["pending"])
        assert told == sorted(set(told))
        assert len(told) < steps


async def test_a_client_that_reads_nothing_for_too_long_is_told_to_come_back(
    dsn: str, monkeypatch: pytest.MonkeyPatch, wires: list[wire.Wire]
) -> None:
    monkeypatch.setattr(handshake, "SEND_S", 0.2)
    async with (
        run_patient(dsn) as workspace,
        open_initialised(workspace.client.url, is_small=True) as stalled,
    ):
        for _ in range(2):
            await workspace.say("s", "al", *[LONG] * BATCH)
        await stalled.follow("1", workspace.name, after=0)
        await wait_until_stalled(wires[0])

        async def is_closed() -> bool:
            return wires[0].close_sent

        await wait_until(is_closed)
        code, reason = await stalled.get_close()
    assert (code, reason) == (
        4410,
        "nothing was read for 0.2 s; go on from the last you have",
    )


async def test_a_client_that_never_reads_again_is_cut_off(
    dsn: str, monkeypatch: pytest.MonkeyPatch, wires: list[wire.Wire]
) -> None:
    monkeypatch.setattr(handshake, "SEND_S", 0.2)
    monkeypatch.setattr(wire, "CLOSE_S", 0.2)
    async with (
        run_patient(dsn) as workspace,
        open_initialised(workspace.client.url, is_small=True) as stalled,
    ):
        for _ in range(2):
            await workspace.say("s", "al", *[LONG] * BATCH)
        await stalled.follow("1", workspace.name, after=0)

        async def is_gone() -> bool:
            return bool(wires) and wires[0].disconnected

        await wait_until(is_gone)
        code, _ = await stalled.get_close()
    assert code in (1006, 4410)


async def test_a_client_that_floods_with_pings_and_reads_no_pong_is_not_read_either(
    patient_workspace: Workspace, wires: list[wire.Wire]
) -> None:
    async with open_initialised(patient_workspace.client.url, is_small=True) as stalled:
        ping = {"type": "ping", "payload": {"x": LONG}}
        flood = asyncio.create_task(_send_for_ever(stalled.send, ping))
        await wait_until_stalled(wires[0])
        assert wires[0].transport.get_write_buffer_size() < wire.BUFFER_BYTES + 2 * len(LONG)
        flood.cancel()
        await asyncio.wait({flood})
        assert (await stalled.receive())["type"] == "pong"
        # Not in order: its library would first wait, for 20 s, until all it has sent is read.
        stalled.connection.transport.abort()

        async def is_gone() -> bool:
            return wires[0].disconnected

        await wait_until(is_gone)


async def _send_for_ever(send: object, message: object) -> None:
    while True:
        await send(message)  # type: ignore[operator]
