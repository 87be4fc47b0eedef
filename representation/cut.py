"""Cuts a session's messages into windows of one audience (semantics.md, rule 6).

Who was there alone decides where a run of messages begins, and size where windows are cut off it.
Were size to decide where authors that came later have to be kept apart, then what was said before
they came would decide what is shown together with their own words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Interval(Protocol):
    """One stay of a peer: `[from_sequence, to_sequence)`, open if the end is None."""

    @property
    def peer_id(self) -> UUID: ...
    @property
    def from_sequence(self) -> int: ...
    @property
    def to_sequence(self) -> int | None: ...
    @property
    def observe_others(self) -> bool: ...


class Said(Protocol):
    """What of a message decides where a window ends."""

    @property
    def sequence(self) -> int: ...
    @property
    def peer_id(self) -> UUID: ...
    @property
    def token_count(self) -> int: ...
    @property
    def is_reasoned(self) -> bool: ...
    @property
    def instruction_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The first window of a run of messages: how many it takes, and why it ends there."""

    length: int
    is_closed: bool
    """True: no later message can join it. False: it ends where the messages end."""
    run_sequence: int
    """Where the run that it is part of begins."""


def cut_window(
    messages: Sequence[Said],
    intervals: Sequence[Interval],
    *,
    budget_tokens: int,
    run_sequence: int = 0,
) -> Cut:
    """Finds the longest allowed window at the start of `messages` (ascending, not empty).

    All its messages have the same observing witnesses, every author in it has been there since the
    run began, all are to be reasoned about in the same way or none, and only a single message may
    exceed the budget. `run_sequence` is where the run of the window before begins; 0: there was
    none. `intervals` are those from there on.
    """
    first = messages[0]
    stays = _merge_stays(intervals)
    goes_on = run_sequence and first.sequence < min(
        _find_audience_change(intervals, after=run_sequence),
        _find_stay_end(stays.get(first.peer_id, ()), run_sequence),
    )
    run = run_sequence if goes_on else first.sequence
    limit = _find_audience_change(intervals, after=run)
    tokens = 0
    for length, message in enumerate(messages):
        limit = min(limit, _find_stay_end(stays.get(message.peer_id, ()), run))
        tokens += message.token_count
        if length and (
            message.sequence >= limit
            or tokens > budget_tokens
            or message.is_reasoned != first.is_reasoned
            or message.instruction_id != first.instruction_id
        ):
            return Cut(length, is_closed=True, run_sequence=run)
    return Cut(len(messages), is_closed=tokens >= budget_tokens, run_sequence=run)


def list_audience(intervals: Iterable[Interval], sequence: int) -> list[UUID]:
    """Returns the observing witnesses of a message, sorted."""
    observing = _merge_stays(i for i in intervals if i.observe_others)
    return sorted(peer for peer, stays in observing.items() if _find_stay_end(stays, sequence))


_NEVER = 1 << 31
"""Greater than any sequence: where an open stay ends."""

_Stay = tuple[int, int]


def _merge_stays(intervals: Iterable[Interval]) -> dict[UUID, list[_Stay]]:
    """Joins each peer's adjacent intervals, as changes of its flags leave them."""
    stays: dict[UUID, list[_Stay]] = defaultdict(list)
    for interval in sorted(intervals, key=lambda i: i.from_sequence):
        end = _NEVER if interval.to_sequence is None else interval.to_sequence
        if end == interval.from_sequence:
            continue  # nothing was said while it lasted
        known = stays[interval.peer_id]
        if known and known[-1][1] >= interval.from_sequence:
            known[-1] = (known[-1][0], max(known[-1][1], end))
        else:
            known.append((interval.from_sequence, end))
    return stays


def _find_audience_change(intervals: Iterable[Interval], *, after: int) -> int:
    """Returns the first sequence after `after` at which somebody starts or stops observing."""
    observing = _merge_stays(i for i in intervals if i.observe_others)
    bounds = (bound for stays in observing.values() for stay in stays for bound in stay)
    return min((bound for bound in bounds if bound > after), default=_NEVER)


def _find_stay_end(stays: Sequence[_Stay], sequence: int) -> int:
    """Returns where the stay that holds `sequence` ends; 0 if none holds it."""
    return next((end for start, end in stays if start <= sequence < end), 0)
