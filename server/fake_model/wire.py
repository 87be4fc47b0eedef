"""Answers in the shapes of the OpenAI protocol, whole and in pieces."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from core.tokens import count_tokens
from server.fake_model.script import ToolCall

_PIECE = re.compile(r"\S*\s*")
ID = "chatcmpl-fake"


@dataclass(frozen=True, slots=True)
class Saying:
    """What one answer says."""

    model: str
    text: str
    finish_reason: str
    refusal: str | None
    tool_calls: Sequence[ToolCall]
    usage: dict[str, int] | None


def count_usage(messages: Sequence[dict[str, Any]], text: str) -> dict[str, int]:
    asked = sum(count_tokens(str(each.get("content") or "")) for each in messages)
    said = count_tokens(text)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def to_completion(saying: Saying) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": saying.text}
    if saying.refusal is not None:
        message |= {"content": None, "refusal": saying.refusal}
    if saying.tool_calls:
        message |= {"content": None, "tool_calls": _to_tool_calls(saying.tool_calls)}
    choice = {"index": 0, "message": message, "finish_reason": saying.finish_reason}
    return {**_to_head(saying, "chat.completion"), "choices": [choice], "usage": saying.usage}


def list_events(saying: Saying) -> Iterator[bytes]:
    """Yields the server-sent events of a streamed answer, a word or so in each."""
    head = _to_head(saying, "chat.completion.chunk")
    yield _to_event(head, {"role": "assistant", "content": ""})
    for place, call in enumerate(_to_tool_calls(saying.tool_calls)):
        yield _to_event(head, {"tool_calls": [{"index": place, **call}]})
    if not saying.tool_calls:
        for piece in filter(None, _PIECE.findall(saying.text)):
            yield _to_event(head, {"content": piece})
    yield _to_event(head, {}, saying.finish_reason)
    if saying.usage:
        yield b"data: " + orjson.dumps({**head, "choices": [], "usage": saying.usage}) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _to_head(saying: Saying, kind: str) -> dict[str, Any]:
    return {"id": ID, "object": kind, "created": int(time.time()), "model": saying.model}


def _to_event(head: dict[str, Any], delta: dict[str, Any], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return b"data: " + orjson.dumps({**head, "choices": [choice]}) + b"\n\n"


def _to_tool_calls(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{place}",
            "type": "function",
            "function": {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()},
        }
        for place, call in enumerate(calls)
    ]
