"""Text to words and terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.words import STOP_WORDS, is_past_form, to_terms, to_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! … — \n\t", []),
        ("Alice doesn't like Bob’s dog.", ["alice", "does", "not", "like", "bob", "'s", "dog"]),
        ("I'm sure it's fine", ["i", "am", "sure", "it", "is", "fine"]),
        (
            "They won't, can't and cannot",
            ["they", "will", "not", "can", "not", "and", "can", "not"],
        ),
        ("You're, we've, I'd", ["you", "are", "we", "have", "i", "would"]),
        ("dont worry, gonna go", ["do", "not", "worry", "going", "to", "go"]),
        ("O'Neil, at 10:30", ["o'neil", "at", "10:30"]),
        ("ＦＵＬＬ ﬁve", ["full", "five"]),
        ("Straße", ["strasse"]),
        ("I ❤️ 🍕, €5", ["i", "❤", "🍕", "€", "5"]),
        ("C++ or C#, 100%", ["c++", "or", "c#", "100%"]),
        ("小明喜欢茶 and tea", ["小明喜欢茶", "and", "tea"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("# _ '", []),
        ("\ud800", []),
    ],
)
def test_words_are_in_order_with_contractions_spelled_out(text: str, words: list[str]) -> None:
    assert to_words(text) == words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The dogs were running with a dog", ["dog", "run", "dog"]),
        ("Alice ate; Bob has eaten; they eat", ["alic", "eat", "bob", "eat", "eat"]),
        ("v2.1 of 2026-03-02", ["v2.1", "2026-03-02"]),
        ("see #42 and #release", ["see", "#42", "42", "#release", "releas"]),
        ("O'Neil's", ["o'neil", "neil"]),
        ("user@example.com", ["user@example.com", "user", "exampl", "com"]),
        (
            "a well-known and/or user_42",
            ["well-known", "well", "know", "and/or", "user_42", "user"],
        ),
        ("100% sure", ["100%", "100", "sure"]),
        ("小明喜欢茶", ["小明", "明喜", "喜欢", "欢茶"]),
        ("茶", ["茶"]),
        ("I don't", []),
        ("🍕", ["🍕"]),
        ("Привет, мир", ["привет", "мир"]),
    ],
)
def test_terms_are_what_a_text_is_found_by(text: str, terms: list[str]) -> None:
    assert to_terms(text) == terms


@pytest.mark.parametrize("word", ["went", "ate", "attacked", "liked"])
def test_a_past_form_is_known_by_itself(word: str) -> None:
    assert is_past_form(word)


@pytest.mark.parametrize("word", ["go", "red", "need", "peaceful", ""])
def test_other_words_are_no_past_form(word: str) -> None:
    assert not is_past_form(word)


@given(st.text(st.characters(codec=None)))
def test_no_text_is_refused_and_no_term_is_empty(text: str) -> None:
    assert all(to_words(text))
    assert all(to_terms(text))


def test_a_stop_word_is_no_term() -> None:
    assert to_terms(" ".join(sorted(STOP_WORDS - {"'s"}))) == []


@given(st.text(max_size=200))
def test_letter_case_changes_no_term_of_folded_text(text: str) -> None:
    assert to_terms(text.casefold()) == to_terms(text)
