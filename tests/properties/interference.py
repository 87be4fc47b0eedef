"""Looks for interference: what somebody reads that depends on what they cannot see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.properties.history import PEERS, SESSIONS, Dream, History, Say, histories
from tests.properties.naive import imagine
from tests.properties.reading import Eye, read
from tests.properties.stage import Stage, choose_texts, play

_observers = st.sampled_from(PEERS)
_subsets = st.lists(st.sampled_from(SESSIONS), max_size=2, unique=True).map(tuple)
_whole_eyes = st.builds(Eye, _observers, st.booleans())
_narrow_eyes = st.one_of(
    st.builds(Eye, _observers, st.booleans(), is_scoped=st.just(True)),
    st.builds(Eye, st.none() | _observers, sessions=_subsets),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A history, and those who look at it."""

    history: History
    eyes: tuple[Eye, ...]


def examples() -> st.SearchStrategy[Example]:
    """Histories, with those who look at all of it or those who look under a scope.

    The latter have no dreams. A mind dreams of all that it may see, so that what it makes of the
    sessions in a scope depends on those outside, which are no secret to it; decision 6.
    """
    whole = st.builds(Example, histories(), _some(_whole_eyes))
    return st.one_of(whole, whole, st.builds(Example, histories().map(_wake), _some(_narrow_eyes)))


def _some(eyes: st.SearchStrategy[Eye]) -> st.SearchStrategy[tuple[Eye, ...]]:
    return st.lists(eyes, min_size=2, max_size=4, unique=True).map(tuple)


def _wake(history: History) -> History:
    return tuple(move for move in history if not isinstance(move, Dream))


class Interference(AssertionError):
    """Somebody reads something that depends on what they cannot see."""


def list_hidden(history: History, eye: Eye) -> set[int]:
    """Returns which utterances the eye cannot see, of those that another text can replace."""
    world = imagine(history)
    says = [move for move in history if isinstance(move, Say)]
    return {
        place
        for place, (said, spoken) in enumerate(zip(says, world.spoken, strict=True))
        if said.text != said.other and not eye.sees(world, spoken)
    }


async def check_interference(stage: Stage, example: Example) -> int:
    """Fails if an eye reads anything else when what it cannot see is replaced.

    Returns how many eyes had something hidden from them.
    """
    history = example.history
    hidden = {eye: found for eye in example.eyes if (found := list_hidden(history, eye))}
    if not hidden:
        return 0
    played = await play(stage, history, choose_texts(history, lambda _: False))
    for eye, places in hidden.items():
        texts = choose_texts(history, places.__contains__)
        other = await play(stage, history, texts)
        compare(await read(played, eye), await read(other, eye), eye)
    return len(hidden)


def compare(one: Any, other: Any, eye: Eye, path: str = "") -> None:
    """Fails at the first place where two readings differ, and names it."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        for key in one:
            compare(one[key], other[key], eye, f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (here, there) in enumerate(zip(one, other, strict=True)):
            compare(here, there, eye, f"{path}[{place}]")
    elif one != other:
        raise Interference(f"{eye} reads at {path}: {one!r}, and {other!r} after the replacement")
