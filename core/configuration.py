"""Configuration of workspaces and sessions: what each sets itself, and what follows for messages.

Stored as nested JSON objects that hold only what was set: {"reasoning": {"enabled": false}}.
Nearest wins: message, session, workspace, default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.errors import BadInput
from core.limits import check_range, check_text

INSTRUCTIONS_CHARACTERS = 10_000
SUMMARY_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class Reasoning:
    enabled: bool = True
    custom_instructions: str | None = None


@dataclass(frozen=True, slots=True)
class Summarising:
    enabled: bool = True
    messages_per_short_summary: int = 20
    messages_per_long_summary: int = 60


@dataclass(frozen=True, slots=True)
class PeerCards:
    use: bool = True
    create: bool = True


@dataclass(frozen=True, slots=True)
class Dreaming:
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is in effect, every key with a value."""

    reasoning: Reasoning = field(default_factory=Reasoning)
    summary: Summarising = field(default_factory=Summarising)
    peer_card: PeerCards = field(default_factory=PeerCards)
    dream: Dreaming = field(default_factory=Dreaming)


Stored = dict[str, dict[str, Any]]
"""Sections and the keys that are set in them."""

Changes = Mapping[str, Mapping[str, Any] | None]
"""Sections and the keys to set in them; None, for a key or a section, resets to the default."""


def resolve(*levels: Stored) -> Configuration:
    """Returns what is in effect; the nearest level comes last."""
    merged: Stored = {}
    for level in levels:
        for section, keys in level.items():
            merged[section] = {**merged.get(section, {}), **keys}
    return Configuration(
        reasoning=Reasoning(**merged.get("reasoning", {})),
        summary=Summarising(**merged.get("summary", {})),
        peer_card=PeerCards(**merged.get("peer_card", {})),
        dream=Dreaming(**merged.get("dream", {})),
    )


def to_stored(stored: str, changes: Changes) -> str:
    """Returns stored JSON text with the changes; raises BadInput if a value breaks a rule."""
    changed = _change(orjson.loads(stored), changes)
    _check(resolve(changed))
    return orjson.dumps(changed).decode()


def _change(stored: Stored, changes: Changes) -> Stored:
    result = {section: dict(keys) for section, keys in stored.items()}
    for section, keys in changes.items():
        if keys is None:
            result.pop(section, None)
            continue
        kept = result.setdefault(section, {})
        for key, value in keys.items():
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value
        if not kept:
            del result[section]
    return result


def _check(configuration: Configuration) -> None:
    instructions = configuration.reasoning.custom_instructions or ""
    if len(instructions) > INSTRUCTIONS_CHARACTERS:
        raise BadInput(
            f"customInstructions is {len(instructions)} characters long,"
            f" at most {INSTRUCTIONS_CHARACTERS}"
        )
    check_text("customInstructions", instructions)
    summary = configuration.summary
    for label, value in (
        ("messagesPerShortSummary", summary.messages_per_short_summary),
        ("messagesPerLongSummary", summary.messages_per_long_summary),
    ):
        check_range(label, value, least=1, most=SUMMARY_MESSAGES)
