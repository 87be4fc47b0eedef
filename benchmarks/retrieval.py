"""Share of the evidence found by search, on a LoCoMo file given by its path.

`python -m benchmarks.retrieval locomo.json`; with `--ablation` also without each feature. A server
of its own, real HTTP, the built-in embedder; a workspace for each conversation, a session for each
of its sessions, both speakers as peers.
"""

import asyncio
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.rig import create_directory, run_measured
from core.settings import Settings
from representation import retrieve
from server.serve import run_http

DEPTHS = (5, 10, 20, 50)
UNANSWERABLE = 5
"""The category of questions whose answer is not in the text."""
BATCH = 100
# Features by what is done without them.
WITHOUT: dict[str, dict[str, object]] = {
    "everything": {},
    "without neighbours": {"NEIGHBOUR_SHARES": ()},
    "without the second neighbour": {"NEIGHBOUR_SHARES": (0.4,)},
    "without who is named": {"AUTHOR_BONUS": 0.0},
    "without times": {"TIME_BONUS": 0.0},
    "without related words": {"RELATED_SHARE": 0.0},
    "without vectors": {"LIKENESS_WEIGHT": 0.0},
    "words alone": {
        "NEIGHBOUR_SHARES": (),
        "AUTHOR_BONUS": 0.0,
        "TIME_BONUS": 0.0,
        "RELATED_SHARE": 0.0,
        "LIKENESS_WEIGHT": 0.0,
    },
}

_SEND = "mutation($input: SendMessagesInput!) { sendMessages(input: $input) { position } }"
_JOIN = "mutation($input: CreateSessionInput!) { createSession(input: $input) { created } }"
_CREATE = "mutation($name: String!) { createWorkspace(input: {name: $name}) { created } }"
_DERIVE = """
mutation($name: String!) { derive(input: {workspace: $name, maxWaitMs: 25000}) {
  derivation { pending leased retrying dead } } }
"""
_SEARCH = """
query($name: String!, $query: String!, $first: Int!) { workspace(name: $name) {
  search(query: $query, targets: [MESSAGES], first: $first) {
    node { ... on Message { clientMessageId } } } } }
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a conversation, and the turns that hold the answer."""

    text: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns by session, as MessageInput, and the questions that they answer."""

    name: str
    sessions: dict[str, list[dict[str, Any]]]
    questions: list[Question]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The mean share of evidence found at each depth, and how long each search took."""

    shares: list[float]
    seconds: list[float]


def read_conversations(path: Path) -> list[Conversation]:
    return [_read_conversation(sample) for sample in orjson.loads(path.read_bytes())]


def _read_conversation(sample: dict[str, Any]) -> Conversation:
    conversation = sample["conversation"]
    sessions: dict[str, list[dict[str, Any]]] = {}
    for number in count(1):
        name = f"session_{number}"
        if f"{name}_date_time" not in conversation:
            break
        start = datetime.strptime(conversation[f"{name}_date_time"], "%I:%M %p on %d %B, %Y")
        sessions[name] = _read_turns(conversation.get(name, []), start.replace(tzinfo=UTC))
    ids = {turn["clientMessageId"] for turns in sessions.values() for turn in turns}
    questions = [
        Question(each["question"], frozenset(_read_ids(each["evidence"])) & ids)
        for each in sample["qa"]
        if each["category"] != UNANSWERABLE
    ]
    return Conversation(
        sample["sample_id"], sessions, [each for each in questions if each.evidence]
    )


def _read_turns(turns: list[dict[str, Any]], start: datetime) -> list[dict[str, Any]]:
    return [
        {
            "peer": turn["speaker"],
            "content": turn["text"],
            "clientMessageId": turn["dia_id"],
            "createdAt": (start + timedelta(minutes=place)).isoformat(),
        }
        for place, turn in enumerate(turns)
        if turn.get("text")
    ]


def _read_ids(evidence: list[str]) -> list[str]:
    return [id_ for each in evidence for id_ in re.findall(r"D\d+:\d+", each)]


class Client:
    """Speaks GraphQL to the server under measurement."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=60)

    async def run(self, operation: str, **variables: Any) -> Any:
        response = await self.http.post(
            "/graphql", json={"query": operation, "variables": variables}
        )
        answer = response.json()
        if answer.get("errors"):
            raise RuntimeError(answer["errors"])
        return answer["data"]

    async def send(self, conversation: Conversation) -> None:
        """Sends a whole conversation into a workspace of its own."""
        await self.run(_CREATE, name=conversation.name)
        for name, turns in conversation.sessions.items():
            place = {"workspace": conversation.name, "session": name}
            members = [{"name": peer, "observeOthers": True} for peer in _list_peers(turns)]
            joining = {"workspace": conversation.name, "name": name, "peers": members}
            await self.run(_JOIN, input=joining)
            for start in range(0, len(turns), BATCH):
                messages = turns[start : start + BATCH]
                await self.run(_SEND, input={**place, "messages": messages})

    async def derive(self, conversation: Conversation) -> None:
        """Waits until all of it is derived and indexed."""
        while True:
            data = await self.run(_DERIVE, name=conversation.name)
            left = data["derive"]["derivation"]
            if left["dead"]:
                raise RuntimeError(f"derivation failed: {left}")
            if not any(left.values()):
                return

    async def search(self, conversation: Conversation, question: Question) -> list[str]:
        """Returns the turns found, the best first."""
        data = await self.run(
            _SEARCH, name=conversation.name, query=question.text, first=DEPTHS[-1]
        )
        return [hit["node"]["clientMessageId"] for hit in data["workspace"]["search"]]


def _list_peers(turns: list[dict[str, Any]]) -> list[str]:
    return sorted({turn["peer"] for turn in turns})


async def measure(client: Client, conversations: list[Conversation]) -> Outcome:
    """Asks every question once, one after the other."""
    shares: list[list[float]] = []
    seconds: list[float] = []
    for conversation in conversations:
        for question in conversation.questions:
            start = time.perf_counter()
            found = await client.search(conversation, question)
            seconds.append(time.perf_counter() - start)
            shares.append([_get_share(question, found[:depth]) for depth in DEPTHS])
    return Outcome([fmean(column) for column in zip(*shares, strict=True)], seconds)


def _get_share(question: Question, found: list[str]) -> float:
    return len(question.evidence.intersection(found)) / len(question.evidence)


@contextmanager
def changed(values: dict[str, object]) -> Iterator[None]:
    """Runs the block with other constants of representation/retrieve.py."""
    before = {name: getattr(retrieve, name) for name in values}
    for name, value in values.items():
        setattr(retrieve, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(retrieve, name, value)


@asynccontextmanager
async def run_server() -> AsyncIterator[Client]:
    path = create_directory()
    try:
        async with run_http(Settings(port=0, data_dir=path / "data")) as serving:
            client = Client(serving.url)
            yield client
            await client.http.aclose()
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def run(console: Console, path: Path, *, is_ablation: bool) -> None:
    """Sends the conversations, asks the questions, prints what was found and how long it took."""
    conversations = await asyncio.to_thread(read_conversations, path)
    turns = sum(len(each) for one in conversations for each in one.sessions.values())
    questions = sum(len(one.questions) for one in conversations)
    async with run_server() as client:
        start = time.perf_counter()
        for conversation in conversations:
            await client.send(conversation)
        sent = time.perf_counter()
        for conversation in conversations:
            await client.derive(conversation)
        console.print(
            f"{len(conversations)} conversations, {turns} turns, {questions} questions; sent in"
            f" {sent - start:.1f} s, derived and indexed {time.perf_counter() - sent:.1f} s later"
        )
        table = Table("", *(f"at {depth}" for depth in DEPTHS), "p50 ms", "p99 ms")
        for name, values in WITHOUT.items() if is_ablation else [("everything", {})]:
            with changed(values):
                outcome = await measure(client, conversations)
            table.add_row(name, *_to_cells(outcome))
        console.print(table)


def _to_cells(outcome: Outcome) -> list[str]:
    p99 = quantiles(outcome.seconds, n=100)[98]
    times = [f"{1000 * each:.0f}" for each in (median(outcome.seconds), p99)]
    return [*(f"{share:.3f}" for share in outcome.shares), *times]


def main(arguments: list[str]) -> None:
    paths = [each for each in arguments if not each.startswith("--")]
    if len(paths) != 1:
        sys.exit("usage: python -m benchmarks.retrieval FILE [--ablation]")
    run_measured(run(Console(), Path(paths[0]), is_ablation="--ablation" in arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
