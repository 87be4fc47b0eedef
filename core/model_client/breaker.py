"""A circuit breaker: nobody waits for an endpoint that is known to be away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.model_client.fault import ModelAway, ModelFault

FAILURES = 5
"""After so many in a row nobody is let through ..."""
FIRST_PAUSE_S = 1.0
"""... for this long, and twice as long each time the one that is let through then fails ..."""
LONGEST_PAUSE_S = 60.0
"""... up to this."""


class Breaker:
    """Counts failures of one endpoint; one per endpoint and event loop."""

    def __init__(self, *, get_time: Callable[[], float] = time.monotonic) -> None:
        self._get_time = get_time
        self._failures = 0
        self._opens_at = 0.0
        self._is_probing = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Lets the block through, or raises ModelAway at once; counts how the block ends."""
        is_probe = self._check()
        try:
            yield
        except ModelAway as fault:
            if fault.is_outage:
                self._note_failure()
            else:
                self._failures = 0
            raise
        except ModelFault:
            self._failures = 0  # it answered
            raise
        else:
            self._failures = 0
        finally:
            if is_probe:
                self._is_probing = False

    def _check(self) -> bool:
        """Tells whether this call is the one that finds out if the endpoint is back."""
        if self._failures < FAILURES:
            return False
        left_s = self._opens_at - self._get_time()
        if left_s > 0 or self._is_probing:
            raise ModelAway(
                f"the model's endpoint failed {self._failures} times in a row and is left alone",
                wait_s=max(left_s, 0.0),
                is_outage=False,
            )
        self._is_probing = True
        return True

    def _note_failure(self) -> None:
        self._failures += 1
        pause_s = FIRST_PAUSE_S * 2.0 ** min(max(self._failures - FAILURES, 0), 30)
        self._opens_at = self._get_time() + min(pause_s, LONGEST_PAUSE_S)
