"""What models are asked to fill in, and reading it out of what they wrote, however wrapped."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.model_client.endpoint import Completion
from core.model_client.fault import AnswerUnreadable


def _demand_everything(schema: dict[str, Any]) -> None:
    # https://platform.openai.com/docs/guides/structured-outputs: every property is required, none
    # has a default, and no others are allowed.
    schema["additionalProperties"] = False
    schema["required"] = list(schema["properties"])
    for each in schema["properties"].values():
        each.pop("default", None)


class StructuredAnswer(BaseModel):
    """An answer with a form: asked for strictly, read generously."""

    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_extra=_demand_everything)


Answer = TypeVar("Answer", bound=StructuredAnswer)


# Some servers swallow the opening tag.
_THOUGHT = re.compile(r"\A.*</think(?:ing)?>|<think(?:ing)?>.*\Z", re.DOTALL | re.IGNORECASE)
_MOST_STARTS = 200
"""Braces tried, so that prose full of them costs no time."""


def read_answer(completion: Completion, answer_type: type[Answer]) -> Answer:
    """Returns the answer; raises AnswerUnreadable, without a word of what was written."""
    if completion.is_declined:
        raise AnswerUnreadable("the model declined to answer", can_be_corrected=False)
    text = _THOUGHT.sub("", completion.text).strip()
    reason = "it is empty" if not text else "there is no JSON object in it"
    for found in _list_objects(text):
        try:
            return answer_type.model_validate_json(found)
        except ValidationError as error:
            reason = _tell(error)
    if completion.finish_reason == "length":
        message = "the model's answer was cut off at its limit"
        raise AnswerUnreadable(message, can_be_corrected=False)
    raise AnswerUnreadable(f"the model's answer could not be read: {reason}")


def _list_objects(text: str) -> Iterator[str]:
    """Yields the JSON objects that stand in a text, fenced, in prose or alone."""
    decoder = json.JSONDecoder(strict=False)  # models leave line breaks in strings as they are
    start, tried = text.find("{"), 0
    while start >= 0 and tried < _MOST_STARTS:
        tried += 1
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        yield json.dumps(value)
        start = text.find("{", end)


def _tell(error: ValidationError) -> str:
    """Says where it breaks the schema and how, but not with what."""
    fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])  # names of ours and places in lists
    return f"{place}: {fault['type']}"
