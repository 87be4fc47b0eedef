"""Forgetting: what is deleted goes with all that rests on it."""

from typing import Annotated

import strawberry

import schema.conclusion
import schema.message
from core import position
from resolvers import forget
from schema.context import Info
from schema.mutations.describe import WORKSPACE
from schema.node import from_node_id_of
from schema.scalars import Position


@strawberry.input(description="A workspace to forget.")
class DeleteWorkspaceInput:
    workspace: str = strawberry.field(description="Name of the workspace.")


@strawberry.input(description="A peer to forget.")
class DeletePeerInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    peer: str = strawberry.field(description="Name of the peer.")


@strawberry.input(description="A session to forget.")
class DeleteSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session.")


@strawberry.input(description="Messages to forget.")
class DeleteMessagesInput:
    ids: list[strawberry.ID] = strawberry.field(
        description="Ids of 1 to 200 messages of one workspace."
    )


@strawberry.input(description="A conclusion to forget.")
class DeleteConclusionInput:
    id: strawberry.ID = strawberry.field(description="Id of the conclusion.")


@strawberry.type(description="What was deleted.")
class DeletePayload:
    deleted: int = strawberry.field(
        description="How many of what was asked for; 0: it was gone already."
    )
    position: Position = strawberry.field(description="Of the change.")


@strawberry.type
class ForgetMutation:
    @strawberry.mutation(description="Forgets a workspace and everything in it.")
    async def delete_workspace(
        self,
        info: Info,
        input: Annotated[DeleteWorkspaceInput, strawberry.argument(description="Which workspace.")],
    ) -> DeletePayload:
        return _to_payload(await forget.delete_workspace(info.context.services, input.workspace))

    @strawberry.mutation(
        description=(
            "Forgets a peer: all it said, everywhere, all that was concluded of it, and whatever"
            " rests on that. What is left of the conversations is derived anew."
        )
    )
    async def delete_peer(
        self,
        info: Info,
        input: Annotated[DeletePeerInput, strawberry.argument(description="Which peer.")],
    ) -> DeletePayload:
        return _to_payload(
            await forget.delete_peer(info.context.services, input.workspace, input.peer)
        )

    @strawberry.mutation(
        description="Forgets a session, its messages, and whatever rests on them, everywhere."
    )
    async def delete_session(
        self,
        info: Info,
        input: Annotated[DeleteSessionInput, strawberry.argument(description="Which session.")],
    ) -> DeletePayload:
        return _to_payload(
            await forget.delete_session(info.context.services, input.workspace, input.session)
        )

    @strawberry.mutation(
        description=(
            "Forgets messages and whatever was concluded from a window that holds one of them."
            " What is left of these windows is derived anew."
        )
    )
    async def delete_messages(
        self,
        info: Info,
        input: Annotated[DeleteMessagesInput, strawberry.argument(description="Which messages.")],
    ) -> DeletePayload:
        ids = [from_node_id_of(schema.message.PREFIX, node_id) for node_id in input.ids]
        return _to_payload(await forget.delete_messages(info.context.services, ids))

    @strawberry.mutation(
        description=(
            "Forgets a conclusion and whatever follows from it; the messages stay. It is concluded"
            " again if what it was drawn from is derived anew, because a message next to it was"
            " deleted; to be rid of what was said, delete the message."
        )
    )
    async def delete_conclusion(
        self,
        info: Info,
        input: Annotated[
            DeleteConclusionInput, strawberry.argument(description="Which conclusion.")
        ],
    ) -> DeletePayload:
        id_ = from_node_id_of(schema.conclusion.PREFIX, input.id)
        return _to_payload(await forget.delete_conclusion(info.context.services, id_))


def _to_payload(done: tuple[int, position.Position]) -> DeletePayload:
    return DeletePayload(deleted=done[0], position=Position(str(done[1])))
