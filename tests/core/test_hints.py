"""Hints wake who listens, from any thread, and nobody needs them."""

import asyncio
from uuid import UUID

from core.hints import Hints

ONE, OTHER = UUID(int=1), UUID(int=2)
NEVER_S = 60.0
SOON_S = 0.01


async def test_a_hint_wakes_every_listener_of_its_workspace() -> None:
    hints = Hints()
    with hints.listen(ONE) as first, hints.listen(ONE) as second:
        hints.notify(ONE)
        await asyncio.gather(first.wait(timeout_s=NEVER_S), second.wait(timeout_s=NEVER_S))


async def test_a_hint_that_came_before_the_wait_is_not_lost() -> None:
    hints = Hints()
    with hints.listen(ONE) as listener:
        hints.notify(ONE)
        await asyncio.sleep(0)
        await listener.wait(timeout_s=NEVER_S)


async def test_hints_that_come_together_wake_once() -> None:
    hints = Hints()
    with hints.listen(ONE) as listener:
        for _ in range(3):
            hints.notify(ONE)
        await listener.wait(timeout_s=NEVER_S)
        waiting = asyncio.create_task(listener.wait(timeout_s=NEVER_S))
        await asyncio.sleep(SOON_S)
        assert not waiting.done()
        hints.notify(ONE)
        await waiting


async def test_a_hint_of_another_workspace_wakes_nobody() -> None:
    hints = Hints()
    with hints.listen(ONE) as listener:
        waiting = asyncio.create_task(listener.wait(timeout_s=NEVER_S))
        hints.notify(OTHER)
        await asyncio.sleep(SOON_S)
        assert not waiting.done()
        hints.notify(ONE)
        await waiting


async def test_without_a_hint_the_wait_ends_at_its_timeout() -> None:
    with Hints().listen(ONE) as listener:
        await listener.wait(timeout_s=SOON_S)


async def test_a_hint_from_another_thread_arrives() -> None:
    hints = Hints()
    with hints.listen(ONE) as listener:
        await asyncio.gather(listener.wait(timeout_s=NEVER_S), asyncio.to_thread(hints.notify, ONE))


async def test_a_listener_whose_loop_has_ended_is_passed_over() -> None:
    hints = Hints()

    def listen_on_a_loop_of_its_own() -> None:
        async def forget_to_leave() -> None:
            hints.listen(ONE).__enter__()

        asyncio.run(forget_to_leave())

    await asyncio.to_thread(listen_on_a_loop_of_its_own)
    with hints.listen(ONE) as listener:
        hints.notify(ONE)
        await listener.wait(timeout_s=NEVER_S)


async def test_whoever_stopped_listening_leaves_nothing_behind() -> None:
    hints = Hints()
    with hints.listen(ONE), hints.listen(ONE):
        pass
    hints.notify(ONE)
    assert hints._listeners == {}
