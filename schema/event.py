"""Events of a workspace in GraphQL."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import orjson
import strawberry
from strawberry.scalars import JSON

import models.event
import schema.peer
import schema.session
from models.event import EventRow
from schema.context import Info
from schema.scalars import Position

if TYPE_CHECKING:
    from schema.peer import Peer
    from schema.session import Session


@strawberry.enum(description="What happened.")
class EventKind(Enum):
    MESSAGES_ADDED = strawberry.enum_value(
        "MESSAGES_ADDED", description="`data`: firstSequence, lastSequence."
    )
    MESSAGE_CHANGED = strawberry.enum_value(
        "MESSAGE_CHANGED", description="Its metadata; `data`: sequence."
    )
    MESSAGES_DELETED = strawberry.enum_value(
        "MESSAGES_DELETED", description="`data`: sequences; null: the whole session."
    )
    PEER_JOINED = strawberry.enum_value("PEER_JOINED", description="`data`: fromSequence.")
    PEER_LEFT = strawberry.enum_value("PEER_LEFT", description="`data`: fromSequence.")
    REPRESENTATION_CHANGED = strawberry.enum_value(
        "REPRESENTATION_CHANGED", description="Something is, or is no longer, concluded of `peer`."
    )
    CARD_CHANGED = strawberry.enum_value(
        "CARD_CHANGED", description="Somebody has written a card of `peer` by hand."
    )
    SUMMARY_CREATED = strawberry.enum_value(
        "SUMMARY_CREATED",
        description="Of `session`; `data`: kind, firstSequence, lastSequence.",
    )
    DERIVATION_IDLE = strawberry.enum_value(
        "DERIVATION_IDLE", description="All that was said is derived, but for what was given up."
    )
    WORK_DEAD = strawberry.enum_value(
        "WORK_DEAD",
        description=(
            "Work was given up; see `deadItems`. `data`: kind, attempts. `session` or `peer`: what"
            " it was done for."
        ),
    )
    FILE_PART_IMPORTED = strawberry.enum_value(
        "FILE_PART_IMPORTED",
        description="A file of `peer` is being imported; `data`: messages, how many of it are"
        " written, and of, how many there will be.",
    )


@strawberry.type(description="Something that happened in a workspace; ids and numbers, never text.")
class Event:
    kind: EventKind = strawberry.field(description="What happened.")
    position: Position = strawberry.field(
        description="When, in the order of commits. Hand it to `after` to go on from there."
    )
    data: JSON = strawberry.field(description="What belongs to it; see its kind.")
    at: datetime = strawberry.field(description="When, by the clock.")
    row: strawberry.Private[EventRow]

    @classmethod
    def from_row(cls, row: EventRow) -> "Event":
        return cls(
            kind=EventKind[row.kind.value],
            position=Position(str(row.position)),
            data=orjson.loads(row.data),
            at=row.at,
            row=row,
        )

    @strawberry.field(description="Where; null: in none, or it is gone.")
    async def session(
        self, info: Info
    ) -> Annotated["Session", strawberry.lazy("schema.session")] | None:
        row = self.row.session_id and await info.context.found_sessions.load(self.row.session_id)
        return schema.session.Session.from_row(row) if row else None

    @strawberry.field(description="Whom it concerns; null: nobody in particular, or it is gone.")
    async def peer(self, info: Info) -> Annotated["Peer", strawberry.lazy("schema.peer")] | None:
        row = self.row.peer_id and await info.context.found_peers.load(self.row.peer_id)
        return schema.peer.Peer.from_row(row) if row else None


def to_kinds(kinds: list[EventKind] | None) -> list[models.event.EventKind] | None:
    return None if kinds is None else [models.event.EventKind[kind.name] for kind in kinds]
