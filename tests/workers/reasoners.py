"""Reasoners for the tests: each does one thing that a real one may do."""

import asyncio
import threading
from collections.abc import Callable

from representation.reasoner import Question, Reply
from representation.statement import Statement
from representation.window import Window
from tests.waiting import wait_until


class Repeating:
    """Concludes from every observed message what it says, and remembers the windows it got."""

    def __init__(self) -> None:
        self.windows: list[list[int]] = []

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        self.windows.append([said.sequence for said in window.utterances])
        return tuple(
            Statement(said.author, said.content, (said.sequence,))
            for said in window.utterances
            if said.is_observed
        )

    async def answer(self, question: Question) -> Reply:
        return Reply("", ())

    async def close(self) -> None:
        """Holds nothing open."""


class Thinking(Repeating):
    """Thinks about each window until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self._has_begun = threading.Event()  # a crew's event loop is another one
        self.is_released = asyncio.Event()
        self.was_interrupted = False

    async def wait_for_begin(self) -> None:
        async def has_begun() -> bool:
            return self._has_begun.is_set()

        await wait_until(has_begun)

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        self._has_begun.set()
        try:
            await self.is_released.wait()
        except asyncio.CancelledError:
            self.was_interrupted = True
            raise
        return await super().derive(window)


class Failing(Repeating):
    """Fails on every window that holds a certain text."""

    def __init__(self, create_error: Callable[[str], Exception], *, on: str = "") -> None:
        super().__init__()
        self.tries = 0
        self._create_error = create_error
        self._on = on

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        for said in window.utterances:
            if self._on in said.content:
                self.tries += 1
                raise self._create_error(f"cannot think about {said.content!r}")
        return await super().derive(window)


class Silent(Repeating):
    """Finds nothing to conclude."""

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        await super().derive(window)
        return ()
