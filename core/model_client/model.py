"""One model at an endpoint: asked in the dialect it was found to understand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.model_client.answer import Answer, StructuredAnswer, read_answer
from core.model_client.dialect import Dialect, Format
from core.model_client.endpoint import Completion, Endpoint, Turn
from core.model_client.fault import AnswerUnreadable, ModelRefused
from core.model_client.meter import Call, note_call
from core.model_client.purpose import Purpose
from core.tokens import count_tokens

ANSWER_TOKENS = 16_384
"""Room for a model that thinks aloud before it answers; one that runs on is stopped."""
_SHOWN_CHARACTERS = 4_000
"""Of an unreadable answer, when the model is asked to correct it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told to do, and what to do it with."""

    system: str
    user: str


class Model:
    """Remembers what its endpoint lets it be asked; one per name, endpoint and event loop."""

    def __init__(self, endpoint: Endpoint, name: str) -> None:
        self._endpoint = endpoint
        self._name = name
        self._dialect = Dialect()

    async def ask(self, purpose: Purpose, prompt: Prompt, answer_type: type[Answer]) -> Answer:
        """Returns the answer, corrected once if it has to be; raises ModelFault."""
        turns = [Turn("system", prompt.system), Turn("user", prompt.user)]
        completion = await self._complete(purpose, turns, answer_type)
        try:
            return read_answer(completion, answer_type)
        except AnswerUnreadable as fault:
            if not fault.can_be_corrected:
                raise
            turns += _create_correction(completion, fault)
        return read_answer(await self._complete(purpose, turns, answer_type), answer_type)

    async def _complete(
        self, purpose: Purpose, turns: Sequence[Turn], answer_type: type[StructuredAnswer]
    ) -> Completion:
        """Asks in ever simpler dialects until one is taken; that one is remembered."""
        dialect = self._dialect
        while True:
            try:
                completion = await self._endpoint.complete(
                    self._name, turns, _to_parameters(dialect, answer_type)
                )
            except ModelRefused as refusal:
                simpler = dialect.simplify(refusal.complaint)
                if simpler is None:
                    raise
                dialect = simpler
                continue
            self._dialect = dialect
            note_call(self._to_call(purpose, turns, completion))
            return completion

    def _to_call(self, purpose: Purpose, turns: Sequence[Turn], completion: Completion) -> Call:
        """Counts the tokens itself if the endpoint does not tell them."""
        told_in, told_out = completion.input_tokens, completion.output_tokens
        if told_in is None:
            told_in = sum(count_tokens(turn.content) for turn in turns)
        if told_out is None:
            told_out = count_tokens(completion.text)
        return Call(purpose, self._name, told_in, told_out)


def _to_parameters(dialect: Dialect, answer_type: type[StructuredAnswer]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    if dialect.has_temperature:
        parameters["temperature"] = 0
    if dialect.limit:
        parameters[dialect.limit] = ANSWER_TOKENS
    if dialect.format is Format.JSON_SCHEMA:
        name, schema = answer_type.__name__, answer_type.model_json_schema()
        asked = {"name": name, "strict": True, "schema": schema}
        parameters["response_format"] = {"type": "json_schema", "json_schema": asked}
    elif dialect.format is Format.JSON_OBJECT:
        parameters["response_format"] = {"type": "json_object"}
    return parameters


def _create_correction(completion: Completion, fault: AnswerUnreadable) -> list[Turn]:
    return [
        Turn("assistant", completion.text[:_SHOWN_CHARACTERS] or "(nothing)"),
        Turn("user", f"{fault}. Answer again, with the JSON object alone, as described."),
    ]
