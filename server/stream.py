"""Operations and who gets their results: executed once for all who ask the same.

A run is one execution. It begins for one subscriber, sends it what was missed or asked for, as
fast as its socket takes it, and rests when there is no more. Then it becomes the shared run of its
question, or, if there is one and it is at the same place (resolvers/live.py), hands its subscriber
over: from there on both would send the same. A shared run waits for nobody: a subscriber whose
socket has no room is left behind with the place that it has reached. Once there is room again, it
goes on from there in a run of its own, until that meets the shared one.

So what waits for a slow subscriber is a place, not events, and what happened meanwhile is read
from the database, as one event where only the newest counts.
"""

import asyncio
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
import structlog
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from core.errors import Unavailable
from models.sight import Sight
from resolvers.key import Viewer
from resolvers.live import Place, Trail
from resolvers.services import Services
from schema.context import Context
from schema.limits import OPERATION_S
from schema.operation import Operation, read_operation
from schema.schema import Schema

_log = structlog.get_logger(__name__)

Envelope = Callable[[bytes, str | None], bytes]
"""Puts a payload, and the token to go on from after it, into a frame. Equal ones do it alike."""


class ClientGone(Exception):
    """Nothing can be sent any more."""


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as it is asked for; nothing of it is checked against the schema."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a subscription asks, wherever it begins. Equal questions at one place go on alike.

    Whatever decides what somebody is sent belongs in here.
    """

    sight: Sight
    query: str
    operation_name: str | None
    variables: str
    """As JSON, without those that only tell where to begin."""


def to_question(sight: Sight, request: Request, operation: Operation) -> Question:
    asked = {
        name: value
        for name, value in request.variables.items()
        if name not in operation.start_variables
    }
    variables = json.dumps(asked, sort_keys=True)
    return Question(sight, request.query, request.operation_name, variables)


class Exit(Protocol):
    """Where frames leave to one client: within bounds, of what waits and of how long."""

    def offer(self, frame: bytes) -> bool:
        """Takes a frame; False: too much waits already, and it was not taken."""

    async def send_frame(self, frame: bytes) -> None:
        """Takes a frame as soon as there is room; raises ClientGone if that takes too long."""

    async def wait_for_room(self) -> None: ...


class Subscriber(ABC):
    """One operation of one client."""

    outlet: Exit

    def __init__(
        self,
        request: Request,
        viewer: Viewer,
        outlet: Exit,
        envelope: Envelope,
        *,
        after: str | None = None,
    ) -> None:
        self.request = request
        self.viewer = viewer
        self.outlet = outlet
        self.offer = outlet.offer
        self.envelope = envelope
        self.after = after
        """The token of the last event it has, if it comes back."""
        self.run: Run | None = None

    @abstractmethod
    def complete(self) -> None:
        """Tells that nothing will come any more."""

    @abstractmethod
    def refuse(self, errors: list[dict[str, Any]]) -> None:
        """Tells what is wrong with the operation; nothing will come any more."""

    def leave(self) -> asyncio.Task[None] | None:
        """Takes nothing any more; returns what is ending therefore, if something is."""
        return None if self.run is None else self.run.drop(self)


@dataclass(slots=True, eq=False)
class Cohort:
    """The runs of one question: the shared one, and those that are still on the way to it."""

    shared: "Run | None" = None
    others: "set[Run]" = field(default_factory=set)


class Streams:
    """All operations of this process's sockets."""

    def __init__(self, schema: Schema, services: Services) -> None:
        self.schema = schema
        self.services = services
        self._cohorts: dict[Question, Cohort] = {}

    def start(self, subscriber: Subscriber, place: Place | None = None) -> None:
        """Runs the subscriber's operation, from a place if it has reached one."""
        request = subscriber.request
        operation = read_operation(request.query, request.operation_name)
        if operation is None or not operation.is_subscription:
            Run(self, subscriber, subscriber.viewer, timeout_s=OPERATION_S)
            return
        sight = subscriber.viewer.sight
        question = to_question(sight, request, operation)
        cohort = self._cohorts.setdefault(question, Cohort())
        # Not under the key of one of those who share it: each socket ends with its own.
        run = Run(self, subscriber, Viewer(sight), cohort=cohort, start=place)
        run.task.add_done_callback(lambda _: self._tidy(question, cohort))

    def _tidy(self, question: Question, cohort: Cohort) -> None:
        is_over = cohort.shared is None and not cohort.others
        if is_over and self._cohorts.get(question) is cohort:
            del self._cohorts[question]


class Run:
    """One execution of an operation, and those who get its results."""

    def __init__(
        self,
        streams: Streams,
        subscriber: Subscriber,
        viewer: Viewer,
        *,
        cohort: Cohort | None = None,
        start: Place | None = None,
        timeout_s: float | None = None,
    ) -> None:
        self._streams = streams
        self._request = subscriber.request
        self._trail = Trail(start, self._rest, after=subscriber.after)
        self._viewer = viewer
        self._cohort = cohort or Cohort()
        self._timeout_s = timeout_s
        self._place: Place | None = None
        """Up to where its subscribers were sent everything."""
        self._subscribers = {subscriber: None}  # a set in order
        subscriber.run = self
        self._cohort.others.add(self)
        self.task = asyncio.create_task(self._run(subscriber.outlet))

    def drop(self, subscriber: Subscriber) -> asyncio.Task[None] | None:
        """Lets a subscriber go; returns the task if it ends with it."""
        self._subscribers.pop(subscriber, None)
        if self._subscribers:
            return None
        self._leave_cohort()
        self.task.cancel()
        return self.task

    async def _run(self, outlet: Exit) -> None:
        try:
            await outlet.wait_for_room()
            if self._trail.start is not None:
                self._place = self._trail.start
                self._meet()
            async with asyncio.timeout(self._timeout_s):
                await self._execute()
            for subscriber in self._subscribers:
                subscriber.complete()
        except ClientGone:
            return  # whoever serves it lets go of everything
        except TimeoutError:
            message = f"the operation took longer than {self._timeout_s:g} s"
            self._refuse([{"message": message, "extensions": {"code": Unavailable.code}}])
        except Exception as fault:
            fault_id = uuid.uuid4().hex
            _log.error("fault", id=fault_id, exc_info=fault)
            message = f"Something went wrong on our side; the log has it under {fault_id}"
            self._refuse([{"message": message, "extensions": {"code": "INTERNAL", "id": fault_id}}])
        finally:
            self._leave_cohort()

    async def _execute(self) -> None:
        request = self._request
        results = await self._streams.schema.stream(
            request.query,
            variable_values=request.variables,
            context_value=Context(self._streams.services, self._viewer, self._trail),
            operation_name=request.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                if isinstance(result, PreExecutionError):
                    self._refuse([dict(error.formatted) for error in result.errors or ()])
                elif isinstance(result, ExecutionResult):
                    await self._send(_to_payload(result))

    def _refuse(self, errors: list[dict[str, Any]]) -> None:
        for subscriber in self._subscribers:
            subscriber.refuse(errors)
        self._subscribers.clear()

    async def _send(self, payload: bytes) -> None:
        if self._cohort.shared is self:
            before, self._place = self._place, self._trail.place
            self._share(payload, before)
        else:
            for subscriber in tuple(self._subscribers):  # there is one, or none any more
                await subscriber.outlet.send_frame(subscriber.envelope(payload, self._trail.token))
            self._place = self._trail.place
        self._meet()

    def _share(self, payload: bytes, before: Place | None) -> None:
        """Sends to everybody at once; who has no room is left behind at the place before."""
        frames: dict[Envelope, bytes] = {}
        slow: list[Subscriber] = []
        for subscriber in self._subscribers:
            envelope = subscriber.envelope
            frame = frames.get(envelope)
            if frame is None:
                frame = frames[envelope] = envelope(payload, self._trail.token)
            if not subscriber.offer(frame):
                slow.append(subscriber)
        for subscriber in slow:
            self.drop(subscriber)
            self._streams.start(subscriber, before)

    def _rest(self) -> None:
        """Everything up to the trail's place was sent."""
        self._place = self._trail.place
        if self._cohort.shared is None and self._subscribers:
            self._cohort.others.discard(self)
            self._cohort.shared = self
        self._meet()

    def _meet(self) -> None:
        """Lets those who are at the shared run's place go on with it."""
        shared = self._cohort.shared
        if shared is None or shared._place is None:
            return
        candidates = tuple(self._cohort.others) if shared is self else (self,)
        for run in candidates:
            if run._place == shared._place:
                shared._take_over(run)

    def _take_over(self, run: "Run") -> None:
        for subscriber in run._subscribers:
            subscriber.run = self
        self._subscribers.update(run._subscribers)
        run._subscribers.clear()
        run._leave_cohort()
        run.task.cancel()

    def _leave_cohort(self) -> None:
        self._cohort.others.discard(self)
        if self._cohort.shared is self:
            self._cohort.shared = None


def _to_payload(result: ExecutionResult) -> bytes:
    payload: dict[str, Any] = {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    return orjson.dumps(payload)
