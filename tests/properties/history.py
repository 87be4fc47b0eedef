"""Random histories: what peers do in a workspace, as plain data that can be played and shrunk."""

from dataclasses import dataclass

from hypothesis import strategies as st

PEERS = ("al", "bo", "cy")
SESSIONS = ("room", "hall", "yard")
SCOPE = "some"

SENTENCES = (
    "I live in Paris.",
    "I live in Rome.",
    "I moved to Berlin.",
    "I don't live in Rome.",
    "I like tea.",
    "I don't like tea.",
    "I hate tea.",
    "I no longer like tea.",
    "I am married.",
    "I am divorced.",
    "I am a vegetarian.",
    "I am not a vegetarian.",
    "I have two dogs.",
    "I have no dogs.",
    "I am allergic to nuts.",
    "I need a break.",
    "I am a teacher. I work at Google.",
    "I will attack Cy.",
    "I won't attack Cy.",
    "Al lives in Oslo.",
    "Bo likes tea.",
    "Cy hates tea.",
    "Hello there!",
    "What about you?",
    "Yesterday I met Bo, and tomorrow I am going to see the doctor about my knee, which hurts. "
    "I like tea. I have two dogs. I live in a small house near the river with my whole family.",
)
"""Statements that repeat, supersede and contradict each other, short and long, and none at all."""


@dataclass(frozen=True, slots=True)
class Say:
    """One utterance, and what is said in its place when it is replaced."""

    session: str
    peer: str
    text: str
    other: str
    is_reasoned: bool | None = None


@dataclass(frozen=True, slots=True)
class Join:
    session: str
    peer: str
    observe_me: bool | None = None
    observe_others: bool | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    session: str
    peer: str


@dataclass(frozen=True, slots=True)
class SetFlags:
    """Of the peer itself; None: as it is."""

    peer: str
    observe_me: bool | None = None
    observe_others: bool | None = None


@dataclass(frozen=True, slots=True)
class Configure:
    """One switch (section and key), of a session or of the workspace."""

    session: str | None
    section: str
    key: str
    value: bool | None


@dataclass(frozen=True, slots=True)
class SetScope:
    """Puts a session into the scope, or takes it out."""

    session: str
    is_in: bool


@dataclass(frozen=True, slots=True)
class ForgetMessage:
    """The one at this place of all that were said, counted around."""

    place: int


@dataclass(frozen=True, slots=True)
class ForgetSession:
    session: str


@dataclass(frozen=True, slots=True)
class ForgetPeer:
    peer: str


@dataclass(frozen=True, slots=True)
class Dream:
    observer: str | None
    observed: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Everything that is pending is derived, compared and dreamt."""


Move = (
    Say
    | Join
    | Leave
    | SetFlags
    | Configure
    | SetScope
    | ForgetMessage
    | ForgetSession
    | ForgetPeer
    | Dream
    | Settle
)
History = tuple[Move, ...]

_peers = st.sampled_from(PEERS)
_sessions = st.sampled_from(("room", "room", "hall", "hall", "yard"))
_sentences = st.sampled_from(SENTENCES)
_flag = st.sampled_from((None, True, False))
_switches = st.sampled_from(
    (("reasoning", "enabled"), ("peer_card", "create"), ("dream", "enabled"))
)

_says = st.builds(
    Say, _sessions, _peers, _sentences, _sentences, st.sampled_from((*[None] * 8, True, False))
)
_joins = st.builds(Join, _sessions, _peers, _flag, st.sampled_from((True, True, None, False)))
_configurations = st.builds(
    lambda session, switch, value: Configure(session, switch[0], switch[1], value),
    st.none() | _sessions,
    _switches,
    _flag,
)
_changes: dict[str, st.SearchStrategy[Move]] = {
    "join": _joins,
    "leave": st.builds(Leave, _sessions, _peers),
    "settle": st.just(Settle()),
    "dream": st.builds(Dream, st.none() | _peers, _peers),
    "flags": st.builds(SetFlags, _peers, _flag, _flag),
    "configure": _configurations,
    "scope": st.builds(SetScope, _sessions, st.sampled_from((True, True, False))),
    "forget message": st.builds(ForgetMessage, st.integers(0, 15)),
    "forget session": st.builds(ForgetSession, _sessions),
    "forget peer": st.builds(ForgetPeer, _peers),
}
_OFTEN = ("join", "leave", "settle", "dream", "scope", "forget message")


@st.composite
def _scenes(draw: st.DrawFn) -> list[Move]:
    """Something changes, and somebody says something."""
    change = draw(st.sampled_from((*_OFTEN, *_OFTEN, *_changes)))
    return [draw(_changes[change]), *draw(st.lists(_says, min_size=1, max_size=3))]


def histories() -> st.SearchStrategy[History]:
    """Some meet, and then a few scenes follow: about a dozen messages."""
    return st.tuples(
        st.lists(_joins, min_size=3, max_size=6), st.lists(_scenes(), min_size=3, max_size=9)
    ).map(lambda parts: (*parts[0], *(move for scene in parts[1] for move in scene)))
