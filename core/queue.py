"""Wake-ups for workers: Dramatiq messages that say "look at this subject", and nothing else.

The truth about what is to be done is in models/work.py. A wake-up may be lost or come twice; a
sweeper sends it again for whatever is due.
"""

import asyncio
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from dramatiq import Broker, Message
from dramatiq.brokers.stub import StubBroker

from core.errors import SetupError
from core.thread import run_in_thread

QUEUE = "vantage"
ACTOR = "look"

_log = structlog.get_logger(__name__)


def create_broker(url: str | None) -> Broker:
    """Opens the broker at `url` (redis://, rediss://, amqp://, amqps://), or one in this process.

    None of Dramatiq's middleware is used: our table retries, ages and times out.
    """
    scheme = urlsplit(url).scheme if url else ""
    if not url:
        broker: Broker = StubBroker(middleware=[])
    elif scheme in ("redis", "rediss"):
        from dramatiq.brokers.redis import RedisBroker

        broker = RedisBroker(url=url, middleware=[])  # type: ignore[no-untyped-call]
    elif scheme in ("amqp", "amqps"):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        broker = RabbitmqBroker(url=url, middleware=[])
    else:
        raise SetupError(
            f'VANTAGE_BROKER_URL has the scheme "{scheme}", it must be redis or amqp (or unset)'
        )
    broker.declare_queue(QUEUE)
    return broker


def send_wake_up(broker: Broker, kind: str, subject_id: UUID) -> None:
    """Asks any worker to look at a subject. Blocks on the broker; raises its errors."""
    broker.enqueue(
        Message(
            queue_name=QUEUE,
            actor_name=ACTOR,
            args=(kind, str(subject_id)),
            kwargs={},
            options={},
        )
    )


async def check_broker(broker: Broker) -> None:
    """Sends a wake-up that concerns nothing; raises SetupError if the broker does not take it."""
    try:
        await run_in_thread(lambda: send_wake_up(broker, "nothing", UUID(int=0)))
    except Exception as error:  # any broker's
        raise SetupError(
            f"the broker cannot be reached ({type(error).__name__}); start it, or correct"
            " VANTAGE_BROKER_URL"
        ) from error


class WakeUps:
    """Sends wake-ups from an event loop without waiting for the broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._waiting: dict[tuple[str, UUID], None] = {}
        self._has_waiting = asyncio.Event()

    def wake(self, kind: str, subject_id: UUID) -> None:
        """Notes that a subject wants a look; several notes before it is sent are one."""
        self._waiting[kind, subject_id] = None
        self._has_waiting.set()

    async def run(self) -> None:
        """Sends what is noted, until cancelled."""
        while True:
            await self._has_waiting.wait()
            self._has_waiting.clear()
            waiting, self._waiting = self._waiting, {}
            await asyncio.to_thread(self._send, list(waiting))

    def _send(self, subjects: list[tuple[str, UUID]]) -> None:
        try:
            for kind, subject_id in subjects:
                send_wake_up(self._broker, kind, subject_id)
        except Exception as error:
            # Any broker's errors: the sweeper sends it again once the broker is back.
            _log.warning("wake-up not sent", subjects=len(subjects), error=str(error))
