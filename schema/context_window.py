"""The context of a session for a model call, `Context` in GraphQL."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

import schema.message
import schema.representation
import schema.session
from representation.context import to_anthropic, to_openai
from resolvers.context import ContextValue
from schema.summary import Summary

if TYPE_CHECKING:
    from schema.message import Message
    from schema.representation import Representation
    from schema.session import Session

Assistant = Annotated[
    str, strawberry.argument(description="Name of the peer that the model speaks for.")
]


@strawberry.type(
    name="Context", description="What to put into a model's window, fitted to a token budget."
)
class ContextWindow:
    session: Annotated["Session", strawberry.lazy("schema.session")] = strawberry.field(
        description="Where it is from."
    )
    messages: list[Annotated["Message", strawberry.lazy("schema.message")]] = strawberry.field(
        description=(
            "Oldest first, contiguous to the newest. Empty if the newest alone is larger than"
            " the budget: messages are never cut."
        )
    )
    summary: Summary | None = strawberry.field(
        description=(
            "What was said before the messages: the summary that with them tells of most, in at"
            " most 40 % of the tokens. null: the messages are all there is, or none fits."
        )
    )
    representation: Annotated["Representation", strawberry.lazy("schema.representation")] | None = (
        strawberry.field(description="What was asked for with `observed`.")
    )
    token_count: int = strawberry.field(
        description=(
            "All of it, never above the tokens asked for. A message counts its content, its"
            " author's name and 4 tokens for the format, a summary its content and 20 tokens."
        )
    )
    value: strawberry.Private[ContextValue]

    @classmethod
    def from_value(cls, value: ContextValue) -> "ContextWindow":
        representation = value.representation
        return cls(
            session=schema.session.Session.from_row(value.session),
            messages=[
                schema.message.Message.from_row(row, value.vantage) for row in value.messages
            ],
            summary=Summary.from_row(value.summary) if value.summary else None,
            representation=(
                None
                if representation is None
                else schema.representation.Representation.from_value(representation)
            ),
            token_count=value.token_count,
            value=value,
        )

    @strawberry.field(
        description=(
            "Messages for OpenAI's chat completions, `[{role, name, content}]`: the"
            " representation and the summary as `system`, the assistant's own messages as"
            " `assistant`, all others as named `user`. Names that the API refuses are spelled"
            " with underscores."
        )
    )
    def openai(self, assistant: Assistant) -> JSON:
        return JSON(to_openai(self.value.lines, assistant=assistant, system=self.value.system))

    @strawberry.field(
        description=(
            "`{system, messages}` for Anthropic's messages API: roles alternate and a user is"
            " first; what others say starts with their name."
        )
    )
    def anthropic(self, assistant: Assistant) -> JSON:
        return JSON(to_anthropic(self.value.lines, assistant=assistant, system=self.value.system))
