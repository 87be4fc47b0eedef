"""Sending messages, and changing what is told about them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from resolvers import message
from resolvers.access import get_own_vantage
from resolvers.message import Utterance
from schema.context import Info
from schema.message import PREFIX, Message
from schema.mutations.describe import METADATA, WORKSPACE
from schema.node import from_node_id_of
from schema.scalars import Position
from schema.session import Session


@strawberry.input(description="A message to send.")
class MessageInput:
    peer: str = strawberry.field(description="Name of who says it.")
    content: str = strawberry.field(description="1 to 25,000 characters.")
    metadata: JSON | None = strawberry.field(default=None, description=METADATA)
    created_at: datetime | None = strawberry.field(
        default=None, description="When it was said; now, if left out."
    )
    client_message_id: str | None = strawberry.field(
        default=None,
        description=(
            "An id of yours, unique per peer and session. Sending the same again gives the first"
            " message back; another content under the same id is a CONFLICT."
        ),
    )
    reasoning: bool | None = strawberry.field(
        default=None, description="Whether conclusions are drawn from it; null: as configured."
    )


@strawberry.input(description="Messages to send to one session.")
class SendMessagesInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session.")
    messages: list[MessageInput] = strawberry.field(
        description="1 to 100, in order; all are written or none."
    )


@strawberry.type(description="What was sent.")
class SendMessagesPayload:
    messages: list[Message] = strawberry.field(description="In the order they were given.")
    position: Position = strawberry.field(
        description="Of the write; hand it to `minPosition` to read what follows from it."
    )
    sent_to: strawberry.Private[UUID]

    @strawberry.field(description="Where they were said.")
    async def session(self, info: Info) -> Session:
        return Session.from_row(await info.context.sessions.load(self.sent_to))


@strawberry.input(description="What to change of a message. What was said stays as it was.")
class UpdateMessageInput:
    id: strawberry.ID = strawberry.field(description="Id of the message; it must exist.")
    metadata: JSON = strawberry.field(description=METADATA + " Takes the place of what was there.")


@strawberry.type(description="A message that was changed.")
class MessagePayload:
    message: Message = strawberry.field(description="As it is now.")
    position: Position = strawberry.field(description="Of the change.")


@strawberry.type
class MessageMutation:
    @strawberry.mutation(
        description=(
            "Sends messages. What is missing is created: the session, the peers, their"
            " memberships. Once this returns, the messages are safe, and what follows from them"
            " is concluded in the background."
        )
    )
    async def send_messages(
        self,
        info: Info,
        input: Annotated[SendMessagesInput, strawberry.argument(description="Where to send what.")],
    ) -> SendMessagesPayload:
        sent = await message.send_messages(
            info.context.services,
            input.workspace,
            input.session,
            [
                Utterance(
                    peer=told.peer,
                    content=told.content,
                    metadata=told.metadata,
                    created_at=told.created_at,
                    client_message_id=told.client_message_id,
                    reasoning=told.reasoning,
                )
                for told in input.messages
            ],
        )
        vantage = get_own_vantage(info.context.services.sight, sent.messages[0].workspace_id)
        return SendMessagesPayload(
            messages=[Message.from_row(row, vantage) for row in sent.messages],
            position=Position(str(sent.position)),
            sent_to=sent.messages[0].session_id,
        )

    @strawberry.mutation(
        description="Changes the metadata of a message. Followers of its session are told."
    )
    async def update_message(
        self,
        info: Info,
        input: Annotated[
            UpdateMessageInput, strawberry.argument(description="The message, and its metadata.")
        ],
    ) -> MessagePayload:
        services = info.context.services
        row, position = await message.update_message(
            services, from_node_id_of(PREFIX, input.id), metadata=input.metadata
        )
        return MessagePayload(
            message=Message.from_row(row, get_own_vantage(services.sight, row.workspace_id)),
            position=Position(str(position)),
        )
