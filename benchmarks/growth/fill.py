"""A workspace that grows: messages sent as always, conclusions and index written without workers.

Everything is generated with a seed. Words are as unequally common as in talk (Zipf), two peers
speak in every session, and every other message of the one says something about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import UUID

from core.ids import create_id
from models.database import transaction
from models.embedding import write_embeddings
from models.evidence import NewConclusion, write_explicit
from models.message import MessageRow
from models.search_index import (
    list_unindexed_conclusions,
    write_conclusion_terms,
    write_message_terms,
)
from models.window import WindowRow
from representation.claim import read_claim
from representation.statement import Level
from representation.term_key import to_term_keys
from representation.words import to_terms
from resolvers.message import Utterance, send_messages
from resolvers.services import Services
from resolvers.session import Member, create_session

WORKSPACE = "growth"
SPEAKER, PARTNER = "al", "bo"
GUEST, WITNESS = "cy", "dee"
"""Who was there in the first sessions alone, and who is in all of them."""
GUEST_SESSIONS = 10
SESSION_MESSAGES = 100
"""Also a batch, and a window."""
_WORDS = 20_000
_WORDS_SAID = 12
_CITIES = ("Paris", "Berlin", "Rome", "Oslo", "Madrid", "Vienna", "Prague", "Lisbon")


class Said(NamedTuple):
    """A message, and what is concluded from it, if anything is."""

    author: str
    content: str
    statement: str | None


@dataclass(slots=True)
class Talk:
    """Says something else each time, the same in every run."""

    random: Random = field(default_factory=lambda: Random(7))  # noqa: S311 (no secret)

    def create_query(self) -> str:
        """Three words, one of them rarer than the others."""
        return f"{self._pick_word()} {self._pick_word()} {self._pick_word(least=0.6)}"

    def create_session(self) -> list[Said]:
        return [self._say(place) for place in range(SESSION_MESSAGES)]

    def _say(self, place: int) -> Said:
        words = " ".join(self._pick_word() for _ in range(_WORDS_SAID))
        if place % 2:
            return Said(PARTNER, f"{words}?", None)
        if place % 4:
            return Said(SPEAKER, f"{words}.", None)
        said = self._claim()
        return Said(SPEAKER, f"I {said.format(s='')}. {words}.", f"al {said.format(s='s')}")

    def _claim(self) -> str:
        if self.random.random() < 0.02:
            return f"live{{s}} in {self.random.choice(_CITIES)}"
        return f"like{{s}} {self._pick_word()} {self._pick_word()}"

    def _pick_word(self, *, least: float = 0.0) -> str:
        """`least`: 0 may be the most common, 1 is among the rarest."""
        place = int(_WORDS ** self.random.uniform(least, 1.0))
        return "".join("bdfgklmnprstvz"[place // 14**at % 14] + "aeiou"[at] for at in range(4))


async def add_session(services: Services, workspace_id: UUID, talk: Talk, number: int) -> UUID:
    """Adds a session, derived and indexed; returns its id."""
    name = f"session-{number}"
    names = [SPEAKER, PARTNER, WITNESS, *([GUEST] if number < GUEST_SESSIONS else [])]
    await create_session(
        services,
        WORKSPACE,
        name,
        metadata=None,
        configuration={},
        members=[Member(peer, observe_others=True) for peer in names],
    )
    said = talk.create_session()
    sent = await send_messages(
        services, WORKSPACE, name, [Utterance(each.author, each.content) for each in said]
    )
    await _conclude(services, workspace_id, sent.messages, said)
    await _index(services, workspace_id, sent.messages, said)
    return sent.messages[0].session_id


async def _conclude(
    services: Services, workspace_id: UUID, rows: Sequence[MessageRow], said: Sequence[Said]
) -> None:
    window = WindowRow(rows[0].session_id, 1, len(rows), audience="all")
    new = [
        _to_conclusion(row, each.statement)
        for row, each in zip(rows, said, strict=True)
        if each.statement is not None
    ]
    async with transaction(services.pool) as connection:
        await write_explicit(connection, workspace_id, window, new)


def _to_conclusion(row: MessageRow, statement: str) -> NewConclusion:
    claim = read_claim(SPEAKER, statement)
    return NewConclusion(
        id=create_id(),
        observed_id=row.peer_id,
        content=statement,
        level=Level.EXPLICIT,
        gist=claim.gist,
        topic=claim.topic,
        value=claim.value,
        said_at=row.recorded_at,
        dated_at=row.created_at,
        message_ids=[row.id],
    )


async def _index(
    services: Services, workspace_id: UUID, rows: Sequence[MessageRow], said: Sequence[Said]
) -> None:
    space = str(services.embedder.space)
    texts = [f"{each.author}: {each.content}" for each in said]
    known = await list_unindexed_conclusions(services.pool, rows[0].peer_id, limit=len(rows))
    vectors = await services.embedder.embed([each.content for each in said])
    likes = await services.embedder.embed([each.content for each in known])
    ids = [row.id for row in rows]
    async with transaction(services.pool) as connection:
        await write_message_terms(connection, rows, _to_keys(workspace_id, texts))
        await write_embeddings(
            connection, workspace_id, "message", space, list(zip(ids, vectors, strict=True))
        )
        keys = _to_keys(workspace_id, [each.content for each in known])
        await write_conclusion_terms(connection, known, keys)
        owned = [(each.id, vector) for each, vector in zip(known, likes, strict=True)]
        await write_embeddings(connection, workspace_id, "conclusion", space, owned)


def _to_keys(workspace_id: UUID, texts: Sequence[str]) -> list[list[int]]:
    return [to_term_keys(workspace_id, to_terms(text)) for text in texts]


async def settle(services: Services) -> None:
    """Nothing is left to do, and PostgreSQL knows how large everything is."""
    await services.pool.execute("DELETE FROM work_item")
    await services.pool.execute("UPDATE session SET derived_sequence = last_sequence")
    await services.pool.execute("VACUUM ANALYZE")
