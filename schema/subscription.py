"""The root of subscriptions: each first sends what was missed or asked for, then follows."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import Enum
from typing import Annotated

import strawberry

from resolvers import event, message, representation
from schema.conclusion import PREFIX as CONCLUSION
from schema.conclusion import Conclusion
from schema.context import Info
from schema.default import CONCLUSIONS, fill
from schema.derivation import Derivation
from schema.event import Event, EventKind, to_kinds
from schema.message import Message
from schema.node import to_node_id
from schema.representation import Representation
from schema.scalars import Position

WorkspaceName = Annotated[str, strawberry.argument(description="Name of the workspace.")]


@strawberry.enum(description="What an event tells.")
class ChangeKind(Enum):
    SNAPSHOT = strawberry.enum_value("SNAPSHOT", description="How it stands at the start.")
    ADDED = strawberry.enum_value("ADDED", description="Something new.")
    CHANGED = strawberry.enum_value("CHANGED", description="Something is different now.")
    DELETED = strawberry.enum_value("DELETED", description="Something was forgotten.")


@strawberry.type(description="A message of a followed session.")
class MessageEvent:
    kind: ChangeKind = strawberry.field(
        description=(
            "ADDED, also for those asked for at the start; CHANGED: its metadata; or DELETED."
        )
    )
    sequence: int = strawberry.field(
        description="Of the message. Hand the last one you saw to `after` to go on from there."
    )
    message: Message | None = strawberry.field(description="The message; null: it was deleted.")
    position: Position = strawberry.field(description="Of its write.")


@strawberry.type(description="A followed representation, and what is new in it.")
class RepresentationEvent:
    kind: ChangeKind = strawberry.field(description="SNAPSHOT at the start, then CHANGED.")
    representation: Representation = strawberry.field(description="As it is now.")
    added: list[Conclusion] = strawberry.field(
        description="What is new in it, or was found once more."
    )
    retired: list[strawberry.ID] = strawberry.field(description="What is no longer in it.")
    position: Position = strawberry.field(
        description="Everything said up to here is in. Hand it to `after` to go on from there."
    )


@strawberry.type(
    description="Everything that can be followed, over graphql-transport-ws or graphql-sse."
)
class Subscription:
    @strawberry.subscription(
        description=(
            "Follows the messages of a session, in order, each once. With `after`, it starts"
            " after that sequence, and before that tells which of those up to there were ever"
            " deleted or changed, as you may have missed that; with `last`, it starts with that"
            " many of the newest; else with what comes next."
        )
    )
    async def messages(
        self,
        info: Info,
        workspace: WorkspaceName,
        session: Annotated[str, strawberry.argument(description="Name of the session.")],
        after: Annotated[
            int | None, strawberry.argument(description="The last sequence you have; 0 for all.")
        ] = None,
        last: Annotated[
            int | None, strawberry.argument(description="Up to 200, instead of `after`.")
        ] = None,
        vantage: Annotated[
            str | None,
            strawberry.argument(description="Name of a peer: only what it witnesses."),
        ] = None,
    ) -> AsyncGenerator[MessageEvent, None]:
        followed = message.follow_messages(
            info.context.services,
            workspace,
            session,
            after=after,
            last=last,
            vantage=vantage,
            trail=info.context.trail,
        )
        async with aclosing(followed):
            async for change in followed:
                row = change.row
                there = ChangeKind.ADDED if change.is_new else ChangeKind.CHANGED
                yield MessageEvent(
                    kind=ChangeKind.DELETED if row is None else there,
                    sequence=change.sequence,
                    message=None if row is None else Message.from_row(row, change.vantage),
                    position=Position(str(change.position)),
                )

    @strawberry.subscription(
        description=(
            "Follows what is concluded of a peer, globally or as `observer` sees it: first as it"
            " stands, then each time it changes for that vantage, and only then."
        )
    )
    async def representation(
        self,
        info: Info,
        workspace: WorkspaceName,
        observed: Annotated[str, strawberry.argument(description="Name of the peer it is about.")],
        observer: Annotated[
            str | None, strawberry.argument(description="Name of the peer whose view is wanted.")
        ] = None,
        scope: Annotated[
            str | None,
            strawberry.argument(description="Only what rests on the sessions of this scope alone."),
        ] = None,
        after: Annotated[
            Position | None,
            strawberry.argument(description="The last position you have, instead of a snapshot."),
        ] = None,
        max_conclusions: Annotated[
            int | None, strawberry.argument(description="At most this many, up to 200.")
        ] = CONCLUSIONS,
    ) -> AsyncGenerator[RepresentationEvent, None]:
        followed = representation.follow_representation(
            info.context.services,
            workspace,
            observed,
            observer=observer,
            scope=scope,
            after=after,
            max_conclusions=fill(max_conclusions, CONCLUSIONS),
            trail=info.context.trail,
        )
        async with aclosing(followed):
            async for change in followed:
                value = change.representation
                yield RepresentationEvent(
                    kind=ChangeKind.SNAPSHOT if change.is_snapshot else ChangeKind.CHANGED,
                    representation=Representation.from_value(value),
                    added=[Conclusion.from_row(row, value.vantage) for row in change.added],
                    retired=[to_node_id(CONCLUSION, id_) for id_ in change.retired],
                    position=Position(str(value.position)),
                )

    @strawberry.subscription(
        description=(
            "Follows all that happens in a workspace, in the order of commits, each once: with"
            " `after`, first what came after that position."
        )
    )
    async def events(
        self,
        info: Info,
        workspace: WorkspaceName,
        after: Annotated[
            Position | None, strawberry.argument(description="The last position you have.")
        ] = None,
        kinds: Annotated[
            list[EventKind] | None,
            strawberry.argument(description="Only these kinds. An empty list: nothing."),
        ] = None,
        session: Annotated[
            str | None, strawberry.argument(description="Name of a session: only what is of it.")
        ] = None,
        peer: Annotated[
            str | None, strawberry.argument(description="Name of a peer: only what concerns it.")
        ] = None,
    ) -> AsyncGenerator[Event, None]:
        followed = event.follow_events(
            info.context.services,
            workspace,
            after=after,
            kinds=to_kinds(kinds),
            session=session,
            peer=peer,
            trail=info.context.trail,
        )
        async with aclosing(followed):
            async for row in followed:
                yield Event.from_row(row)

    @strawberry.subscription(
        description="Follows how far derivation is: as it is now, then whenever it has moved."
    )
    async def derivation(
        self, info: Info, workspace: WorkspaceName
    ) -> AsyncGenerator[Derivation, None]:
        followed = event.follow_derivation(
            info.context.services, workspace, trail=info.context.trail
        )
        async with aclosing(followed):
            async for workspace_id, row in followed:
                yield Derivation.from_row(row, workspace_id)
