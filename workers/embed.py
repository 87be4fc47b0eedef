"""Indexes what was said and concluded: the terms and vectors that search finds it by."""

from collections.abc import Sequence
from uuid import UUID

from models.conclusion import ConclusionRow
from models.database import transaction
from models.embedding import write_embeddings
from models.evidence import hold_conclusions
from models.message import MessageRow, hold_messages
from models.peer import list_peers_by_id
from models.search_index import (
    list_unindexed_conclusions,
    list_unindexed_messages,
    write_conclusion_terms,
    write_message_terms,
)
from models.session import hold_session
from models.work import Lease, finish_whole_work, keep_lease
from representation.term_key import to_term_keys
from representation.words import to_terms
from workers.lease import LeaseLost
from workers.workshop import Workshop

TEXTS_AT_ONCE = 100


async def embed_messages(workshop: Workshop, lease: Lease) -> None:
    """Indexes the messages of the leased session; raises LeaseLost if another took over."""
    while True:
        rows = await list_unindexed_messages(workshop.pool, lease.subject_id, limit=TEXTS_AT_ONCE)
        if rows:
            await _index_messages(workshop, lease, rows)
        elif await _end(workshop, lease):
            return


async def _index_messages(workshop: Workshop, lease: Lease, rows: list[MessageRow]) -> None:
    """Writes nothing if one of them was forgotten meanwhile: the rest is read anew."""
    vectors = await workshop.embedder.embed([row.content for row in rows])
    authors = await list_peers_by_id(workshop.pool, list({row.peer_id for row in rows}))
    names = {peer.id: peer.name for peer in authors}
    async with transaction(workshop.pool) as connection:
        if not await hold_messages(connection, [row.id for row in rows]):
            return
        # A name is a word of all its peer says: who asks for it may mean the author.
        texts = [f"{names[row.peer_id]}: {row.content}" for row in rows]
        await write_message_terms(connection, rows, _to_keys(lease.workspace_id, texts))
        await write_embeddings(
            connection,
            lease.workspace_id,
            "message",
            str(workshop.embedder.space),
            [(row.id, vector) for row, vector in zip(rows, vectors, strict=True)],
        )
        if not await keep_lease(connection, lease, reached=rows[-1].transaction):
            raise LeaseLost(str(lease.subject_id))


async def _end(workshop: Workshop, lease: Lease) -> bool:
    """Ends the work; False: something was said after the look, so go on.

    The session's row is held, so that nobody writes a message between the look and the end.
    """
    async with transaction(workshop.pool) as connection:
        await hold_session(connection, lease.subject_id)
        if await list_unindexed_messages(connection, lease.subject_id, limit=1):
            return False
        if not await finish_whole_work(connection, lease):
            raise LeaseLost(str(lease.subject_id))
    return True


async def embed_conclusions(workshop: Workshop, lease: Lease) -> None:
    """Indexes what was concluded of the leased peer; raises LeaseLost if another took over."""
    while rows := await list_unindexed_conclusions(
        workshop.pool, lease.subject_id, limit=TEXTS_AT_ONCE
    ):
        await _index_conclusions(workshop, lease, rows)
    async with transaction(workshop.pool) as connection:
        if not await finish_whole_work(connection, lease):
            raise LeaseLost(str(lease.subject_id))


async def _index_conclusions(workshop: Workshop, lease: Lease, rows: list[ConclusionRow]) -> None:
    vectors = await workshop.embedder.embed([row.content for row in rows])
    async with transaction(workshop.pool) as connection:
        if not await hold_conclusions(connection, [row.id for row in rows]):
            return
        keys = _to_keys(lease.workspace_id, [row.content for row in rows])
        await write_conclusion_terms(connection, rows, keys)
        await write_embeddings(
            connection,
            lease.workspace_id,
            "conclusion",
            str(workshop.embedder.space),
            [(row.id, vector) for row, vector in zip(rows, vectors, strict=True)],
        )
        if not await keep_lease(connection, lease):
            raise LeaseLost(str(lease.subject_id))


def _to_keys(workspace_id: UUID, texts: Sequence[str]) -> list[list[int]]:
    return [to_term_keys(workspace_id, to_terms(text)) for text in texts]
