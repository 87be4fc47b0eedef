"""What an observer is sent, step by step, while a history is played in front of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from resolvers import session
from tests.properties.history import PEERS, SESSIONS, History, Say, Settle
from tests.properties.interference import compare
from tests.properties.naive import imagine
from tests.properties.reading import Eye, Ordinals
from tests.properties.stage import Play, Stage, begin_play, choose_texts, make_move

_MESSAGES = """
subscription($w: String!, $o: String!, $s: String!) {
  messages(workspace: $w, session: $s, after: 0, vantage: $o) {
    kind sequence message { id content witnesses { name } conclusions { content confidence } }
  }
}
"""
_REPRESENTATION = """
subscription($w: String!, $o: String!, $p: String!) {
  representation(workspace: $w, observed: $p, observer: $o) {
    kind added { id content support confidence retiredAt } retired
    representation { text card conclusions { id content supersededBy { id } } }
  }
}
"""


TIMEOUT_S = 60.0


async def check_what_is_sent(stage: Stage, history: History, observer: str) -> bool:
    """Fails if an observer is sent anything else when what it did not witness is replaced.

    Nobody and no session is forgotten in the history: that ends streams. Returns whether anything
    was replaced.
    """
    original = choose_texts(history, lambda _: False)
    texts = choose_texts(history, _list_hidden(history, observer).__contains__)
    if texts == original:
        return False
    one = await _play_before(stage, history, original, observer)
    other = await _play_before(stage, history, texts, observer)
    compare(one, other, Eye(observer))
    return True


def _list_hidden(history: History, observer: str) -> set[int]:
    world = imagine(history)
    return {place for place, each in enumerate(world.spoken) if observer not in each.witnesses}


async def _play_before(
    stage: Stage, history: History, texts: list[str], observer: str
) -> list[list[Any]]:
    """Plays in front of an observer that follows everything it can; returns what it was sent."""
    played = await begin_play(stage, texts)
    async with asyncio.timeout(TIMEOUT_S), _follow(played, observer) as streams:
        for move in (*history, Settle()):
            await make_move(played, move)
            if isinstance(move, Say | Settle):
                await stage.tails.turn(played.workspace_id)
    return [Ordinals().replace_all(stream) for stream in streams]


@asynccontextmanager
async def _follow(played: Play, observer: str) -> AsyncIterator[list[list[Any]]]:
    """Follows every session and every peer as the observer, for the block."""
    for name in SESSIONS:
        await session.create_session(
            played.stage.services,
            played.workspace,
            name,
            metadata={},
            configuration={},
            members=(),
        )
    wanted = [(_MESSAGES, {"s": name}) for name in SESSIONS]
    wanted += [(_REPRESENTATION, {"p": name}) for name in PEERS]
    streams: list[list[Any]] = [[] for _ in wanted]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_collect(played, document, {"o": observer, **more}, stream))
            for (document, more), stream in zip(wanted, streams, strict=True)
        ]
        await played.stage.tails.wait_for_followers(played.workspace_id, len(wanted))
        yield streams
        for task in tasks:
            task.cancel()


async def _collect(
    played: Play, document: str, variables: dict[str, str], stream: list[Any]
) -> None:
    results = await played.stage.schema.subscribe(
        document,
        variable_values={"w": played.workspace, **variables},
        context_value=played.stage.create_context(),
    )
    async for result in results:
        assert not result.errors, result.errors
        stream.append(result.data)
