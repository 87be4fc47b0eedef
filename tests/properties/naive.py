"""semantics.md, told naively: who was in which room when, and so who may know what.

No SQL and nothing of Vantage's own: it is compared with what the database says.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.properties.history import (
    PEERS,
    ForgetMessage,
    ForgetPeer,
    ForgetSession,
    History,
    Join,
    Leave,
    Say,
    SetFlags,
    SetScope,
)


@dataclass(slots=True)
class Spoken:
    """A message that was said, whether or not it was forgotten since."""

    session: str
    life: int
    """Which session of that name it was: deleting one and speaking again makes another."""
    sequence: int
    author: str
    witnesses: set[str]
    """Who was there. Who is deleted was nowhere."""
    observers: set[str]
    """Who of them observed others."""
    is_forgotten: bool = False


@dataclass(slots=True)
class _Flags:
    me: bool | None = None
    others: bool | None = None


@dataclass(slots=True)
class World:
    """What a history has led to."""

    spoken: list[Spoken] = field(default_factory=list)
    """In the order of the utterances."""
    scope: set[str] = field(default_factory=set)
    peers: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PEERS, False))
    """observe_others of each."""
    lives: dict[str, int] = field(default_factory=dict)
    _present: dict[str, dict[str, _Flags]] = field(default_factory=dict)

    def has_session(self, name: str) -> bool:
        return name in self._present

    def find_spoken(self, place: int) -> Spoken | None:
        """Returns the message that `ForgetMessage(place)` means."""
        return self.spoken[place % len(self.spoken)] if self.spoken else None

    def list_live(self, session: str) -> list[Spoken]:
        """Returns every message of the session of that name that is there now, forgotten too."""
        return [
            each
            for each in self.spoken
            if each.session == session and each.life == self.lives.get(session)
        ]

    def join(self, move: Join) -> None:
        if move.session not in self._present:
            self._present[move.session] = {}
            self.lives[move.session] = self.lives.get(move.session, 0) + 1
        flags = self._present[move.session].setdefault(move.peer, _Flags())
        flags.others = flags.others if move.observe_others is None else move.observe_others

    def say(self, move: Say) -> None:
        self.join(Join(move.session, move.peer))
        there = self._present[move.session]
        observing = {
            name
            for name, flags in there.items()
            if (self.peers[name] if flags.others is None else flags.others)
        }
        self.spoken.append(
            Spoken(
                session=move.session,
                life=self.lives[move.session],
                sequence=len(self.list_live(move.session)) + 1,
                author=move.peer,
                witnesses=set(there),
                observers=observing,
            )
        )

    def leave(self, move: Leave) -> None:
        self._present.get(move.session, {}).pop(move.peer, None)

    def set_flags(self, move: SetFlags) -> None:
        if move.observe_others is not None:
            self.peers[move.peer] = move.observe_others

    def set_scope(self, move: SetScope) -> None:
        if self.has_session(move.session):
            (self.scope.add if move.is_in else self.scope.discard)(move.session)

    def forget_message(self, move: ForgetMessage) -> None:
        if spoken := self.find_spoken(move.place):
            spoken.is_forgotten = True

    def forget_session(self, move: ForgetSession) -> None:
        for spoken in self.list_live(move.session):
            spoken.is_forgotten = True
        self._present.pop(move.session, None)
        self.scope.discard(move.session)

    def forget_peer(self, move: ForgetPeer) -> None:
        self.peers[move.peer] = False  # another one of that name
        for there in self._present.values():
            there.pop(move.peer, None)
        for spoken in self.spoken:
            spoken.witnesses.discard(move.peer)
            spoken.observers.discard(move.peer)
            spoken.is_forgotten |= spoken.author == move.peer


_STEPS: dict[type, Callable[..., None]] = {
    Say: World.say,
    Join: World.join,
    Leave: World.leave,
    SetFlags: World.set_flags,
    SetScope: World.set_scope,
    ForgetMessage: World.forget_message,
    ForgetSession: World.forget_session,
    ForgetPeer: World.forget_peer,
}


def imagine(history: History) -> World:
    """Plays a history in thought."""
    world = World()
    for move in history:
        if step := _STEPS.get(type(move)):
            step(world, move)
    return world


@dataclass(frozen=True, slots=True)
class Claimed:
    """A conclusion, by what decides who may see it."""

    observed: str
    windows: tuple[tuple[str, int, int], ...]
    """Session, first and last sequence."""
    cited_authors: frozenset[str]
    is_inferred: bool
    mind: str | None
    """Whose, if it is a mind's; None then is the global one."""


def may_see(
    world: World, observer: str | None, claimed: Claimed, sessions: Iterable[str] | None = None
) -> bool:
    """The rule: an observer sees what rests only on what it witnessed while observing others."""
    places = {name for name, _, _ in claimed.windows}
    if sessions is not None and not places <= set(sessions):
        return False
    if claimed.is_inferred and claimed.mind != observer:
        return False
    if observer is None:
        return True
    if claimed.observed == observer:
        return claimed.cited_authors <= {observer} and all(
            observer in each.witnesses for each in _list_shown(world, claimed)
        )
    return all(observer in each.observers for each in _list_shown(world, claimed))


def _list_shown(world: World, claimed: Claimed) -> list[Spoken]:
    return [
        each
        for name, first, last in claimed.windows
        for each in world.list_live(name)
        if first <= each.sequence <= last
    ]
