"""The limits of what callers may send, and the checks that refuse the rest.

Every check raises BadInput naming the value and the rule, before anything is done.
"""

import re
from math import isfinite
from typing import Any

import orjson

from core.errors import BadInput

NAME_CHARACTERS = 512
MESSAGE_CHARACTERS = 25_000
BATCH_MESSAGES = 100
SESSION_PEERS_PER_CALL = 1_000
QUERY_CHARACTERS = 10_000
METADATA_BYTES = 64 * 1024
METADATA_KEYS = 100
METADATA_DEPTH = 5
PAGE_ROWS = 200
PAGE_ROWS_DEFAULT = 50
CLONE_MESSAGES = 20_000
FILE_BYTES = 10 * 1024 * 1024
FILE_MESSAGES = 5_000
CONCLUSIONS = 200
CONCLUSION_CHARACTERS = 2_000
CONCLUSIONS_PER_CALL = 100
CONTEXT_TOKENS = 1_000_000
FILTER_DEPTH = 5
FILTER_CONDITIONS = 50
FILTER_VALUES = 200
FILTER_PATH = 10
WAIT_MS = 25_000
# Below the time an operation may take.

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# PostgreSQL cannot store NUL, and lone surrogates are no text at all.
_JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def check_name(kind: str, name: str) -> str:
    """Returns `name`; `kind` says what it names, for the message ("peer name")."""
    if not name:
        raise BadInput(f"{kind} is empty, at least 1 character is needed")
    if len(name) > NAME_CHARACTERS:
        raise BadInput(f"{kind} is {len(name)} characters long, at most {NAME_CHARACTERS}")
    if _CONTROL.search(name):
        raise BadInput(f"{kind} {name!r} has a control character")
    check_text(kind, name)
    return name


def check_content(label: str, content: str) -> str:
    """Returns a message's content if it has 1 to MESSAGE_CHARACTERS storable characters."""
    if not content:
        raise BadInput(f"{label} is empty, at least 1 character is needed")
    if len(content) > MESSAGE_CHARACTERS:
        raise BadInput(f"{label} is {len(content)} characters long, at most {MESSAGE_CHARACTERS}")
    return check_text(label, content)


def check_statement(label: str, statement: str) -> str:
    """Returns what is to be concluded by hand, if it is neither blank nor too long."""
    if not statement.strip():
        raise BadInput(f"{label} is empty, at least 1 character is needed")
    if len(statement) > CONCLUSION_CHARACTERS:
        raise BadInput(
            f"{label} is {len(statement)} characters long, at most {CONCLUSION_CHARACTERS}"
        )
    return check_text(label, statement)


def check_query(query: str) -> str:
    """Returns the text of a question or search if it is neither empty nor too long."""
    if not query.strip():
        raise BadInput("query is empty, at least 1 character is needed")
    if len(query) > QUERY_CHARACTERS:
        raise BadInput(f"query is {len(query)} characters long, at most {QUERY_CHARACTERS}")
    return check_text("query", query)


def check_text(label: str, text: str) -> str:
    """Returns `text` unless it holds NUL or a lone surrogate."""
    if text.isascii() and "\0" not in text:  # most texts, told at a tenth of the search's cost
        return text
    found = _UNSTORABLE.search(text)
    if found:
        raise BadInput(
            f"{label} has the character U+{ord(found.group()):04X} at {found.start()},"
            " which cannot be stored"
        )
    return text


def check_range(label: str, value: int, *, least: int, most: int) -> int:
    """Returns `value` if it lies in [least, most]."""
    if not least <= value <= most:
        raise BadInput(f"{label} is {value}, it must be from {least} to {most}")
    return value


def check_metadata(label: str, metadata: Any) -> str:
    """Returns `metadata` as JSON text, ready to be stored; None stands for an empty object."""
    if metadata is None:
        return "{}"
    if not isinstance(metadata, dict):
        raise BadInput(f"{label} is a JSON {_get_json_type(metadata)}, it must be an object")
    if len(metadata) > METADATA_KEYS:
        raise BadInput(f"{label} has {len(metadata)} keys, at most {METADATA_KEYS}")
    _check_values(label, metadata)
    text = _to_json(label, metadata)
    if len(text) > METADATA_BYTES:
        raise BadInput(f"{label} is {len(text)} bytes long, at most {METADATA_BYTES}")
    return text.decode()


def check_json(label: str, value: Any) -> None:
    """Refuses what no metadata can hold, and so cannot be compared with any."""
    _check_values(label, value)
    size_bytes = len(_to_json(label, value))
    if size_bytes > METADATA_BYTES:
        raise BadInput(f"{label} is {size_bytes} bytes long, at most {METADATA_BYTES}")


def _check_values(label: str, value: Any) -> None:
    layer: list[Any] = [value]
    for depth in range(METADATA_DEPTH + 1):
        for node in layer:
            if isinstance(node, float) and not isfinite(node):
                raise BadInput(f"{label} has the number {node}, which JSON does not know")
        if depth < METADATA_DEPTH:
            layer = [child for node in layer for child in _get_children(node)]
    if any(isinstance(node, dict | list) for node in layer):
        raise BadInput(f"{label} is nested deeper than {METADATA_DEPTH} levels")


def _get_children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _to_json(label: str, value: Any) -> bytes:
    try:
        text = orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{label} cannot be written as JSON: {error}") from None
    if _JSON_NUL.search(text):
        raise BadInput(f"{label} has the character U+0000, which cannot be stored")
    return text


def _get_json_type(value: Any) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
