"""Membership intervals: which messages of a session each peer witnessed, and how it observes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.configuration import Configuration, resolve
from core.ids import create_ids
from models.database import Connection, Runner
from models.event import EventKind, add_events
from models.peer import Peer, PeerRow
from models.session import Session, SessionRow


class Membership(Model):
    """One stay `[from_sequence, to_sequence)` of one peer in one session. Append-only."""

    id = fields.UUIDField(primary_key=True)
    workspace_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="memberships"
    )
    peer: fields.ForeignKeyRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="memberships"
    )
    from_sequence = fields.IntField()
    to_sequence = fields.IntField(null=True)
    observe_me = fields.BooleanField()
    """In effect during the whole interval, as is the next."""
    observe_others = fields.BooleanField()
    observe_me_set = fields.BooleanField(null=True)
    """What the membership itself asks for; null: the peer's own setting. As is the next."""
    observe_others_set = fields.BooleanField(null=True)
    joined_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "membership"
        constraints = (
            UniqueConstraint(
                fields=("session_id", "peer_id"),
                name="membership_open",
                condition="to_sequence IS NULL",
            ),
            CheckConstraint(
                check="from_sequence >= 1 AND to_sequence >= from_sequence",
                name="membership_interval",
            ),
        )
        indexes = (
            # What a vantage witnessed (models/visibility.py).
            Index(fields=("peer_id", "session_id"), name="membership_peer"),
            # Who was in the room: rosters, windows, witnesses.
            Index(fields=("session_id", "from_sequence"), name="membership_session"),
        )


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """An interval as it is read."""

    session_id: UUID
    peer_id: UUID
    from_sequence: int
    to_sequence: int | None
    observe_me: bool
    observe_others: bool
    observe_me_set: bool | None
    observe_others_set: bool | None
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Author:
    """What a writer must know of a peer that is in the session."""

    peer_id: UUID
    observe_me: bool


ABSENT = UUID(int=0)
"""An id that no row has."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who of the asked-for peers is in a session, as of one version of its roster."""

    workspace_id: UUID
    session_id: UUID
    """ABSENT if there is no such session."""
    version: int
    authors: Mapping[str, Author]
    configuration: Configuration = field(default_factory=Configuration)
    """In effect for messages that don't say otherwise."""
    instruction_id: UUID | None = None
    """Of the custom instructions among it, if there are any."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How a peer asks to be in a session; None: as it already is there, else its own setting."""

    observe_me: bool | None = None
    observe_others: bool | None = None


_COLUMNS = (
    "session_id, peer_id, from_sequence, to_sequence, observe_me, observe_others,"
    " observe_me_set, observe_others_set, joined_at, left_at"
)


async def list_memberships(
    runner: Runner, session_ids: list[UUID], *, active: bool | None
) -> list[MembershipRow]:
    """Returns the intervals of the sessions, oldest first within each; all if `active` is None."""
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM membership WHERE session_id = ANY ($1::uuid[])
          AND ($2::bool IS NULL OR (to_sequence IS NULL) = $2)
        ORDER BY session_id, from_sequence, id
        """,
        session_ids,
        active,
    )
    return [MembershipRow(**record) for record in records]


async def list_intervals(
    runner: Runner, session_id: UUID, *, first_sequence: int, last_sequence: int
) -> list[MembershipRow]:
    """Returns the intervals that hold any of a session's messages first..last."""
    records = await runner.fetch(
        f"""
        SELECT {_COLUMNS} FROM membership WHERE session_id = $1 AND from_sequence <= $3
          AND (to_sequence IS NULL OR to_sequence > $2)
        ORDER BY from_sequence, id
        """,
        session_id,
        first_sequence,
        last_sequence,
    )
    return [MembershipRow(**record) for record in records]


async def find_roster(
    runner: Runner, workspace_name: str, session_name: str, peer_names: list[str]
) -> Roster | None:
    """Finds a session and which of the peers are in it, at one moment; None: no such workspace."""
    records = await runner.fetch(
        """
        SELECT workspace.id AS workspace_id, workspace.configuration AS general,
               session.id AS session_id, session.roster_version, session.configuration AS own,
               peer.name, peer.id AS peer_id, membership.observe_me
        FROM workspace
        LEFT JOIN session ON session.workspace_id = workspace.id AND session.name = $2
        LEFT JOIN (membership JOIN peer ON peer.id = membership.peer_id
                   AND peer.name = ANY ($3::text[]))
            ON membership.session_id = session.id AND membership.to_sequence IS NULL
        WHERE workspace.name = $1
        """,
        workspace_name,
        session_name,
        peer_names,
    )
    if not records:
        return None
    authors = {
        record["name"]: Author(record["peer_id"], record["observe_me"])
        for record in records
        if record["name"] is not None
    }
    place = records[0]
    return Roster(
        workspace_id=place["workspace_id"],
        session_id=place["session_id"] or ABSENT,
        version=place["roster_version"] or 0,
        configuration=resolve(orjson.loads(place["general"]), orjson.loads(place["own"] or "{}")),
        authors=authors,
    )


async def join_session(
    connection: Connection,
    session: SessionRow,
    peers: Mapping[str, PeerRow],
    joinings: Mapping[str, Joining],
) -> SessionRow:
    """Lets peers in; who is in already stays, with the next interval if its flags change.

    `session` and `peers` must be locked. Returns the session with its new roster version.
    """
    opened = {
        interval.peer_id: interval
        for interval in await list_memberships(connection, [session.id], active=True)
    }
    wanted = [
        _create_interval(session, peers[name], joining, opened.get(peers[name].id))
        for name, joining in joinings.items()
    ]
    changed = [
        interval
        for interval in wanted
        if interval.peer_id not in opened or _differs(interval, opened[interval.peer_id])
    ]
    rotated = [interval.peer_id for interval in changed if interval.peer_id in opened]
    await _close_intervals(connection, session, rotated)
    await _open_intervals(connection, session, changed)
    joined = [interval for interval in changed if interval.peer_id not in opened]
    await _add_events(connection, session, EventKind.PEER_JOINED, [i.peer_id for i in joined])
    return await _touch_roster(connection, session) if changed else session


async def leave_session(
    connection: Connection, session: SessionRow, peer_ids: list[UUID]
) -> SessionRow:
    """Ends the open intervals of the peers; who is not in stays out. `session` must be locked."""
    left = await _close_intervals(connection, session, peer_ids)
    await _add_events(connection, session, EventKind.PEER_LEFT, left)
    return await _touch_roster(connection, session) if left else session


async def rotate_memberships(connection: Connection, peer: PeerRow) -> None:
    """Makes open intervals follow the peer's own flags where they don't set their own.

    The peer must have been updated in this transaction, so that nobody joins meanwhile.
    """
    records = await connection.fetch(
        """
        SELECT session.* FROM session JOIN membership ON membership.session_id = session.id
        WHERE membership.peer_id = $1 AND membership.to_sequence IS NULL
          AND (coalesce(membership.observe_me_set, $2) <> membership.observe_me
            OR coalesce(membership.observe_others_set, $3) <> membership.observe_others)
        ORDER BY session.id FOR UPDATE OF session
        """,
        peer.id,
        peer.observe_me,
        peer.observe_others,
    )
    for record in records:
        session = SessionRow(**{name: record[name] for name in SessionRow.__slots__})
        opened = await list_memberships(connection, [session.id], active=True)
        if any(interval.peer_id == peer.id for interval in opened):  # may have left meanwhile
            await join_session(connection, session, {peer.name: peer}, {peer.name: Joining()})


def _create_interval(
    session: SessionRow, peer: PeerRow, joining: Joining, current: MembershipRow | None
) -> MembershipRow:
    me = _first_set(joining.observe_me, current.observe_me_set if current else None)
    others = _first_set(joining.observe_others, current.observe_others_set if current else None)
    return MembershipRow(
        session_id=session.id,
        peer_id=peer.id,
        from_sequence=session.last_sequence + 1,
        to_sequence=None,
        observe_me=peer.observe_me if me is None else me,
        observe_others=peer.observe_others if others is None else others,
        observe_me_set=me,
        observe_others_set=others,
        joined_at=session.updated_at,
        left_at=None,
    )


def _first_set(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)


def _differs(new: MembershipRow, old: MembershipRow) -> bool:
    return (
        new.observe_me != old.observe_me
        or new.observe_others != old.observe_others
        or new.observe_me_set != old.observe_me_set
        or new.observe_others_set != old.observe_others_set
    )


async def _open_intervals(
    connection: Connection, session: SessionRow, intervals: list[MembershipRow]
) -> None:
    if not intervals:
        return
    await connection.execute(
        """
        INSERT INTO membership (id, workspace_id, session_id, peer_id, from_sequence, observe_me,
                                observe_others, observe_me_set, observe_others_set, joined_at)
        SELECT id, $1, $2, peer_id, $3, me, others, me_set, others_set, now()
        FROM unnest($4::uuid[], $5::uuid[], $6::bool[], $7::bool[], $8::bool[], $9::bool[])
            AS opening(id, peer_id, me, others, me_set, others_set)
        """,
        session.workspace_id,
        session.id,
        session.last_sequence + 1,
        create_ids(len(intervals)),
        [interval.peer_id for interval in intervals],
        [interval.observe_me for interval in intervals],
        [interval.observe_others for interval in intervals],
        [interval.observe_me_set for interval in intervals],
        [interval.observe_others_set for interval in intervals],
    )


async def _close_intervals(
    connection: Connection, session: SessionRow, peer_ids: list[UUID]
) -> list[UUID]:
    """Closes after the newest message and returns the peers that were in."""
    if not peer_ids:
        return []
    records = await connection.fetch(
        """
        UPDATE membership SET to_sequence = $2, left_at = now()
        WHERE session_id = $1 AND peer_id = ANY ($3::uuid[]) AND to_sequence IS NULL
        RETURNING peer_id
        """,
        session.id,
        session.last_sequence + 1,
        peer_ids,
    )
    return [record["peer_id"] for record in records]


async def _touch_roster(connection: Connection, session: SessionRow) -> SessionRow:
    version = await connection.fetchval(
        """
        UPDATE session SET roster_version = roster_version + 1, updated_at = now()
        WHERE id = $1 RETURNING roster_version
        """,
        session.id,
    )
    return replace(session, roster_version=version)


async def _add_events(
    connection: Connection, session: SessionRow, kind: EventKind, peer_ids: list[UUID]
) -> None:
    data = f'{{"fromSequence": {session.last_sequence + 1}}}'
    await add_events(
        connection,
        session.workspace_id,
        kind=kind,
        session_id=session.id,
        peers=[(peer_id, data) for peer_id in peer_ids],
    )
