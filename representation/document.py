"""Files as messages: which kinds are read, and where their text is cut."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from core.errors import BadInput

PIECE_CHARACTERS = 4_000
"""About a page, so that what is concluded cites a place that can be found again."""

_JOINT = "\n\n"
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s")
# From the best place to cut to the last resort.
_CUTS = (re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))


class FileKind(StrEnum):
    """What a file is read as."""

    TEXT = "text"
    MARKDOWN = "Markdown"
    JSON = "JSON"
    PDF = "PDF"


_KINDS = {
    "txt": FileKind.TEXT,
    "text": FileKind.TEXT,
    "md": FileKind.MARKDOWN,
    "markdown": FileKind.MARKDOWN,
    "json": FileKind.JSON,
    "pdf": FileKind.PDF,
    "text/plain": FileKind.TEXT,
    "text/markdown": FileKind.MARKDOWN,
    "application/json": FileKind.JSON,
    "application/pdf": FileKind.PDF,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that becomes one message."""

    text: str
    page: int | None = None
    """Of a PDF, from 1."""


def get_kind(file: File) -> FileKind:
    """Tells by the end of the name, or else by the media type; raises BadInput for other kinds."""
    ending = file.name.rpartition(".")[2].lower()
    media_type = file.media_type.partition(";")[0].strip().lower()
    kind = _KINDS.get(ending) or _KINDS.get(media_type)
    if kind is None:
        raise BadInput(
            f'file "{file.name}" is {media_type or "of an unknown kind"};'
            " text, Markdown, JSON and PDF are taken (.txt, .md, .json, .pdf)"
        )
    return kind


def cut_pages(pages: Iterable[str]) -> Iterator[Piece]:
    """Cuts a PDF: no piece goes over the end of a page."""
    for number, page in enumerate(pages, start=1):
        for text in _pack(_list_paragraphs(page)):
            yield Piece(text, number)


def cut_file(file: File, kind: FileKind) -> Iterator[Piece]:
    """Cuts a file that is text; raises BadInput if it is not what its kind says."""
    text = _decode(file)
    match kind:
        case FileKind.JSON:
            parts = _pack(_list_values(file, text))
        case FileKind.MARKDOWN:
            parts = (part for section in _list_sections(text) for part in _pack(section))
        case _:
            parts = _pack(_list_paragraphs(text))
    return (Piece(part) for part in parts)


def _decode(file: File) -> str:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f'file "{file.name}" is not UTF-8: byte 0x{file.data[error.start]:02X} at {error.start}'
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _list_values(file: File, text: str) -> list[str]:
    """Returns the entries of an array or object, or the one value there is."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f'file "{file.name}" is not JSON: {error}') from None
    if isinstance(value, dict):
        return [_write({key: entry}) for key, entry in value.items()]
    return [_write(entry) for entry in (value if isinstance(value, list) else [value])]


def _write(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _list_sections(text: str) -> Iterator[list[str]]:
    """Yields the paragraphs below each heading, with it; what looks like one in code is none."""
    lines: list[str] = []
    fence = None
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in (None, mark[1]):
            fence = None if fence else mark[1]
        if fence is None and _HEADING.match(line) and lines:
            yield _list_paragraphs("\n".join(lines))
            lines = []
        lines.append(line)
    yield _list_paragraphs("\n".join(lines))


def _list_paragraphs(text: str) -> list[str]:
    return re.split(r"\n[ \t]*\n\s*?(?=\S|$)", text)


def _pack(parts: Iterable[str]) -> Iterator[str]:
    """Joins neighbours as long as they fit, and cuts what does not fit by itself."""
    packed = ""
    for part in (cut for whole in parts for cut in _cut(whole.strip("\n").rstrip())):
        if packed and len(packed) + len(_JOINT) + len(part) > PIECE_CHARACTERS:
            yield packed
            packed = ""
        packed = f"{packed}{_JOINT}{part}" if packed else part
    if packed:
        yield packed


def _cut(text: str) -> Iterator[str]:
    """Cuts at the end of a line, else of a sentence, else of a word, else anywhere."""
    start = 0
    while len(text) - start > PIECE_CHARACTERS:
        end = start + _find_cut(text[start : start + PIECE_CHARACTERS + 1])
        if piece := text[start:end].strip():
            yield piece
        start = end
    if piece := text[start:].strip() if start else text:
        yield piece


def _find_cut(text: str) -> int:
    """Returns where the first piece ends, in its second half unless there is no place there."""
    for cut in _CUTS:
        places = [found.start() for found in cut.finditer(text, PIECE_CHARACTERS // 2)]
        if places:
            return places[-1]
    return PIECE_CHARACTERS
