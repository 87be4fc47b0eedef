"""What calls cost, noted for whoever had them made, also when they came to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core.model_client.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Call:
    """One answered call."""

    purpose: Purpose
    model: str
    input_tokens: int
    output_tokens: int


_calls: ContextVar[list[Call] | None] = ContextVar("_calls", default=None)


@contextmanager
def metering() -> Iterator[list[Call]]:
    """Gathers the calls that are made for the block, by this task and those it starts."""
    calls: list[Call] = []
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)


def note_call(call: Call) -> None:
    calls = _calls.get()
    if calls is not None:
        calls.append(call)
