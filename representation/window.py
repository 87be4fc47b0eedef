"""What a reasoner is shown: one window of messages that all had the same audience."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message as the reasoner sees it."""

    sequence: int
    author: str
    content: str
    created_at: datetime
    """As the sender dates it; relative dates in `content` are relative to it. Aware."""
    is_observed: bool
    """False: context only, nothing may be concluded about the author from it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A contiguous run of one session's messages, oldest first (semantics.md, rule 6)."""

    session: str
    utterances: tuple[Utterance, ...]
    instructions: str | None = None
    """What whoever runs the workspace wants to be looked for, as of when the messages were
    written; the same for all of them."""
