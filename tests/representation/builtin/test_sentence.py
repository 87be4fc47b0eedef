"""Cutting messages into sentences."""

import pytest

from representation.builtin.sentence import cut_text, ends_in_abbreviation, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I like tea. I hate coffee!", ("I like tea.", "I hate coffee!")),
        ("i like tea. i hate coffee", ("i like tea.", "i hate coffee")),
        ("Really?! I went.", ("Really?!", "I went.")),
        ("I met Dr. Smith and Mrs. O'Neil.", ("I met Dr. Smith and Mrs. O'Neil.",)),
        ("I like fruit, e.g. apples. Yes.", ("I like fruit, e.g. apples.", "Yes.")),
        ("It opens at 5 p.m. every day", ("It opens at 5 p.m. every day",)),
        ("It opens at 5 p.m. Then we go", ("It opens at 5 p.m.", "Then we go")),
        ("J. K. Rowling wrote it. So did I.", ("J. K. Rowling wrote it.", "So did I.")),
        ("No. 5 is mine. No. Not his.", ("No. 5 is mine.", "No.", "Not his.")),
        ("I ran 3.5 km in v1.2. Wow", ("I ran 3.5 km in v1.2.", "Wow")),
        ("I was... tired. Well... Fine", ("I was... tired.", "Well...", "Fine")),
        ("I was… tired", ("I was… tired",)),
        ("See https://a.example/b.c?d=1. Then go", ("See https://a.example/b.c?d=1.", "Then go")),
        ('"I hate tea. I do!" he said.', ('"I hate tea. I do!" he said.',)),
        ('He said "I hate tea." Then he left.', ('He said "I hate tea."', "Then he left.")),
        ("He said 'No. Never.' and left.", ("He said 'No. Never.' and left.",)),
        ("I left (it was late. Very.) and slept.", ("I left (it was late. Very.) and slept.",)),
        ("I love tea!🍵 I hate milk", ("I love tea!🍵", "I hate milk")),
        ("I love tea! 😂", ("I love tea!", "😂")),
        ("我喜欢茶。我讨厌咖啡！真的？", ("我喜欢茶。", "我讨厌咖啡！", "真的？")),
        ("one\ntwo\r\nthree", ("one", "two", "three")),
        ("- eggs\n* **milk**\n3) [x] tea\n  b) rum", ("eggs", "milk", "tea", "rum")),
        ("# Plan\n> I hate tea\nI love *tea*", ("Plan", "I love tea")),
        ("Look:\n```py\nI = 1. * 2\n```\nI like it", ("Look:", "I like it")),
        ("```\nI like it", ("```", "I like it")),
        ("I   like\ttea", ("I like tea",)),
        ("It costs 5 - 3 * 2 * 1 dollars", ("It costs 5 - 3 * 2 * 1 dollars",)),
        ("   \n\n ", ()),
    ],
)
def test_a_message_is_cut_where_a_reader_would(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences


def test_a_hard_wrapped_line_goes_on_in_lower_case() -> None:
    start = "I have been living in this town for more than thirty years, and"
    assert split_sentences(f"{start}\nstill love it.") == (f"{start} still love it.",)
    assert split_sentences(f"{start}\ni still love it.") == (start, "i still love it.")
    assert split_sentences(f"{start}\nStill, I left.") == (start, "Still, I left.")


def test_long_text_is_cut_at_blanks_without_loss() -> None:
    assert list(cut_text("one two three", 8)) == ["one two", "three"]
    assert list(cut_text("abcdefgh", 3)) == ["abc", "def", "gh"]
    assert list(cut_text("short", 8)) == ["short"]


@pytest.mark.parametrize(
    ("text", "is_abbreviation"),
    [("at 5 p.m.", True), ("in the U.S.", True), ("I like tea.", False), ("", False)],
)
def test_the_full_stop_of_an_abbreviation_is_known(text: str, is_abbreviation: bool) -> None:
    assert ends_in_abbreviation(text) is is_abbreviation
