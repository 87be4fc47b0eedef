"""Windows: as long as rule 6 of semantics.md allows, and never longer."""

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.cut import Cut, cut_window

ALICE, BOB, CARL = (UUID(int=i) for i in (1, 2, 3))
AMPLE = 10**6


@dataclass(frozen=True)
class Stay:
    peer_id: UUID
    from_sequence: int = 1
    to_sequence: int | None = None
    observe_others: bool = False

    def holds(self, sequence: int) -> bool:
        return self.from_sequence <= sequence and (
            self.to_sequence is None or sequence < self.to_sequence
        )


@dataclass(frozen=True)
class Said:
    sequence: int
    peer_id: UUID = ALICE
    token_count: int = 1
    is_reasoned: bool = True
    instruction_id: UUID | None = None


def say(*peers: UUID, first: int = 1) -> list[Said]:
    return [Said(first + i, peer) for i, peer in enumerate(peers)]


def cut(messages: list[Said], stays: list[Stay], budget_tokens: int = AMPLE) -> Cut:
    return cut_window(messages, stays, budget_tokens=budget_tokens)


def test_a_window_takes_everything_while_nobody_comes_or_goes() -> None:
    stays = [Stay(ALICE, observe_others=True), Stay(BOB)]
    assert cut(say(ALICE, BOB, ALICE), stays) == Cut(3, is_closed=False, run_sequence=1)


@pytest.mark.parametrize(
    "stays",
    [
        [Stay(ALICE), Stay(BOB, from_sequence=3, observe_others=True)],
        [Stay(ALICE), Stay(BOB, to_sequence=3, observe_others=True)],
        # It starts, or stops, observing.
        [Stay(ALICE), Stay(BOB, to_sequence=3), Stay(BOB, from_sequence=3, observe_others=True)],
        [Stay(ALICE), Stay(BOB, to_sequence=3, observe_others=True), Stay(BOB, from_sequence=3)],
        # One observer takes the place of another.
        [
            Stay(ALICE),
            Stay(BOB, to_sequence=3, observe_others=True),
            Stay(CARL, from_sequence=3, observe_others=True),
        ],
    ],
)
def test_a_window_ends_where_the_observing_audience_changes(stays: list[Stay]) -> None:
    assert cut(say(ALICE, ALICE, ALICE, ALICE), stays) == Cut(2, is_closed=True, run_sequence=1)


@pytest.mark.parametrize(
    "stays",
    [
        [Stay(ALICE), Stay(BOB, from_sequence=3)],
        [Stay(ALICE), Stay(BOB, to_sequence=3)],
        # A change of other flags closes one interval and opens the next.
        [
            Stay(ALICE),
            Stay(BOB, to_sequence=3, observe_others=True),
            Stay(BOB, from_sequence=3, observe_others=True),
        ],
        [Stay(ALICE, to_sequence=3), Stay(ALICE, from_sequence=3)],
        # Before the first message.
        [Stay(ALICE), Stay(BOB, from_sequence=1, to_sequence=1, observe_others=True)],
    ],
)
def test_who_neither_observes_nor_speaks_does_not_cut(stays: list[Stay]) -> None:
    assert cut(say(ALICE, ALICE, ALICE, ALICE), stays) == Cut(4, is_closed=False, run_sequence=1)


def test_an_author_that_came_later_begins_a_window_of_its_own() -> None:
    stays = [Stay(ALICE), Stay(BOB, from_sequence=3)]
    assert cut(say(ALICE, ALICE, BOB), stays) == Cut(2, is_closed=True, run_sequence=1)


def test_an_author_that_leaves_ends_the_window_it_spoke_in() -> None:
    stays = [Stay(ALICE), Stay(BOB, to_sequence=3)]
    assert cut(say(ALICE, BOB, ALICE), stays) == Cut(2, is_closed=True, run_sequence=1)
    assert cut(say(ALICE, ALICE, ALICE), stays) == Cut(3, is_closed=False, run_sequence=1)


def test_what_is_not_to_be_reasoned_about_is_kept_apart() -> None:
    messages = [Said(1, is_reasoned=False), Said(2, is_reasoned=False), Said(3)]
    assert cut(messages, [Stay(ALICE)]) == Cut(2, is_closed=True, run_sequence=1)
    assert cut(messages[2:], [Stay(ALICE)]) == Cut(1, is_closed=False, run_sequence=3)


def test_a_window_stays_within_its_budget() -> None:
    messages = [Said(i, token_count=4) for i in (1, 2, 3)]
    assert cut(messages, [Stay(ALICE)], 11) == Cut(2, is_closed=True, run_sequence=1)
    assert cut(messages, [Stay(ALICE)], 12) == Cut(3, is_closed=True, run_sequence=1)
    assert cut(messages, [Stay(ALICE)], 13) == Cut(3, is_closed=False, run_sequence=1)


def test_a_message_larger_than_the_budget_is_a_window_by_itself() -> None:
    messages = [Said(1, token_count=100), Said(2)]
    assert cut(messages, [Stay(ALICE)], 10) == Cut(1, is_closed=True, run_sequence=1)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Said], list[Stay]]:
    """Any messages in a row, and intervals of three peers that do not overlap per peer."""
    first, length = draw(st.integers(1, 4)), draw(st.integers(1, 8))
    stays: list[Stay] = []
    for peer in (ALICE, BOB, CARL):
        bounds = sorted(draw(st.lists(st.integers(1, 12), max_size=6)))
        ends: list[tuple[int, int | None]] = list(pairwise(bounds))
        if bounds and draw(st.booleans()):
            ends.append((bounds[-1], None))
        stays += [
            Stay(peer, start, end, draw(st.booleans()))
            for start, end in ends
            if draw(st.booleans())
        ]
    messages = [
        Said(
            sequence,
            draw(st.sampled_from([ALICE, BOB, CARL])),
            draw(st.integers(0, 3)),
            draw(st.booleans()),
        )
        for sequence in range(first, first + length)
    ]
    return messages, draw(st.permutations(stays))


def is_allowed(window: list[Said], stays: list[Stay], budget_tokens: int) -> bool:
    """Rule 6, word by word."""
    audiences = {
        frozenset(s.peer_id for s in stays if s.observe_others and s.holds(message.sequence))
        for message in window
    }
    authors_saw_it_all = all(
        any(stay.peer_id == author and stay.holds(message.sequence) for stay in stays)
        for author in {message.peer_id for message in window}
        for message in window
    )
    return len(window) == 1 or (
        len(audiences) == 1
        and authors_saw_it_all
        and len({message.is_reasoned for message in window}) == 1
        and sum(message.token_count for message in window) <= budget_tokens
    )


@given(histories(), st.integers(1, 12))
def test_a_window_is_the_longest_that_is_allowed(
    history: tuple[list[Said], list[Stay]], budget_tokens: int
) -> None:
    messages, stays = history
    found = cut(messages, stays, budget_tokens)
    assert is_allowed(messages[: found.length], stays, budget_tokens)
    if found.length < len(messages):
        assert found.is_closed
        assert not is_allowed(messages[: found.length + 1], stays, budget_tokens)
    else:
        total = sum(message.token_count for message in messages)
        assert found.is_closed == (total >= budget_tokens)


def list_runs(messages: list[Said], stays: list[Stay], budget_tokens: int) -> list[int]:
    """Cuts all of it and returns of each message where its run begins."""
    runs: list[int] = []
    while messages:
        found = cut_window(
            messages, stays, budget_tokens=budget_tokens, run_sequence=runs[-1] if runs else 0
        )
        assert is_allowed(messages[: found.length], stays, budget_tokens)
        runs += [found.run_sequence] * found.length
        messages = messages[found.length :]
    return runs


@given(histories(), st.integers(1, 12))
def test_how_much_is_said_does_not_decide_where_runs_begin(
    history: tuple[list[Said], list[Stay]], budget_tokens: int
) -> None:
    assert list_runs(*history, budget_tokens) == list_runs(*history, AMPLE)


def test_who_comes_after_a_full_window_is_kept_from_what_was_said_before() -> None:
    stays = [Stay(ALICE), Stay(BOB, from_sequence=3)]
    said = say(ALICE, ALICE, ALICE, BOB)
    assert list_runs(said, stays, AMPLE) == list_runs(said, stays, 2) == [1, 1, 1, 4]
