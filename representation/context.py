"""What goes into a model's window: fitted to a token budget, shaped for the providers' APIs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.tokens import count_tokens

REPRESENTATION_SHARE = 0.4
"""Of the budget, at most, for what one peer makes of another."""
MESSAGE_OVERHEAD_TOKENS = 4
"""What chat formats spend on a message beyond its author and content, at most."""

# https://platform.openai.com/docs/api-reference/chat: names have no other characters.
_OPENAI_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_OPENAI_NAME_CHARACTERS = 64
_CONVERSATION_STARTS = "(The conversation so far.)"


SUMMARY_SHARE = 0.4
"""Of the budget, at most, for a summary of what came before the messages."""
SUMMARY_OVERHEAD_TOKENS = 20
"""What a summary takes beside its content: its heading, at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a model is shown it."""

    author: str
    content: str
    content_tokens: int
    sequence: int


def count_line_tokens(line: Line) -> int:
    """Counts what a message takes of the budget in any of the shapes."""
    return line.content_tokens + count_tokens(line.author) + MESSAGE_OVERHEAD_TOKENS


def fit_lines(newest_first: Sequence[Line], budget_tokens: int) -> tuple[int, int]:
    """Returns how many of the newest lines fit, without a gap, and the tokens they take."""
    used = 0
    for count, line in enumerate(newest_first):
        tokens = count_line_tokens(line)
        if used + tokens > budget_tokens:
            return count, used
        used += tokens
    return len(newest_first), used


@dataclass(frozen=True, slots=True)
class Brief:
    """A summary that could come before the messages."""

    first_sequence: int
    last_sequence: int
    content: str
    tokens: int
    """With its heading."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a budget is filled with: so many of the newest lines, and what comes before them."""

    brief: Brief | None
    count: int
    tokens: int


def fill_budget(
    newest_first: Sequence[Line], briefs: Sequence[Brief], budget_tokens: int
) -> Filling:
    """Fills a budget with the newest lines, and with the brief that adds most to them.

    A brief that reaches the lines goes before one that leaves a gap, then the one with which most
    messages are told of. Lines that it tells of are left out, but the newest that fit into half of
    what it leaves stay; if none tells of more than the lines alone would, there is none.
    """
    count, tokens = fit_lines(newest_first, budget_tokens)
    best, best_worth = Filling(None, count, tokens), (False, count)
    for brief in briefs:
        fresh = [line for line in newest_first if line.sequence > brief.last_sequence]
        kept, used = fit_lines(fresh, budget_tokens - brief.tokens)
        least, _ = fit_lines(newest_first, (budget_tokens - brief.tokens) // 2)
        if kept < least:
            continue
        is_next = kept == len(fresh) and _reaches(brief, newest_first)
        told = brief.last_sequence - brief.first_sequence + 1 + kept
        worth = (is_next, told)
        if brief.tokens <= budget_tokens and told > count and worth > best_worth:
            best, best_worth = Filling(brief, kept, brief.tokens + used), worth
    return best


def _reaches(brief: Brief, newest_first: Sequence[Line]) -> bool:
    """Tells whether nothing was said between a brief and the oldest of the lines."""
    return bool(newest_first) and brief.last_sequence + 1 >= newest_first[-1].sequence


def head_brief(brief: Brief) -> str:
    """Returns a summary as a model is shown it."""
    return f"Messages {brief.first_sequence} to {brief.last_sequence}, in short:\n{brief.content}"


def to_openai(lines: Sequence[Line], *, assistant: str, system: str) -> list[dict[str, Any]]:
    """Shapes lines (oldest first) for OpenAI's chat completions.

    The assistant's own messages have its role, everybody else is a named user. A name that the
    API would refuse is spelled with underscores, and in full before the content.
    """
    messages: list[dict[str, Any]] = []
    if system:
        messages.append({"role": "system", "content": system})
    return messages + [_to_openai_message(line, assistant) for line in lines]


def to_anthropic(lines: Sequence[Line], *, assistant: str, system: str) -> dict[str, Any]:
    """Shapes lines (oldest first) for Anthropic's messages: roles alternate, a user is first.

    Users have no names there, so every line but the assistant's starts with its author's.
    """
    turns: list[dict[str, Any]] = []
    for line in lines:
        role = _get_role(line, assistant)
        content = line.content if role == "assistant" else f"{line.author}: {line.content}"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += "\n" + content
        elif not turns and role == "assistant":
            turns.append({"role": "user", "content": _CONVERSATION_STARTS})
            turns.append({"role": role, "content": content})
        else:
            turns.append({"role": role, "content": content})
    return {"system": system, "messages": turns}


def _to_openai_message(line: Line, assistant: str) -> dict[str, Any]:
    role = _get_role(line, assistant)
    name = _OPENAI_NAME.sub("_", line.author)[:_OPENAI_NAME_CHARACTERS]
    is_spelled_out = role == "user" and name != line.author
    content = f"{line.author}: {line.content}" if is_spelled_out else line.content
    return {"role": role, "name": name, "content": content}


def _get_role(line: Line, assistant: str) -> str:
    return "assistant" if line.author == assistant else "user"
