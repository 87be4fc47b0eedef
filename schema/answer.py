"""Answers of asked peers in GraphQL."""

from typing import TYPE_CHECKING, Annotated

import strawberry

import schema.conclusion
import schema.message
from resolvers.chat import AnswerValue
from schema.scalars import Position
from schema.usage import Usage

if TYPE_CHECKING:
    from schema.conclusion import Conclusion
    from schema.message import Message


@strawberry.type(description="What an asked peer says, and what that rests on.")
class Answer:
    text: str = strawberry.field(description="The answer; says so if it does not know.")
    conclusions: list[Annotated["Conclusion", strawberry.lazy("schema.conclusion")]] = (
        strawberry.field(description="The conclusions it rests on, in the order of the text.")
    )
    messages: list[Annotated["Message", strawberry.lazy("schema.message")]] = strawberry.field(
        description="The messages it rests on, itself or through conclusions, oldest first."
    )
    usage: Usage = strawberry.field(description="What models were called for it.")
    position: Position = strawberry.field(
        description="Everything said up to here is taken into account."
    )

    @classmethod
    def from_value(cls, value: AnswerValue) -> "Answer":
        return cls(
            text=value.text,
            conclusions=[
                schema.conclusion.Conclusion.from_row(row, value.vantage)
                for row in value.conclusions
            ],
            messages=[
                schema.message.Message.from_row(row, value.vantage) for row in value.messages
            ],
            usage=Usage.from_rows(value.usage),
            position=Position(str(value.position)),
        )
