"""A representation as text for a prompt, within a token budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.tokens import count_tokens


@dataclass(frozen=True, slots=True)
class Known:
    """A statement that a vantage can see, and how often it was made."""

    content: str
    dated_at: datetime
    support: int


@dataclass(frozen=True, slots=True)
class RepresentationText:
    """A text, its exact tokens, and how many of the statements it has room for."""

    text: str
    token_count: int
    statement_count: int


def write_representation(
    observed: str,
    observer: str | None,
    statements: Sequence[Known],
    *,
    budget_tokens: int | None = None,
) -> RepresentationText:
    """Writes as many statements, in their order, as the budget holds; none: no text at all.

    Dates are days in UTC. Without a budget all statements are written.
    """
    heading = _create_heading(observed, observer)
    lines: list[str] = []
    text, tokens = "", 0
    for known in statements:
        longer = "\n".join([heading, *lines, _create_line(known)])
        longer_tokens = count_tokens(longer)
        if budget_tokens is not None and longer_tokens > budget_tokens:
            break
        lines.append(_create_line(known))
        text, tokens = longer, longer_tokens
    return RepresentationText(text, tokens, len(lines))


def _create_heading(observed: str, observer: str | None) -> str:
    if observer is None:
        return f"What is known about {observed}, newest first:"
    if observer == observed:
        return f"What {observed} said about themselves, newest first:"
    return f"What {observer} knows about {observed}, newest first:"


def _create_line(known: Known) -> str:
    times = "" if known.support == 1 else f", {known.support} times"
    return f"- {known.content} (said {known.dated_at:%Y-%m-%d}{times})"
