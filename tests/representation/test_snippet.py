"""Snippets."""

from representation.snippet import SNIPPET_CHARACTERS, cut_snippet


def test_a_short_text_is_its_own_snippet_on_one_line() -> None:
    assert cut_snippet("I have\n a  boat.", {"boat"}) == "I have a boat."


def test_a_long_text_is_cut_around_most_words_of_the_query() -> None:
    text = "Nothing at all. " * 30 + "The red boat sank. " + "Nothing again. " * 30
    snippet = cut_snippet(text, {"boat", "red"})
    assert "red boat" in snippet
    assert snippet[0] == snippet[-1] == "…"
    assert len(snippet) <= SNIPPET_CHARACTERS + 2


def test_without_a_word_of_the_query_it_is_the_beginning() -> None:
    snippet = cut_snippet("Word after word. " * 30, {"boat"})
    assert snippet.startswith("Word after word.")
    assert snippet.endswith("…")


def test_a_word_longer_than_a_snippet_is_cut() -> None:
    assert cut_snippet("x" * 500, {"boat"}) == "x" * SNIPPET_CHARACTERS + "…"
    assert cut_snippet("a " + "x" * 500 + " b", set()).startswith("a")
