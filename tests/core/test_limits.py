"""What callers may send: the last value that is taken, and the first that is refused."""

from typing import Any

import pytest

from core.errors import BadInput
from core.limits import (
    check_content,
    check_metadata,
    check_name,
    check_query,
    check_range,
    check_text,
)

CONTROL_CHARACTERS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))]


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a" * 512,
        "😀" * 512,
        'Zoë O\'Neill "the 1st" \\ <b>&amp;</b>; DROP TABLE peer; --',
        "名前",
        " leading and trailing ",
        "\u2028",
        "\u00a0",
        "%_*?",
        "null",
    ],
)
def test_a_name_has_1_to_512_characters_of_any_script(name: str) -> None:
    assert check_name("peer name", name) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "peer name is empty, at least 1 character is needed"),
        ("a" * 513, "peer name is 513 characters long, at most 512"),
        ("a\nb", "peer name 'a\\nb' has a control character"),
        ("\x00", "peer name '\\x00' has a control character"),
        ("a\ud800", "peer name has the character U+D800 at 1, which cannot be stored"),
        ("\udfff", "peer name has the character U+DFFF at 0, which cannot be stored"),
    ],
)
def test_a_name_is_refused_with_its_fault(name: str, message: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_name("peer name", name)
    assert str(refusal.value) == message


@pytest.mark.parametrize("character", CONTROL_CHARACTERS, ids=lambda c: f"U+{ord(c):04X}")
def test_no_control_character_is_part_of_a_name(character: str) -> None:
    with pytest.raises(BadInput):
        check_name("peer name", f"a{character}b")


def test_a_message_has_1_to_25000_characters_even_control_characters() -> None:
    assert check_content("content", "\n") == "\n"
    assert check_content("content", "é" * 25_000) == "é" * 25_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "content is empty, at least 1 character is needed"),
        ("é" * 25_001, "content is 25001 characters long, at most 25000"),
        ("ab\x00", "content has the character U+0000 at 2, which cannot be stored"),
        ("😀\udc00", "content has the character U+DC00 at 1, which cannot be stored"),
    ],
)
def test_a_message_is_refused_with_its_fault(content: str, message: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_content("content", content)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "query is empty, at least 1 character is needed"),
        (" \n\t", "query is empty, at least 1 character is needed"),
        ("a" * 10_001, "query is 10001 characters long, at most 10000"),
        ("\x00", "query has the character U+0000 at 0, which cannot be stored"),
    ],
)
def test_a_question_is_refused_with_its_fault(query: str, message: str) -> None:
    assert check_query("a" * 10_000) == "a" * 10_000
    with pytest.raises(BadInput) as refusal:
        check_query(query)
    assert str(refusal.value) == message


def test_text_keeps_every_character_that_can_be_stored() -> None:
    text = "\x01\x7f\u2028\ufffe\U0010ffff"
    assert check_text("text", text) == text


def test_a_number_lies_between_its_bounds_inclusively() -> None:
    assert check_range("first", 0, least=0, most=200) == 0
    assert check_range("first", 200, least=0, most=200) == 200
    for value in (-1, 201):
        with pytest.raises(BadInput) as refusal:
            check_range("first", value, least=0, most=200)
        assert str(refusal.value) == f"first is {value}, it must be from 0 to 200"


def nest(levels: int) -> Any:
    """An object nested so many levels deep."""
    return {"a": nest(levels - 1)} if levels > 1 else {"a": 1}


@pytest.mark.parametrize(
    ("metadata", "stored"),
    [
        (None, "{}"),
        ({}, "{}"),
        ({"speaks": ["French", None, True, 1.5, -(2**63), 2**64 - 1]},
         '{"speaks":["French",null,true,1.5,-9223372036854775808,18446744073709551615]}'),
        ({"": "é\\u0000"}, '{"":"é\\\\u0000"}'),
        (nest(5), '{"a":{"a":{"a":{"a":{"a":1}}}}}'),
        ({"a": "x" * (64 * 1024 - 8)}, '{"a":"' + "x" * (64 * 1024 - 8) + '"}'),
    ],
)  # fmt: skip
def test_metadata_is_an_object_and_stored_as_it_is(metadata: Any, stored: str) -> None:
    assert check_metadata("metadata", metadata) == stored


def test_metadata_has_up_to_100_keys() -> None:
    assert check_metadata("metadata", {str(i): i for i in range(100)}).count(":") == 100
    with pytest.raises(BadInput) as refusal:
        check_metadata("metadata", {str(i): i for i in range(101)})
    assert str(refusal.value) == "metadata has 101 keys, at most 100"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ([], "metadata is a JSON array, it must be an object"),
        ("", "metadata is a JSON string, it must be an object"),
        (False, "metadata is a JSON boolean, it must be an object"),
        (0, "metadata is a JSON number, it must be an object"),
        (nest(6), "metadata is nested deeper than 5 levels"),
        ({"a": [[[[[]]]]]}, "metadata is nested deeper than 5 levels"),
        ({"a": "x" * (64 * 1024 - 7)}, "metadata is 65537 bytes long, at most 65536"),
        ({"a": "é" * 32_765}, "metadata is 65538 bytes long, at most 65536"),
        ({"a": ["\x00"]}, "metadata has the character U+0000, which cannot be stored"),
        ({"\x00": 1}, "metadata has the character U+0000, which cannot be stored"),
        ({"a": "\\\x00"}, "metadata has the character U+0000, which cannot be stored"),
        ({"a": 2**64}, "metadata cannot be written as JSON: Integer exceeds 64-bit range"),
        ({"a": "\ud800"}, "metadata cannot be written as JSON: str is not valid UTF-8:"
                          " surrogates not allowed"),
        ({"\udfff": 1}, "metadata cannot be written as JSON: str is not valid UTF-8:"
                        " surrogates not allowed"),
        ({"a": [float("nan")]}, "metadata has the number nan, which JSON does not know"),
        ({"a": float("-inf")}, "metadata has the number -inf, which JSON does not know"),
    ],
)  # fmt: skip
def test_metadata_is_refused_with_its_fault(metadata: Any, message: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_metadata("metadata", metadata)
    assert str(refusal.value) == message
