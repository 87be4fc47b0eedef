"""Creating and changing peers."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers import peer
from schema.context import Info
from schema.mutations.describe import METADATA, NAME, OBSERVE_ME, OBSERVE_OTHERS, WORKSPACE
from schema.peer import Peer


@strawberry.input(description="A peer to get or create.")
class CreatePeerInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    name: str = strawberry.field(description=NAME)
    metadata: JSON | None = strawberry.field(
        default=None, description=METADATA + " Only for a new one, as is the rest."
    )
    observe_me: bool | None = strawberry.field(
        default=None, description=OBSERVE_ME.format(default="true")
    )
    observe_others: bool | None = strawberry.field(
        default=None, description=OBSERVE_OTHERS.format(default="false")
    )


@strawberry.input(description="What to change of a peer; what is left out stays.")
class UpdatePeerInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    peer: str = strawberry.field(description="Name of the peer; it must exist.")
    metadata: JSON | None = strawberry.field(default=None, description=METADATA)
    observe_me: bool | None = strawberry.field(
        default=None, description=OBSERVE_ME.format(default="as it is")
    )
    observe_others: bool | None = strawberry.field(
        default=None, description=OBSERVE_OTHERS.format(default="as it is")
    )


@strawberry.type(description="A peer, and whether it is new.")
class PeerPayload:
    peer: Peer = strawberry.field(description="The peer.")
    created: bool = strawberry.field(description="false: it was there already.")


@strawberry.type
class PeerMutation:
    @strawberry.mutation(description="Gets a peer, or creates it.")
    async def create_peer(
        self,
        info: Info,
        input: Annotated[CreatePeerInput, strawberry.argument(description="The peer.")],
    ) -> PeerPayload:
        row, created = await peer.create_peer(
            info.context.services,
            input.workspace,
            input.name,
            metadata=input.metadata,
            observe_me=input.observe_me,
            observe_others=input.observe_others,
        )
        return PeerPayload(peer=Peer.from_row(row), created=created)

    @strawberry.mutation(
        description=(
            "Changes a peer. Its flags take effect from the next message on, in every session"
            " that does not set its own."
        )
    )
    async def update_peer(
        self,
        info: Info,
        input: Annotated[
            UpdatePeerInput, strawberry.argument(description="The peer, and what to change.")
        ],
    ) -> PeerPayload:
        row = await peer.update_peer(
            info.context.services,
            input.workspace,
            input.peer,
            metadata=input.metadata,
            observe_me=input.observe_me,
            observe_others=input.observe_others,
        )
        return PeerPayload(peer=Peer.from_row(row), created=False)
