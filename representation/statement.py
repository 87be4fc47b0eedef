"""A statement about one peer, as a reasoner makes it; stored, it becomes a conclusion."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How a statement was arrived at."""

    EXPLICIT = "EXPLICIT"
    DEDUCTIVE = "DEDUCTIVE"
    INDUCTIVE = "INDUCTIVE"
    CONTRADICTION = "CONTRADICTION"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about `observed`, resting on the messages in `cites`."""

    observed: str
    content: str
    cites: tuple[int, ...]
    """Sequences of the cited messages, ascending, all inside the window that was shown."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    confidence: float | None = None
    level: Level = Level.EXPLICIT
