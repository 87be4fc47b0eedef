"""What a summary is made of: a part of a conversation, and what was said before it, in short."""

from dataclasses import dataclass

from representation.window import Utterance

SHORT_TOKENS = 200
LONG_TOKENS = 600
PART_TOKENS = 6_000
"""More messages are summarised part by part, each going on from the one before."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Messages to summarise, oldest first; those that are not observed only explain the others."""

    utterances: tuple[Utterance, ...]
    previous: str | None
    """The summary of all that came before; the new one tells of that too."""
    most_tokens: int
    """How long the summary may become."""
