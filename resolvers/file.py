"""Importing files: their text becomes messages of one peer."""

import hashlib
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from core.errors import BadInput, PayloadTooLarge
from core.limits import (
    BATCH_MESSAGES,
    FILE_BYTES,
    FILE_MESSAGES,
    check_metadata,
    check_name,
    check_text,
)
from core.pdf import list_pages
from core.thread import run_in_thread
from models.database import transaction
from models.event import EventKind, add_event
from representation.document import File, FileKind, Piece, cut_file, cut_pages, get_kind
from resolvers.message import Utterance, send_messages
from resolvers.outbox import Sent
from resolvers.services import Services

_MARK = "file"
"""The key of the metadata that says which part of which file a message is."""


async def import_file(
    services: Services,
    workspace: str,
    session: str,
    file: File,
    *,
    peer: str,
    metadata: Any,
    created_at: datetime | None,
) -> Sent:
    """Sends a file's text as messages of the peer, in batches, telling after each how far it is.

    Everything is checked before the first is written. What keeps it from being written to the
    end, a database that is away, say, is made good by importing the same again: what is there
    already is found, not written twice.
    """
    for label, name in (("workspace", workspace), ("session", session), ("peer", peer)):
        check_name(f"{label} name", name)
    check_metadata("metadata", metadata)
    own = dict(metadata or {})
    if _MARK in own:
        raise BadInput(f'metadata has the key "{_MARK}", which the import sets itself')
    pieces = await _read(file)
    key = _get_key(file, own, created_at)
    utterances = [
        Utterance(
            peer=peer,
            content=piece.text,
            metadata={**own, _MARK: _describe(file, piece, part, len(pieces))},
            created_at=created_at,
            client_message_id=f"file-{key}-{part}",
        )
        for part, piece in enumerate(pieces, start=1)
    ]
    check_metadata("metadata", utterances[-1].metadata)
    return await _send(services, workspace, session, utterances)


async def _read(file: File) -> list[Piece]:
    """Returns what the file says, in pieces; raises BadInput if there is nothing to be read."""
    check_name("file name", file.name)
    label = f'file "{file.name}"'
    if len(file.data) > FILE_BYTES:
        raise PayloadTooLarge(f"{label} is {len(file.data)} bytes long, at most {FILE_BYTES}")
    kind = get_kind(file)
    pages = await list_pages(label, file.data) if kind is FileKind.PDF else []

    def cut() -> list[Piece]:
        pieces = cut_pages(pages) if kind is FileKind.PDF else cut_file(file, kind)
        return list(islice(pieces, FILE_MESSAGES + 1))

    pieces = await run_in_thread(cut)
    if not pieces:
        raise BadInput(f"{label} holds no text")
    if len(pieces) > FILE_MESSAGES:
        raise BadInput(f"{label} makes more than {FILE_MESSAGES} messages; split it")
    for piece in pieces:
        check_text(label, piece.text)
    return pieces


def _describe(file: File, piece: Piece, part: int, parts: int) -> dict[str, Any]:
    place = {"name": file.name, "part": part, "parts": parts}
    return place if piece.page is None else {**place, "page": piece.page}


def _get_key(file: File, metadata: dict[str, Any], created_at: datetime | None) -> str:
    """Returns what is equal for the same file imported in the same way, and for no other."""
    digest = hashlib.sha256(file.data)
    told = (file.name, file.media_type, metadata, created_at and created_at.isoformat())
    digest.update(orjson.dumps(told, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()[:32]


async def _send(
    services: Services, workspace: str, session: str, utterances: list[Utterance]
) -> Sent:
    rows = []
    for start in range(0, len(utterances), BATCH_MESSAGES):
        batch = utterances[start : start + BATCH_MESSAGES]
        sent = await send_messages(services, workspace, session, batch)
        rows += sent.messages
        await _tell_progress(services, sent, done=len(rows), of=len(utterances))
    return Sent(rows, max(row.position for row in rows))


async def _tell_progress(services: Services, sent: Sent, *, done: int, of: int) -> None:
    first = sent.messages[0]
    async with transaction(services.pool) as connection:
        await add_event(
            connection,
            first.workspace_id,
            kind=EventKind.FILE_PART_IMPORTED,
            session_id=first.session_id,
            peer_id=first.peer_id,
            data=orjson.dumps({"messages": done, "of": of}).decode(),
        )
    services.hints.notify(first.workspace_id)
