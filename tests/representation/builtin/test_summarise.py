"""Summaries by rules: which sentences are told, and of whom."""

from datetime import UTC, datetime

from core.tokens import count_tokens
from representation.builtin.summarise import summarise_talk
from representation.talk import Talk
from representation.window import Utterance

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def talk(*said: tuple[str, str], previous: str | None = None, most_tokens: int = 200) -> Talk:
    utterances = tuple(
        Utterance(place, author, content, NOW, is_observed=True)
        for place, (author, content) in enumerate(said, 1)
    )
    return Talk(utterances, previous, most_tokens)


def test_sentences_are_told_as_they_were_said_in_their_order() -> None:
    said = talk(
        ("ann", "Hi! The boat leaves at noon. Who brings the map?"),
        ("ben", "I bring the map to the boat."),
    )
    assert summarise_talk(said) == (
        "ann: The boat leaves at noon.\nben: I bring the map to the boat."
    )


def test_where_not_all_fit_those_are_told_that_have_most_in_common() -> None:
    said = talk(
        ("ann", "The boat leaves the harbour at noon."),
        ("ben", "My aunt once owned a purple bicycle."),
        ("cy", "The boat in the harbour needs a map."),
        most_tokens=25,
    )
    told = summarise_talk(said)
    assert told.splitlines() == [
        "ann: The boat leaves the harbour at noon.",
        "cy: The boat in the harbour needs a map.",
    ]
    assert count_tokens(told) <= 25


def test_what_was_told_before_is_weighed_with_the_rest() -> None:
    before = "ann: The boat leaves the harbour at noon."
    said = talk(("ben", "The boat in the harbour needs a map."), previous=before)
    assert summarise_talk(said).splitlines() == [
        before,
        "ben: The boat in the harbour needs a map.",
    ]


def test_nothing_is_told_of_who_is_not_observed() -> None:
    said = Talk((Utterance(1, "ann", "The boat leaves at noon.", NOW, False),), None, 200)
    assert summarise_talk(said) == ""


def test_greetings_alone_are_nothing_to_tell() -> None:
    assert summarise_talk(talk(("ann", "Hi Ben!"), ("ben", "How are you?"))) == ""
