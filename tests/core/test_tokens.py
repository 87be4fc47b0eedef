"""Token counts in the o200k vocabulary."""

import pytest

from core.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        # https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
        ("tiktoken is great!", 6),
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 8),
    ],
)
def test_tokens_are_those_of_o200k(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_short_texts_which_are_remembered_count_like_long_ones() -> None:
    lengths = range(60, 70)
    once = [count_tokens(" tea" * length) for length in lengths]
    assert once == [count_tokens(" tea" * length) for length in lengths] == list(lengths)
    assert [count_tokens(" tea" * n) for n in (15, 16, 17)] == [15, 16, 17]


def test_markers_of_models_are_text_like_any_other() -> None:
    assert count_tokens("<|endoftext|>") > 1
