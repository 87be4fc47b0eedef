"""The interface every reasoner implements, and the values it takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from representation.dream import Dream, Inference
from representation.statement import Statement
from representation.talk import Talk
from representation.window import Window


@dataclass(frozen=True, slots=True)
class Support:
    """Something the vantage may see that an answer can rest on."""

    id: str
    """Opaque; what a reply cites."""
    peer: str
    """Whom it is about (a conclusion), or who said it (a message)."""
    text: str
    said_at: datetime
    count: int = 1
    """How many times it was found, as far as the vantage can see."""
    is_message: bool = False
    """True: `text` is a peer's own words. False: a statement about `peer` in the third person."""
    sources: tuple[str, ...] = ()
    """For a statement: the ids of the messages it cites."""
    premises: tuple[str, ...] = ()
    """For a contradiction: the ids of the supports that cannot both hold."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question put to `asked`, about `target` if given. `supports` is all it may rest on."""

    query: str
    asked: str
    target: str | None
    now: datetime
    supports: Sequence[Support]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in prose and the ids of the supports it rests on; none: it does not know."""

    text: str
    cites: tuple[str, ...]


class Reasoner(Protocol):
    """Derives statements from windows and answers questions from what a vantage may see."""

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        """Returns the statements the window makes; empty means there is nothing to conclude."""

    async def summarise(self, talk: Talk) -> str:
        """Returns a summary of the talk and what came before it; empty: nothing to tell."""

    async def dream(self, dream: Dream) -> tuple[Inference, ...]:
        """Returns what follows from the memories; every inference names its premises."""

    async def answer(self, question: Question) -> Reply:
        """Returns an answer that cites only `question.supports`."""

    async def close(self) -> None:
        """Ends what it holds open, on the event loop that has used it."""
