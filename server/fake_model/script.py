"""What the server is told to do out of the ordinary, and what it was asked so far."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

KEPT_CALLS = 10_000


class Step(BaseModel):
    """What happens to the next request instead of a good answer; several things may."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Literal["chat", "embeddings"] = "chat"
    on: str = ""
    """Only for a request in which this text stands."""
    times: int = Field(default=1, ge=1)
    """For so many requests."""
    status: int | None = Field(default=None, ge=400, le=599)
    """Answers with this error ..."""
    retry_after: str | None = None
    """... and this header."""
    stall: bool = False
    """Never ends the answer; a stream begins first."""
    cut: bool = False
    """Breaks the connection in the middle of the answer."""
    content: str | None = None
    """Says this."""
    is_thinking: bool = False
    """Thinks aloud first, as models that reason do."""
    is_wrapped: bool = False
    """Puts the answer into prose and a fence."""
    finish_reason: str = "stop"
    refusal: str | None = None
    tool_calls: list["ToolCall"] = []


class ToolCall(BaseModel):
    """A tool that the model wants used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, Any]


class Script(BaseModel):
    """Everything ordered."""

    model_config = ConfigDict(extra="forbid")

    steps: list[Step] = []
    """Each is used up by the first request that it is for."""
    refuses: list[str] = []
    """Parameters and response formats that are answered with 400, as by servers without them."""
    latency_s: float = Field(default=0.0, ge=0)
    """How long each answer takes."""
    has_usage: bool = True
    """Whether answers tell their tokens."""


class Stage:
    """The script as far as it was played, and the requests."""

    def __init__(self) -> None:
        self.script = Script()
        self.calls: list[dict[str, Any]] = []

    def take_step(self, path: str, asked: BaseModel, text: str) -> Step:
        """Notes a request and returns what is to happen to it."""
        if len(self.calls) < KEPT_CALLS:
            self.calls.append({"path": path, **asked.model_dump(exclude_unset=True)})
        for place, step in enumerate(self.script.steps):
            if step.path == path and step.on in text:
                rest = [step.model_copy(update={"times": step.times - 1})] if step.times > 1 else []
                self.script.steps[place : place + 1] = rest
                return step
        return Step()
