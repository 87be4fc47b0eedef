"""Three thousand messages from three clients at once, also through a kill -9 in the middle."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from websockets.exceptions import ConnectionClosed, InvalidMessage

from core.embedded_postgres import EmbeddedPostgres
from tests.client import Client, Refused, Workspace
from tests.server.programs import find_free_port, serve
from tests.waiting import wait_until

WRITERS = ("ada", "ben", "cleo")
MESSAGES_EACH = 1_000
TOTAL = len(WRITERS) * MESSAGES_EACH
LARGEST_BATCH = 20
MIDDLE = TOTAL // 3
JOINED_AFTER = MIDDLE // 2

FOLLOW = """
subscription($after: Int!) {
  messages(workspace: "w", session: "s", after: $after) { sequence message { id content } }
}
"""
# A restart makes these happen to whoever is connected, or connects too early.
LOST = (httpx.TransportError, ConnectionClosed, InvalidMessage, OSError)


@dataclass(slots=True)
class Talk:
    """What three clients said, as the server acknowledged it."""

    url: str
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    """(id, sequence) by content, which is also the clientMessageId."""

    async def write(self, peer: str) -> None:
        """Sends a thousand sentences in batches of 1 to 20; each until it is acknowledged."""
        sentences = [f"I have {number} boats in {peer}town." for number in range(MESSAGES_EACH)]
        async with Client(self.url) as client:
            workspace = Workspace(client, "w")
            for size, start in _list_batches():
                await self._send(workspace, peer, sentences[start : start + size])

    async def _send(self, workspace: Workspace, peer: str, sentences: list[str]) -> None:
        messages = [{"peer": peer, "content": each, "clientMessageId": each} for each in sentences]
        while True:
            try:
                sent = await workspace.send("s", *messages)
                break
            except (*LOST, Refused):
                await asyncio.sleep(0.05)
        assert [message["content"] for message in sent["messages"]] == sentences
        for message in sent["messages"]:
            self.acknowledged[message["content"]] = (message["id"], message["sequence"])

    async def follow(self) -> list[dict[str, Any]]:
        """Reads everything after JOINED_AFTER, connecting again after the last one it saw."""
        seen: list[dict[str, Any]] = []
        while len(seen) < TOTAL - JOINED_AFTER:
            after = seen[-1]["sequence"] if seen else JOINED_AFTER
            try:
                async with (
                    Client(self.url) as client,
                    client.subscribe(FOLLOW, after=after) as told,
                ):
                    while len(seen) < TOTAL - JOINED_AFTER:
                        seen.append((await told.get_next())["messages"])
            except LOST:
                await asyncio.sleep(0.05)
        return seen

    async def wait_for(self, count: int) -> None:
        async def has_come() -> bool:
            return len(self.acknowledged) >= count

        await wait_until(has_come, timeout_s=60)


def _list_batches() -> list[tuple[int, int]]:
    """Sizes 1, 2, … 20, 1, 2, … and where each batch starts."""
    batches, start = [], 0
    while start < MESSAGES_EACH:
        size = min(len(batches) % LARGEST_BATCH + 1, MESSAGES_EACH - start)
        batches.append((size, start))
        start += size
    return batches


async def create_session(url: str) -> None:
    async with Client(url) as client:
        workspace = await Workspace.create(client, "w")
        await workspace.join("s", *WRITERS, "reader", observeOthers=True)


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator["asyncio.Task[list[dict[str, Any]]]"]:
    """Lets all write, and one read from the middle on; all are done after the block."""
    writing = [asyncio.create_task(talk.write(peer)) for peer in WRITERS]
    await talk.wait_for(MIDDLE)
    reading = asyncio.create_task(talk.follow())
    yield reading
    async with asyncio.timeout(60):
        await asyncio.gather(*writing, reading)


async def finish_derivation(url: str) -> None:
    async with Client(url) as client:

        async def is_done() -> bool:
            data = await client.run(
                'mutation { derive(input: {workspace: "w", maxWaitMs: 20000}) {'
                "  derivation { pending leased retrying dead } } }"
            )
            left = data["derive"]["derivation"]
            assert left["dead"] == 0
            return not any(left.values())

        await wait_until(is_done, timeout_s=60)


async def check_messages(talk: Talk, data_dir: Path, seen: list[dict[str, Any]]) -> None:
    """Everything was written once, numbered without gaps, and read in that order."""
    connection = await asyncpg.connect(EmbeddedPostgres(data_dir).dsn())
    rows = await connection.fetch("SELECT * FROM message ORDER BY sequence")
    assert [row["sequence"] for row in rows] == list(range(1, TOTAL + 1))
    written = {row["content"]: row["sequence"] for row in rows}
    assert len(written) == TOTAL
    assert {text: sequence for text, (_, sequence) in talk.acknowledged.items()} == written
    for peer in WRITERS:
        numbers = [int(r["content"].split()[2]) for r in rows if f"{peer}town" in r["content"]]
        assert numbers == list(range(MESSAGES_EACH))
    assert [each["sequence"] for each in seen] == list(range(JOINED_AFTER + 1, TOTAL + 1))
    for each in seen:
        acknowledged = talk.acknowledged[each["message"]["content"]]
        assert acknowledged == (each["message"]["id"], each["sequence"])
    await connection.close()


async def check_conclusions(data_dir: Path) -> None:
    """Every message gave one conclusion that cites it alone, and nothing is left to do."""
    connection = await asyncpg.connect(EmbeddedPostgres(data_dir).dsn())
    rows = await connection.fetch(
        """
        SELECT conclusion.content AS concluded, message.content AS said, message.sequence
        FROM conclusion
        JOIN citation ON citation.conclusion_id = conclusion.id
        JOIN message ON message.id = citation.message_id ORDER BY message.sequence
        """
    )
    assert [row["sequence"] for row in rows] == list(range(1, TOTAL + 1))
    for row in rows:
        peer = row["said"].split()[-1].removesuffix("town.")
        assert row["concluded"] == row["said"].rstrip(".").replace("I have", f"{peer} has")
    assert await connection.fetchval("SELECT count(*) FROM conclusion") == TOTAL
    assert await connection.fetchval("SELECT derived_sequence FROM session") == TOTAL

    async def is_nothing_left() -> bool:
        return await connection.fetchval("SELECT count(*) FROM work_item") == 0

    await wait_until(is_nothing_left)  # a worker looks once more before it lets go
    await connection.close()


async def test_concurrent_clients_and_a_late_subscriber_lose_and_repeat_nothing(
    empty_dir: Path,
) -> None:
    async with serve(empty_dir) as server:
        await create_session(server.url)
        talk = Talk(server.url)
        async with talking(talk) as reading:
            pass
        await finish_derivation(server.url)
        await check_messages(talk, empty_dir, reading.result())
        await check_conclusions(empty_dir)
        assert await server.stop() == 0
        assert server.error == ""


async def test_a_kill_in_the_middle_loses_and_repeats_nothing(empty_dir: Path) -> None:
    port = find_free_port()
    async with serve(empty_dir, port=port, LEASE_S="1") as server:
        await create_session(server.url)
        talk = Talk(server.url)
        async with talking(talk) as reading:
            await talk.wait_for(TOTAL // 2)
            server.process.send_signal(signal.SIGKILL)
            await server.wait_for_end()
            assert len(talk.acknowledged) < TOTAL
            async with serve(empty_dir, port=port, LEASE_S="1") as second:
                await talk.wait_for(TOTAL)
                await reading
                await finish_derivation(second.url)
                await check_messages(talk, empty_dir, reading.result())
                await check_conclusions(empty_dir)
                assert await second.stop() == 0
