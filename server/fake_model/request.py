"""Requests of the protocol, as far as an answer depends on them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ChatRequest(BaseModel):
    """A request for a completion; what is not named here is kept for GET /calls."""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: str
    messages: list[dict[str, Any]] = Field(min_length=1)
    stream: bool = False
    stream_options: dict[str, Any] | None = None

    @property
    def wants_usage(self) -> bool:
        """Streams tell their tokens only if they are asked to."""
        return not self.stream or bool((self.stream_options or {}).get("include_usage"))

    def to_text(self) -> str:
        return "\n".join(str(each.get("content") or "") for each in self.messages)


class EmbeddingRequest(BaseModel):
    """A request for vectors."""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: str
    input: str | list[str]
    dimensions: int | None = Field(default=None, ge=1, le=4_096)

    def list_texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input
