"""Shapes of a conversation for the providers' APIs, and how much of it fits."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tokens import count_tokens
from representation.context import (
    MESSAGE_OVERHEAD_TOKENS,
    Brief,
    Filling,
    Line,
    count_line_tokens,
    fill_budget,
    fit_lines,
    to_anthropic,
    to_openai,
)


def write(author: str, content: str, sequence: int = 0) -> Line:
    return Line(author, content, count_tokens(content), sequence)


lines = st.lists(
    st.builds(write, st.sampled_from(["bot", "al", "Zoë B."]), st.text(min_size=1, max_size=20)),
    max_size=8,
)
TALK = [write("al", "hi"), write("bot", "hello"), write("bo", "hey"), write("al", "well")]


def test_a_line_takes_its_content_its_author_and_the_format() -> None:
    assert count_line_tokens(write("al", "I love tea")) == 3 + count_tokens("al") + 4


def test_the_newest_lines_that_fit_are_taken_without_a_gap() -> None:
    newest_first = [write("al", "a"), write("al", "b " * 50), write("al", "c")]
    small = count_line_tokens(newest_first[0])
    assert fit_lines(newest_first, small) == (1, small)
    # The oldest would fit, but the one after it does not.
    assert fit_lines(newest_first, 2 * small) == (1, small)
    assert fit_lines(newest_first, small - 1) == (0, 0)
    everything = sum(map(count_line_tokens, newest_first))
    assert fit_lines(newest_first, everything) == (3, everything)
    assert fit_lines([], 100) == (0, 0)


@given(lines, st.integers(0, 100))
def test_what_fits_is_never_above_the_budget_and_the_next_would_be(
    newest_first: list[Line], budget: int
) -> None:
    count, tokens = fit_lines(newest_first, budget)
    assert tokens == sum(map(count_line_tokens, newest_first[:count])) <= budget
    if count < len(newest_first):
        assert tokens + count_line_tokens(newest_first[count]) > budget


def test_openai_gets_the_assistants_role_and_names_for_the_others() -> None:
    assert to_openai(TALK, assistant="bot", system="Be kind.") == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "name": "al", "content": "hi"},
        {"role": "assistant", "name": "bot", "content": "hello"},
        {"role": "user", "name": "bo", "content": "hey"},
        {"role": "user", "name": "al", "content": "well"},
    ]


def test_openai_gets_no_system_message_without_a_representation() -> None:
    assert to_openai([], assistant="bot", system="") == []


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Zoë B.", "Zo__B_"),
        ("a/b@c", "a_b_c"),
        ("名前", "__"),
        ("a" * 65, "a" * 64),
    ],
)
def test_a_name_that_openai_refuses_is_spelled_with_underscores(author: str, name: str) -> None:
    (message,) = to_openai([write(author, "hi")], assistant="bot", system="")
    assert message == {"role": "user", "name": name, "content": f"{author}: hi"}


def test_the_assistants_own_words_are_never_prefixed() -> None:
    (message,) = to_openai([write("Zoë B.", "hi")], assistant="Zoë B.", system="")
    assert message == {"role": "assistant", "name": "Zo__B_", "content": "hi"}


def test_anthropic_gets_alternating_turns_with_names_in_the_text() -> None:
    assert to_anthropic(TALK, assistant="bot", system="Be kind.") == {
        "system": "Be kind.",
        "messages": [
            {"role": "user", "content": "al: hi"},
            {"role": "assistant", "content": "hello"},
            {"role": "user", "content": "bo: hey\nal: well"},
        ],
    }


def test_anthropic_gets_a_user_first() -> None:
    assert to_anthropic(TALK[1:3], assistant="bot", system="")["messages"] == [
        {"role": "user", "content": "(The conversation so far.)"},
        {"role": "assistant", "content": "hello"},
        {"role": "user", "content": "bo: hey"},
    ]


@given(lines)
def test_both_shapes_keep_to_their_apis_rules_and_lose_nothing(talk: list[Line]) -> None:
    turns = to_anthropic(talk, assistant="bot", system="")["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2) + [
        "user"
    ] * (len(turns) % 2)
    messages = to_openai(talk, assistant="bot", system="")
    assert len(messages) == len(talk)
    for message, line in zip(messages, talk, strict=True):
        assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", message["name"])
        assert message["content"].endswith(line.content)
    everything = "\n".join(turn["content"] for turn in turns)
    assert all(line.content in everything for line in talk)


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_a_line_counts_at_least_what_its_shapes_take(author: str, content: str) -> None:
    line = write(author, content)
    for shaped in (
        to_openai([line], assistant="", system="")[0]["content"],
        to_anthropic([line], assistant="", system="")["messages"][0]["content"],
    ):
        assert count_tokens(shaped) <= count_line_tokens(line)
    assert MESSAGE_OVERHEAD_TOKENS == 4


NEWEST_FIRST = [write("al", "well", sequence) for sequence in range(20, 10, -1)]
EACH = count_line_tokens(NEWEST_FIRST[0])


@pytest.mark.parametrize(
    ("briefs", "budget", "chosen", "count"),
    [
        pytest.param([(1, 10), (1, 5)], 30, (1, 10), 10, id="the one that reaches the lines"),
        pytest.param([(6, 15), (1, 15)], 11, (1, 15), 5, id="the one that tells of more"),
        pytest.param([(1, 20)], 30, None, 10, id="none in the place of the newest lines"),
        pytest.param([(1, 15)], 4, (1, 15), 3, id="with a gap, if there is no other"),
        pytest.param([(1, 9), (10, 18)], 3, (10, 18), 2, id="no gap rather than more"),
        pytest.param([(11, 15)], 10, None, 10, id="none where the lines tell as much"),
        pytest.param([(1, 15)], 0, None, 0, id="none that does not fit"),
    ],
)
def test_a_brief_is_chosen_that_adds_most_to_the_lines(
    briefs: list[tuple[int, int]], budget: int, chosen: tuple[int, int] | None, count: int
) -> None:
    """All budgets are in lines; a brief takes one."""
    told = {each: Brief(*each, content="Much.", tokens=EACH) for each in briefs}
    filling = fill_budget(NEWEST_FIRST, list(told.values()), budget * EACH)
    tokens = (count + (chosen is not None)) * EACH
    assert filling == Filling(told[chosen] if chosen else None, count, tokens)
