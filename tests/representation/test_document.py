"""Where the text of files is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from representation.document import (
    PIECE_CHARACTERS,
    File,
    FileKind,
    cut_file,
    cut_pages,
    get_kind,
)


def cut(name: str, text: str) -> list[str]:
    file = File(name, "", text.encode())
    return [piece.text for piece in cut_file(file, get_kind(file))]


def test_short_paragraphs_stay_together() -> None:
    assert cut("a.txt", "One.\n\nTwo\nthree.\r\n\r\n\n \nFour.\n") == [
        "One.\n\nTwo\nthree.\n\nFour."
    ]


def test_a_paragraph_that_does_not_fit_begins_the_next_piece() -> None:
    first, second = "a" * 3_000, "b" * 1_500
    assert cut("a.txt", f"{first}\n\n{second}\n\nc") == [first, f"{second}\n\nc"]


@pytest.mark.parametrize(
    ("unit", "end"),
    [("This is one line\n", "line"), ("This is a sentence. ", "."), ("word ", "word")],
    ids=["lines", "sentences", "words"],
)
def test_a_long_paragraph_is_cut_where_something_ends(unit: str, end: str) -> None:
    pieces = cut("a.txt", unit * 1_000)
    assert all(len(piece) <= PIECE_CHARACTERS for piece in pieces)
    assert all(piece.endswith(end) for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join((unit * 1_000).split())


def test_text_without_any_place_to_cut_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in cut("a.txt", "x" * 9_001)] == [4_000, 4_000, 1_001]


def test_a_heading_begins_a_piece_unless_it_is_code() -> None:
    text = "Intro.\n\n# Tea\nIs hot.\n\n```sh\n# no heading\n```\n## Green\nIs best.\n#hashtag"
    assert cut("a.md", text) == [
        "Intro.",
        "# Tea\nIs hot.\n\n```sh\n# no heading\n```",
        "## Green\nIs best.\n#hashtag",
    ]


def test_json_is_cut_between_its_entries() -> None:
    assert cut("a.json", '["Tea", {"a": [1]}, 3]') == ['Tea\n\n{\n  "a": [\n    1\n  ]\n}\n\n3']
    assert cut("a.json", '{"a": "x", "b": 2}') == ['{\n  "a": "x"\n}\n\n{\n  "b": 2\n}']
    assert cut("a.json", '"Tea"') == ["Tea"]
    long = ["a" * 3_000, "b" * 3_000]
    assert cut("a.json", f'["{long[0]}", "{long[1]}"]') == long


def test_pages_are_not_joined_and_empty_ones_left_out() -> None:
    pieces = list(cut_pages(["One.", " \n", "Three."]))
    assert [(piece.text, piece.page) for piece in pieces] == [("One.", 1), ("Three.", 3)]


@given(st.text(alphabet="ab .\n\t#`", max_size=300), st.sampled_from(["a.txt", "a.md"]))
def test_nothing_but_white_space_is_lost_and_no_piece_is_blank(text: str, name: str) -> None:
    pieces = cut(name, text)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.strip() for piece in pieces)


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("a.MD", "", FileKind.MARKDOWN),
        ("a.json", "text/plain", FileKind.JSON),
        ("notes", "text/plain; charset=utf-8", FileKind.TEXT),
        ("a.b", "application/pdf", FileKind.PDF),
    ],
)
def test_the_kind_is_told_by_the_name_or_else_the_media_type(
    name: str, media_type: str, kind: FileKind
) -> None:
    assert get_kind(File(name, media_type, b"")) is kind


@pytest.mark.parametrize(
    ("name", "media_type", "message"),
    [
        ("a.exe", "application/octet-stream", "is application/octet-stream;"),
        ("a", "", "is of an unknown kind;"),
    ],
)
def test_other_kinds_are_refused(name: str, media_type: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        get_kind(File(name, media_type, b""))
