"""Creating and changing sessions, and who is in them."""

from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers import clone, session
from resolvers.session import Member
from schema.configuration import ConfigurationInput, to_changes
from schema.context import Info
from schema.mutations.describe import (
    CONFIGURATION,
    METADATA,
    NAME,
    OBSERVE_ME,
    OBSERVE_OTHERS,
    WORKSPACE,
)
from schema.session import Session

_MEMBER_DEFAULT = "the peer's own setting, or as it is if the peer is in already"


@strawberry.input(description="A peer that joins a session; it is created if it is missing.")
class MemberInput:
    name: str = strawberry.field(description=NAME)
    observe_me: bool | None = strawberry.field(
        default=None, description=OBSERVE_ME.format(default=_MEMBER_DEFAULT)
    )
    observe_others: bool | None = strawberry.field(
        default=None, description=OBSERVE_OTHERS.format(default=_MEMBER_DEFAULT)
    )


@strawberry.input(description="A session to get or create.")
class CreateSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    name: str = strawberry.field(description=NAME)
    metadata: JSON | None = strawberry.field(
        default=None, description=METADATA + " Only for a new one."
    )
    configuration: ConfigurationInput | None = strawberry.field(
        default=None, description=CONFIGURATION + " Only for a new one."
    )
    peers: list[MemberInput] | None = strawberry.field(
        default=None, description="Peers that join, also if the session is there already."
    )


@strawberry.input(description="Peers that join a session.")
class JoinSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session; it must exist.")
    peers: list[MemberInput] = strawberry.field(
        description=(
            "Who is in already stays in; other flags take effect from the next message. To follow"
            " the peer's own setting again, leave and join."
        )
    )


@strawberry.input(description="Peers that leave a session.")
class LeaveSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session; it must exist.")
    peers: list[str] = strawberry.field(description="Names of the peers; they must exist.")


@strawberry.type(description="A session, and whether it is new.")
class SessionPayload:
    session: Session = strawberry.field(description="The session.")
    created: bool = strawberry.field(description="false: it was there already.")


@strawberry.input(description="What to change of a session; what is left out stays.")
class UpdateSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session; it must exist.")
    metadata: JSON | None = strawberry.field(default=None, description=METADATA)
    configuration: ConfigurationInput | None = strawberry.field(
        default=None, description=CONFIGURATION
    )
    is_active: bool | None = strawberry.field(
        default=None, description="Whether it is in use; says so and changes nothing else."
    )


@strawberry.input(description="A session to clone within its workspace.")
class CloneSessionInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session to clone; it must exist.")
    name: str = strawberry.field(description="Name of the clone. " + NAME)
    through_sequence: int | None = strawberry.field(
        default=None,
        description=(
            "Clone it as it was when this message had been said: who came later is not in, who"
            " left later still is. null: as it is now."
        ),
    )


@strawberry.type
class SessionMutation:
    @strawberry.mutation(description="Gets a session, or creates it, and lets peers in.")
    async def create_session(
        self,
        info: Info,
        input: Annotated[CreateSessionInput, strawberry.argument(description="The session.")],
    ) -> SessionPayload:
        row, created = await session.create_session(
            info.context.services,
            input.workspace,
            input.name,
            metadata=input.metadata,
            configuration=to_changes(input.configuration),
            members=_to_members(input.peers or []),
        )
        return SessionPayload(session=Session.from_row(row), created=created)

    @strawberry.mutation(
        description="Lets peers into a session. They witness what is said from then on."
    )
    async def join_session(
        self,
        info: Info,
        input: Annotated[JoinSessionInput, strawberry.argument(description="Who joins where.")],
    ) -> SessionPayload:
        row = await session.join(
            info.context.services,
            input.workspace,
            input.session,
            members=_to_members(input.peers),
        )
        return SessionPayload(session=Session.from_row(row), created=False)

    @strawberry.mutation(
        description="Lets peers leave a session. What they witnessed stays theirs."
    )
    async def leave_session(
        self,
        info: Info,
        input: Annotated[LeaveSessionInput, strawberry.argument(description="Who leaves where.")],
    ) -> SessionPayload:
        row = await session.leave(
            info.context.services, input.workspace, input.session, peer_names=input.peers
        )
        return SessionPayload(session=Session.from_row(row), created=False)

    @strawberry.mutation(
        description="Changes a session. Its configuration counts from the next message on."
    )
    async def update_session(
        self,
        info: Info,
        input: Annotated[
            UpdateSessionInput, strawberry.argument(description="The session, and what to change.")
        ],
    ) -> SessionPayload:
        row = await session.update_session(
            info.context.services,
            input.workspace,
            input.session,
            metadata=input.metadata,
            configuration=to_changes(input.configuration),
            is_active=input.is_active,
        )
        return SessionPayload(session=Session.from_row(row), created=False)

    @strawberry.mutation(
        description=(
            "Clones a session: its metadata and configuration, its messages with their sequences"
            " and times, at most 20,000, and every stay. What was concluded is not copied, but"
            " derived anew from the clone's messages. From then on the two go their own ways; what"
            " is forgotten in one stays in the other. Another session of that name is a CONFLICT."
        )
    )
    async def clone_session(
        self,
        info: Info,
        input: Annotated[CloneSessionInput, strawberry.argument(description="What to clone.")],
    ) -> SessionPayload:
        row, created = await clone.clone_session(
            info.context.services,
            input.workspace,
            input.session,
            input.name,
            through_sequence=input.through_sequence,
        )
        return SessionPayload(session=Session.from_row(row), created=created)


def _to_members(members: Sequence[MemberInput]) -> list[Member]:
    return [Member(told.name, told.observe_me, told.observe_others) for told in members]
