"""The built-in vectors."""

from math import isclose

import pytest

from representation.embed.lexical import DIMENSIONS, LEAST_LIKENESS, LexicalEmbedder, embed_text


def compare(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(embed_text(one), embed_text(other), strict=True))


async def test_a_text_has_one_vector_whatever_else_is_embedded() -> None:
    embedder = LexicalEmbedder()
    [alone] = await embedder.embed(["I have a boat."])
    assert [alone, alone] == (await embedder.embed(["A", "I have a boat.", "I have a boat."]))[1:]
    assert len(alone) == DIMENSIONS == embedder.space.dimensions
    assert isclose(sum(value * value for value in alone), 1.0)
    assert str(embedder.space) == "lexical-1/256"


def test_the_vector_of_a_text_never_changes() -> None:
    """Stored vectors are compared with new ones: another result needs another space."""
    places = [(place, round(value, 4)) for place, value in enumerate(embed_text("pagoda")) if value]
    assert places[:4] == [(12, -0.1869), (21, 0.1869), (59, 0.1869), (71, -0.1869)]


@pytest.mark.parametrize("text", ["", "!?", "the and of"])
def test_a_text_without_words_has_no_direction(text: str) -> None:
    assert embed_text(text) == [0.0] * DIMENSIONS


def test_the_same_words_in_another_order_lie_in_one_place() -> None:
    assert isclose(compare("red boats", "the boat is red"), 1.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pagodda", "The garden has pagodas."),
        ("photografy", "photography"),
        ("kayaking", "our new kayaks"),
    ],
)
def test_what_is_spelled_alike_is_alike(one: str, other: str) -> None:
    assert compare(one, other) >= LEAST_LIKENESS


@pytest.mark.parametrize(
    ("one", "other"), [("zebra", "I have a cat."), ("boat", "I have a goat."), ("tea", "team")]
)
def test_what_is_spelled_otherwise_is_not(one: str, other: str) -> None:
    assert compare(one, other) < LEAST_LIKENESS
