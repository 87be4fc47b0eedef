"""One endpoint that speaks the OpenAI protocol: a request out, an answer or a fault back."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from core.model_client.breaker import Breaker
from core.model_client.fault import ModelAway, ModelFault, ModelRefused

if TYPE_CHECKING:
    from openai import APIStatusError
    from openai.types.chat import ChatCompletion

LONGEST_WAIT_S = 3_600.0
"""However long an endpoint asks to wait, it is tried again after this."""
_NO_KEY = "none"
"""Local servers want no key, but the client wants one."""

_WAIT = frozenset((408, 409, 425, 429))
"""The request may be tried again as it is; so may those that 5xx answers."""
_CONFIGURED = {
    401: "the model's endpoint does not accept the key (401)",
    402: "the model's endpoint wants to be paid first (402)",
    403: "the model's endpoint does not let this key in (403)",
    404: "the model's endpoint does not know the address or the model (404)",
}
"""What whoever runs us can set right; until then nothing that was said is given up."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of the exchange with a model; `role` is one of the protocol's."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back."""

    text: str
    finish_reason: str
    is_declined: bool
    input_tokens: int | None
    """None: the endpoint does not tell."""
    output_tokens: int | None


class Endpoint:
    """Connections to one address, bound to the event loop that uses them first."""

    def __init__(self, base_url: str, api_key: str | None, *, timeout_s: float) -> None:
        # It takes half a second, which nobody without a model has to wait.
        from openai import AsyncOpenAI

        self._client = AsyncOpenAI(
            base_url=base_url, api_key=api_key or _NO_KEY, max_retries=0, timeout=timeout_s
        )
        self._timeout_s = timeout_s
        self._breaker = Breaker()

    async def complete(
        self, model: str, turns: Sequence[Turn], parameters: dict[str, Any]
    ) -> Completion:
        """Asks once; raises ModelAway or ModelRefused. Nothing is tried again here."""
        messages = [{"role": turn.role, "content": turn.content} for turn in turns]
        with self._breaker.guard():
            try:
                # The client's own timeout starts anew with each byte that trickles in.
                async with asyncio.timeout(self._timeout_s):
                    answer = await self._client.chat.completions.create(
                        model=model,
                        messages=messages,  # type: ignore[arg-type]
                        extra_body=parameters,
                    )
            except Exception as error:
                raise self._to_fault(error) from None
            return _to_completion(answer)

    async def close(self) -> None:
        await self._client.close()

    def _to_fault(self, error: Exception) -> ModelFault:
        """Translates what the client raises; `from None`, since its errors quote the request."""
        from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

        if isinstance(error, TimeoutError | APITimeoutError):
            return ModelAway(f"the model did not answer within {self._timeout_s:g} s")
        if isinstance(error, APIConnectionError):
            cause = type(error.__cause__ or error).__name__
            return ModelAway(f"the model's endpoint cannot be reached ({cause})")
        if isinstance(error, APIStatusError):
            return _to_status_fault(error)
        if isinstance(error, APIError | ValueError):
            return ModelAway(f"the model's endpoint does not speak JSON ({type(error).__name__})")
        raise error


def _to_status_fault(error: "APIStatusError") -> ModelFault:
    status = error.status_code
    if status in _WAIT or status >= 500:
        return ModelAway(
            f"the model's endpoint answered {status}",
            wait_s=_read_retry_after(error.response.headers.get("retry-after", "")),
            is_outage=status >= 500,
        )
    if status in _CONFIGURED:
        return ModelAway(_CONFIGURED[status], is_outage=False)
    return ModelRefused(f"the model's endpoint refused the request ({status})", str(error.body))


def _read_retry_after(header: str) -> float:
    """Reads seconds or an HTTP date (RFC 9110, section 10.2.3); anything else asks for nothing."""
    wait_s = 0.0
    with suppress(ValueError):
        wait_s = float(header)
    if not wait_s:
        with suppress(ValueError):
            wait_s = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)


def _to_completion(answer: "ChatCompletion") -> Completion:
    # The client checks no types: some gateways answer 200 with an error in place of choices.
    choices = getattr(answer, "choices", None) or []
    message = getattr(choices[0], "message", None) if choices else None
    if message is None:
        raise ModelAway("the model's endpoint answered without a choice")
    finish_reason = choices[0].finish_reason or ""
    return Completion(
        text=message.content or "",
        finish_reason=finish_reason,
        is_declined=bool(message.refusal) or finish_reason == "content_filter",
        input_tokens=answer.usage.prompt_tokens if answer.usage else None,
        output_tokens=answer.usage.completion_tokens if answer.usage else None,
    )
