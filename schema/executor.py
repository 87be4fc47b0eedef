"""How one event of a subscription is executed."""

from typing import Any

from graphql import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class EventExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's, whose events share nothing that grows.

    graphql-core makes the executor of an event by copying the subscription's, with a reference to
    the same cache of collected fields. The keys are made anew for each event, so that the cache
    grows by some 2.5 KB with each, until the subscription ends.
    """

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        executor = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}
        return executor
