"""Dreaming: what one mind makes of what it may see of one peer; values in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from representation.statement import Level


@dataclass(frozen=True, slots=True)
class Memory:
    """Something explicit that the mind may see, and in which session it was said."""

    id: UUID
    content: str
    gist: str
    session_id: UUID
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Dream:
    """All that one mind may see of one peer, the oldest first; what is outdated is left out."""

    observed: str
    memories: Sequence[Memory]


@dataclass(frozen=True, slots=True)
class Inference:
    """A statement that follows from others."""

    content: str
    level: Level
    premises: Sequence[Memory]
