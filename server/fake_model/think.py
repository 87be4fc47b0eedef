"""What the server answers when nothing else is ordered: what the built-in rules would say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from representation.builtin.derive import derive_statements
from representation.builtin.summarise import summarise_talk
from representation.prompts import derive, summarise
from representation.statement import Statement
from representation.words import to_terms

DIMENSIONS = 64
UNKNOWN = "I am no real model: I only know what Vantage asks of one."


def think(messages: Sequence[dict[str, Any]]) -> str:
    """Returns an answer to a prompt of ours; to any other, UNKNOWN."""
    system, user = _get_text(messages, "system"), _get_text(messages, "user")
    if system.startswith(derive.TITLE):
        statements = derive_statements(derive.read_window(user))
        told = [_to_derived(statement) for statement in statements]
        return derive.Derived(statements=told).model_dump_json()
    if system.startswith(summarise.TITLE):
        told_in_short = summarise_talk(summarise.read_talk(user))
        return summarise.Summarised(summary=told_in_short).model_dump_json()
    return UNKNOWN


def embed(text: str, dimensions: int) -> list[float]:
    """Returns a vector of length 1 that is nearer to those of texts with the same words."""
    vector = [0.0] * dimensions
    for term in to_terms(text):
        digest = blake2b(term.encode(errors="surrogatepass"), digest_size=8).digest()
        vector[int.from_bytes(digest) % dimensions] += 1.0
    length = sum(part * part for part in vector) ** 0.5
    return [part / length for part in vector] if length else [1.0] + [0.0] * (dimensions - 1)


def _get_text(messages: Sequence[dict[str, Any]], role: str) -> str:
    """Returns the first message of a role; later ones are corrections."""
    return next((str(each["content"]) for each in messages if each.get("role") == role), "")


def _to_derived(statement: Statement) -> derive.DerivedStatement:
    return derive.DerivedStatement(
        observed=statement.observed,
        content=statement.content,
        cites=list(statement.cites),
        valid_from=_to_day(statement.valid_from),
        valid_to=_to_day(statement.valid_to and statement.valid_to - timedelta(days=1)),
        confidence=statement.confidence,
    )


def _to_day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()
