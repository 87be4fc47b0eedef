"""Plays histories against a real database, with workers that are run by hand."""

import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import singledispatch
from typing import Any
from uuid import UUID, uuid4

from core.hints import Hints
from core.queue import WakeUps, create_broker
from models.database import open_pool, transaction
from models.mind import get_mind
from models.peer import lock_peers
from models.visibility import Vantage
from models.work import DREAM, add_work, ask_for_derivation
from resolvers import forget, peer, scope, session, workspace
from resolvers.key import ANYBODY
from resolvers.key_watch import KeyWatch
from resolvers.outbox import Draft
from resolvers.representation import holds_model
from resolvers.services import Services
from resolvers.session import Member
from schema.context import Context
from schema.schema import Schema, create_schema
from tests.conftest import create_settings
from tests.properties.history import (
    PEERS,
    SCOPE,
    Configure,
    Dream,
    ForgetMessage,
    ForgetPeer,
    ForgetSession,
    History,
    Join,
    Leave,
    Move,
    Say,
    SetFlags,
    SetScope,
    Settle,
)
from tests.properties.naive import World, imagine
from tests.properties.reasoner import IndiscreetReasoner
from tests.properties.tails import HandTails
from tests.room import create_outbox
from workers.actor import look_at_subject
from workers.workshop import Workshop

WINDOW_TOKENS = 60
"""Small, so that windows are cut by their size as well."""
SUMMARIES = {"messages_per_short_summary": 2, "messages_per_long_summary": 3}
"""Often, so that short histories have some."""
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the first message was said, by its sender; the others follow by the minute."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Services and workers over one database, and the schema to read through."""

    services: Services
    workshop: Workshop
    schema: Schema
    tails: HandTails

    def create_context(self) -> Context:
        """Returns that of a request that may read anything: the vantage alone narrows it."""
        return Context(self.services, ANYBODY)


@dataclass(slots=True)
class Play:
    """A history as it was played in a workspace of its own."""

    stage: Stage
    workspace: str
    workspace_id: UUID
    texts: Sequence[str]
    """What is said, utterance by utterance."""
    messages: list[UUID] = field(default_factory=list)
    done: list[Move] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    """After each time that everything was derived."""

    @property
    def world(self) -> World:
        return imagine(tuple(self.done))


@asynccontextmanager
async def open_stage(dsn: str) -> AsyncIterator[Stage]:
    """Opens a database for playing. It need not survive a crash, which makes it faster."""
    settings = create_settings(
        dsn, derive_batch_age_s=86_400, derive_batch_tokens=WINDOW_TOKENS, lease_s=3_600
    )
    pool = await open_pool(dsn, connections=8)
    try:
        name = await pool.fetchval("SELECT current_database()")
        await pool.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        await pool.expire_connections()
        reasoner, hints, tails = IndiscreetReasoner(), Hints(), HandTails(pool)
        services = Services(
            settings=settings,
            pool=pool,
            hints=hints,
            wake_ups=WakeUps(create_broker(None)),
            reasoner=reasoner,
            outbox=create_outbox(pool),
            tails=tails,
            key_watch=KeyWatch(pool, poll_s=3_600),
        )
        yield Stage(services, Workshop(settings, pool, hints, reasoner), create_schema(), tails)
    finally:
        pool.terminate()


def choose_texts(history: History, is_replaced: Callable[[int], bool]) -> list[str]:
    """Returns what is said, with the other text in the places that are replaced."""
    says = [move for move in history if isinstance(move, Say)]
    return [each.other if is_replaced(place) else each.text for place, each in enumerate(says)]


async def begin_play(stage: Stage, texts: Sequence[str]) -> Play:
    """Makes a workspace with its peers, its scope and nobody in any session."""
    name = f"w-{uuid4().hex}"
    row, _ = await workspace.create_workspace(
        stage.services, name, metadata={}, configuration={"summary": SUMMARIES}
    )
    async with transaction(stage.services.pool) as connection:
        await lock_peers(connection, row.id, list(PEERS))
    await scope.create_scope(stage.services, name, SCOPE, metadata={}, sessions=())
    return Play(stage, name, row.id, texts)


async def play(stage: Stage, history: History, texts: Sequence[str]) -> Play:
    """Plays a whole history, and derives everything in the end."""
    played = await begin_play(stage, texts)
    for move in (*history, Settle()):
        await make_move(played, move)
    return played


async def make_move(played: Play, move: Move) -> None:
    await _make(move, played)
    played.done.append(move)


@singledispatch
async def _make(move: Move, played: Play) -> None:
    raise TypeError(move)


@_make.register
async def _(move: Say, played: Play) -> None:
    place = len(played.messages)
    draft = Draft(
        move.peer,
        played.texts[place],
        created_at=BEGIN + timedelta(minutes=place),
        is_reasoned=move.is_reasoned,
    )
    sent = await played.stage.services.outbox.send(played.workspace, move.session, [draft])
    played.messages.append(sent.messages[0].id)


@_make.register
async def _(move: Join, played: Play) -> None:
    await session.create_session(
        played.stage.services,
        played.workspace,
        move.session,
        metadata={},
        configuration={},
        members=[Member(move.peer, move.observe_me, move.observe_others)],
    )


@_make.register
async def _(move: Leave, played: Play) -> None:
    if played.world.has_session(move.session):
        await session.leave(
            played.stage.services, played.workspace, move.session, peer_names=[move.peer]
        )


@_make.register
async def _(move: SetFlags, played: Play) -> None:
    await peer.update_peer(
        played.stage.services,
        played.workspace,
        move.peer,
        metadata=None,
        observe_me=move.observe_me,
        observe_others=move.observe_others,
    )


@_make.register
async def _(move: Configure, played: Play) -> None:
    services, name = played.stage.services, played.workspace
    changes: dict[str, Any] = {move.section: {move.key: move.value}}
    if move.session is None:
        await workspace.update_workspace(services, name, metadata=None, configuration=changes)
    elif played.world.has_session(move.session):
        await session.update_session(
            services,
            name,
            move.session,
            metadata=None,
            configuration=changes,
            is_active=None,
        )


@_make.register
async def _(move: SetScope, played: Play) -> None:
    if played.world.has_session(move.session):
        added, removed = ([move.session], []) if move.is_in else ([], [move.session])
        await scope.update_scope(
            played.stage.services,
            played.workspace,
            SCOPE,
            metadata=None,
            added=added,
            removed=removed,
        )


@_make.register
async def _(move: ForgetMessage, played: Play) -> None:
    if played.messages:
        id_ = played.messages[move.place % len(played.messages)]
        await forget.delete_messages(played.stage.services, [id_])


@_make.register
async def _(move: ForgetSession, played: Play) -> None:
    await forget.delete_session(played.stage.services, played.workspace, move.session)


@_make.register
async def _(move: ForgetPeer, played: Play) -> None:
    await forget.delete_peer(played.stage.services, played.workspace, move.peer)
    async with transaction(played.stage.services.pool) as connection:
        # Another one of that name.
        await lock_peers(connection, played.workspace_id, [move.peer])


@_make.register
async def _(move: Dream, played: Play) -> None:
    """As the resolver asks for it, without waiting for workers that nobody runs."""
    services, workspace_id = played.stage.services, played.workspace_id
    names = {move.observed, *([move.observer] if move.observer else [])}
    async with transaction(services.pool) as connection:
        peers = await lock_peers(connection, workspace_id, sorted(names))
        observer_id = peers[move.observer].id if move.observer else None
        observed_id = peers[move.observed].id
        if not await holds_model(services, Vantage(workspace_id, observer_id), observed_id):
            return
        mind_id = await get_mind(connection, workspace_id, observer_id, observed_id)
        await add_work(connection, workspace_id, DREAM, [mind_id])


@_make.register
async def _(_: Settle, played: Play) -> None:
    pool, workspace_id = played.stage.services.pool, played.workspace_id
    await ask_for_derivation(pool, workspace_id, None)
    for rounds in itertools.count():
        due = await pool.fetch(
            """
            SELECT kind, subject_id FROM work_item WHERE workspace_id = $1 AND due_at <= now()
            ORDER BY kind, subject_id
            """,
            workspace_id,
        )
        if not due:
            break
        assert rounds < 20, "work is due again and again"
        for kind, subject_id in due:
            await look_at_subject(played.stage.workshop, kind, subject_id)
    left = await pool.fetch("SELECT * FROM work_item WHERE workspace_id = $1", workspace_id)
    assert not left, "work has failed, or waits for nobody"
    played.moments.append(await pool.fetchval("SELECT clock_timestamp()"))
