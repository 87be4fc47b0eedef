"""The circuit breaker, on a clock that stands still until it is moved."""

from contextlib import suppress

import pytest

from core.model_client.breaker import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker
from core.model_client.fault import AnswerUnreadable, ModelAway, ModelFault


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def end_with(breaker: Breaker, fault: ModelFault | None) -> None:
    with suppress(ModelFault), breaker.guard():
        if fault:
            raise fault


def trip(breaker: Breaker) -> None:
    for _ in range(FAILURES):
        end_with(breaker, ModelAway("gone"))


def is_open(breaker: Breaker) -> bool:
    try:
        with breaker.guard():
            return False
    except ModelAway:
        return True


def test_it_lets_one_through_after_the_pause_and_all_once_that_one_came_back() -> None:
    clock = Clock()
    breaker = Breaker(get_time=clock)
    trip(breaker)
    assert is_open(breaker)
    clock.now += FIRST_PAUSE_S
    with breaker.guard():
        assert is_open(breaker)
    assert not is_open(breaker)
    with breaker.guard():
        assert not is_open(breaker)


def test_the_pause_doubles_up_to_its_limit_while_nothing_comes_back() -> None:
    clock = Clock()
    breaker = Breaker(get_time=clock)
    trip(breaker)
    pauses = []
    for _ in range(9):
        with pytest.raises(ModelAway) as raised, breaker.guard():
            pass
        pauses.append(raised.value.wait_s)
        clock.now += raised.value.wait_s
        end_with(breaker, ModelAway("gone"))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, LONGEST_PAUSE_S]


@pytest.mark.parametrize(
    "fault", [None, AnswerUnreadable("nonsense"), ModelAway("busy", is_outage=False)]
)
def test_whatever_comes_back_starts_the_count_anew(fault: ModelFault | None) -> None:
    breaker = Breaker(get_time=Clock())
    for _ in range(FAILURES - 1):
        end_with(breaker, ModelAway("gone"))
    end_with(breaker, fault)
    for _ in range(FAILURES - 1):
        end_with(breaker, ModelAway("gone"))
    assert not is_open(breaker)


def test_a_probe_that_is_given_up_lets_another_one_try() -> None:
    clock = Clock()
    breaker = Breaker(get_time=clock)
    trip(breaker)
    clock.now += FIRST_PAUSE_S
    with pytest.raises(KeyboardInterrupt), breaker.guard():
        raise KeyboardInterrupt
    assert not is_open(breaker)
