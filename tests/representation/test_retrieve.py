"""What a query seeks, and the order of what was found."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from representation.retrieve import (
    AUTHOR_BONUS,
    RELATED_SHARE,
    TIME_BONUS,
    Candidate,
    FoundStatement,
    rank_messages,
    rank_statements,
    read_query,
    weigh_rarity,
)

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4_000)
NOTHING = read_query("xyzzy", [], NOW)


def say(
    sequence: int, score: float, *, author: str = "al", at: datetime = LONG_AGO, session: int = 1
) -> Candidate:
    """A message whose id is its sequence."""
    return Candidate(UUID(int=sequence), UUID(int=session), sequence, author, at, score)


def test_a_query_is_its_words_and_what_is_related_to_them() -> None:
    sought = read_query("Did Zoe drink, drink it?", [0.5], NOW)
    assert sought.words == {"zoe", "drink"}
    assert (sought.weights["zoe"], sought.weights["drink"]) == (1.0, 2.0)
    assert sought.weights["tea"] == RELATED_SHARE
    assert (sought.times, sought.vector) == ([], [0.5])


def test_a_rare_term_weighs_more_and_one_that_nobody_has_is_left_out() -> None:
    weights = weigh_rarity({1: 1.0, 2: 1.0, 3: 1.0, 4: 0.5}, {1: 1, 2: 50, 4: 1}, 100)
    assert weights.keys() == {1, 2, 4}
    assert weights[1] > weights[2] > 0
    assert weights[4] == weights[1] / 2


def test_more_holders_than_messages_do_no_harm() -> None:
    assert weigh_rarity({1: 1.0}, {1: 10}, 5)[1] > 0


def test_a_message_lends_to_two_on_both_sides_in_its_session_alone() -> None:
    candidates = [say(sequence, 0.0) for sequence in (1, 2, 3, 5, 6, 7)]
    elsewhere = say(50, 0.0, session=2)
    ranked = rank_messages(NOTHING, [*candidates, say(4, 1.0), elsewhere])
    assert [(each.id.int, each.score) for each in ranked] == [
        (4, 1.0),
        (5, 0.4),
        (3, 0.4),
        (6, 0.2),
        (2, 0.2),
    ]


def test_who_and_when_the_query_names_come_first() -> None:
    sought = read_query("What did Bo do yesterday?", [], NOW)
    yesterday = NOW - timedelta(days=1)
    said = [
        say(1, 1.0),
        say(11, 1.0, author="Bo"),
        say(21, 1.0, at=yesterday),
        say(31, 1.0, author="Bo", at=yesterday),
        say(41, 0.0, author="Bo", at=yesterday),  # but nothing else speaks for it
    ]
    ranked = rank_messages(sought, said)
    assert [each.id.int for each in ranked] == [31, 21, 11, 1]
    assert [each.score for each in ranked] == [
        1 + AUTHOR_BONUS + TIME_BONUS,
        1 + TIME_BONUS,
        1 + AUTHOR_BONUS,
        1,
    ]


def test_statements_are_ranked_by_their_words_and_then_by_age() -> None:
    def find(number: int, *terms: int, likeness: float | None = None) -> FoundStatement:
        said_at = LONG_AGO + timedelta(days=number)
        return FoundStatement(UUID(int=9 - number), terms, likeness, LONG_AGO, said_at)

    weights = {1: 1.0, 2: 1.0}
    found = [find(1, 1, 9), find(2, 1, 9), find(3, 2, 9), find(4, 8, 9)]
    assert [9 - each.id.int for each in rank_statements(NOTHING, weights, found)] == [3, 2, 1]
    found = [find(1, 1, 9, likeness=0.9), find(2, 1, 9, likeness=0.1)]
    assert [9 - each.id.int for each in rank_statements(NOTHING, weights, found)] == [1, 2]
    assert rank_statements(NOTHING, weights, []) == []
