"""Wake-ups: few, never blocking, and a broker that is chosen by its address."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from dramatiq import Broker, Message
from dramatiq.brokers.stub import StubBroker

from core.errors import SetupError
from core.queue import ACTOR, QUEUE, WakeUps, create_broker, send_wake_up

ONE, OTHER = UUID(int=1), UUID(int=2)


TIMEOUT_S = 20.0


async def take_subjects(broker: Broker, count: int) -> list[str]:
    """Waits for so many messages and returns the subjects they name; then nothing is left."""
    queue = broker.queues[QUEUE]
    taken = [await asyncio.to_thread(queue.get, timeout=TIMEOUT_S) for _ in range(count)]
    assert queue.qsize() == 0
    return [Message.decode(each).args[1] for each in taken]


@asynccontextmanager
async def run_wake_ups(broker: Broker) -> AsyncIterator[WakeUps]:
    """Sends what is noted during the block."""
    wake_ups = WakeUps(broker)
    running = asyncio.create_task(wake_ups.run())
    yield wake_ups
    running.cancel()
    await asyncio.wait({running})


class FailingOnce(StubBroker):
    """A broker that is away for the first message."""

    def __init__(self) -> None:
        super().__init__(middleware=[])
        self.declare_queue(QUEUE)
        self.has_failed = threading.Event()

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        if self.has_failed.is_set():
            return super().enqueue(message, delay=delay)
        self.has_failed.set()
        raise ConnectionError("away")


def test_a_wake_up_says_which_subject_to_look_at_and_nothing_else() -> None:
    broker = create_broker(None)
    send_wake_up(broker, "derive", ONE)
    message = Message.decode(broker.queues[QUEUE].get_nowait())
    assert (message.queue_name, message.actor_name) == (QUEUE, ACTOR)
    assert (message.args, message.kwargs, message.options) == (("derive", str(ONE)), {}, {})


async def test_wake_ups_noted_together_are_sent_once_each() -> None:
    broker = create_broker(None)
    async with run_wake_ups(broker) as wake_ups:
        for subject in (ONE, OTHER, ONE):
            wake_ups.wake("derive", subject)
        assert await take_subjects(broker, 2) == [str(ONE), str(OTHER)]


async def test_a_broker_that_fails_does_not_end_the_sending() -> None:
    broker = FailingOnce()
    async with run_wake_ups(broker) as wake_ups:
        wake_ups.wake("derive", ONE)
        assert await asyncio.to_thread(broker.has_failed.wait, TIMEOUT_S)
        wake_ups.wake("derive", OTHER)
        assert await take_subjects(broker, 1) == [str(OTHER)]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://localhost:1", "RedisBroker"),
        ("rediss://localhost:1", "RedisBroker"),
        ("amqp://localhost:1", "RabbitmqBroker"),
        ("amqps://localhost:1", "RabbitmqBroker"),
    ],
)
def test_the_scheme_of_the_address_chooses_the_broker(url: str, kind: str) -> None:
    broker = create_broker(url)
    assert type(broker).__name__ == kind
    assert QUEUE in broker.get_declared_queues()


def test_another_scheme_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SetupError) as refusal:
        create_broker("kafka://localhost")
    assert str(refusal.value) == (
        'VANTAGE_BROKER_URL has the scheme "kafka", it must be redis or amqp (or unset)'
    )
