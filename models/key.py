"""Keys: what callers show to be let in. Only a digest of the secret is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.ids import create_id
from models.database import Record, Runner
from models.peer import Peer
from models.session import Session
from models.sight import KeyKind, Sight
from models.workspace import Workspace

LAST_USE_S = 60
"""`last_used_at` is exact to this many seconds, so that reading writes at most that often."""


class Key(Model):
    """A credential. Goes with the workspace, peer or session that it is for."""

    id = fields.UUIDField(primary_key=True)
    workspace: fields.ForeignKeyNullableRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="keys", null=True
    )
    """None: it is for every workspace."""
    peer: fields.ForeignKeyNullableRelation[Peer] = fields.ForeignKeyField(
        "models.Peer", related_name="keys", null=True
    )
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="keys", null=True
    )
    kind = fields.TextField()
    name = fields.CharField(512)
    digest = fields.CharField(64)
    """SHA-256 of the secret, in hexadecimal."""
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    """From when on it is refused: later than now during a grace period."""

    class Meta:
        table = "access_key"
        constraints = (
            UniqueConstraint(fields=("digest",), name="access_key_digest"),
            # A name is taken until its key is revoked, so that a rotation can go on with it.
            UniqueConstraint(
                fields=("workspace_id", "name"),
                name="access_key_name",
                condition="revoked_at IS NULL AND workspace_id IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("name",),
                name="access_key_admin_name",
                condition="revoked_at IS NULL AND workspace_id IS NULL",
            ),
            CheckConstraint(
                check="kind IN ('ADMIN', 'WORKSPACE', 'PEER', 'SESSION')"
                " AND (kind = 'ADMIN') = (workspace_id IS NULL)"
                " AND (kind = 'PEER') = (peer_id IS NOT NULL)"
                " AND (kind = 'SESSION') = (session_id IS NOT NULL)",
                name="access_key_is_for",
            ),
        )
        indexes = (
            Index(fields=("workspace_id",), name="access_key_workspace"),
            # What is deleted takes its keys with it.
            Index(fields=("peer_id",), name="access_key_peer"),
            Index(fields=("session_id",), name="access_key_session"),
        )


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is read, with the names of what it is for; its secret is nowhere."""

    id: UUID
    kind: KeyKind
    name: str
    workspace_id: UUID | None
    workspace: str | None
    peer_id: UUID | None
    peer: str | None
    session_id: UUID | None
    session: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def to_sight(self) -> Sight:
        return Sight(
            self.kind,
            self.workspace_id,
            self.workspace,
            self.peer_id,
            self.peer,
            self.session_id,
            self.session,
        )


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to write."""

    kind: KeyKind
    name: str
    digest: str
    workspace_id: UUID | None = None
    peer_id: UUID | None = None
    session_id: UUID | None = None
    expires_at: datetime | None = None


_SELECT = """
    SELECT k.id, k.kind, k.name, k.workspace_id, workspace.name AS workspace, k.peer_id,
           peer.name AS peer, k.session_id, session.name AS session, k.created_at, k.expires_at,
           k.last_used_at, k.revoked_at
    FROM access_key AS k
    LEFT JOIN workspace ON workspace.id = k.workspace_id
    LEFT JOIN peer ON peer.id = k.peer_id
    LEFT JOIN session ON session.id = k.session_id
"""

# By the database's clock, the one that all processes share.
_IS_VALID = "(k.revoked_at IS NULL OR k.revoked_at > now()) AND (k.expires_at > now()) IS NOT FALSE"


async def find_valid_key(runner: Runner, digest: str) -> KeyRow | None:
    """Finds a key that is neither revoked nor expired."""
    record = await runner.fetchrow(f"{_SELECT} WHERE k.digest = $1 AND {_IS_VALID}", digest)
    return _to_row(record) if record else None


async def note_use(runner: Runner, key_id: UUID) -> None:
    """Says that a key was used just now, unless that was said a moment ago."""
    await runner.execute(
        """
        UPDATE access_key SET last_used_at = now()
        WHERE id = $1 AND (last_used_at IS NULL
                           OR last_used_at < now() - make_interval(secs => $2))
        """,
        key_id,
        float(LAST_USE_S),
    )


async def list_valid_ids(runner: Runner, ids: list[UUID]) -> set[UUID]:
    """Returns those of the keys that are still there, and neither revoked nor expired."""
    records = await runner.fetch(
        f"SELECT k.id FROM access_key AS k WHERE k.id = ANY ($1::uuid[]) AND {_IS_VALID}", ids
    )
    return {record["id"] for record in records}


async def list_keys(runner: Runner, workspace_id: UUID | None) -> list[KeyRow]:
    """Returns a workspace's keys, revoked ones too, oldest first; None: those of no workspace."""
    records = await runner.fetch(
        f"{_SELECT} WHERE k.workspace_id IS NOT DISTINCT FROM $1 ORDER BY k.id", workspace_id
    )
    return [_to_row(record) for record in records]


async def find_key(runner: Runner, id_: UUID) -> KeyRow | None:
    record = await runner.fetchrow(f"{_SELECT} WHERE k.id = $1", id_)
    return _to_row(record) if record else None


async def find_unrevoked_key(runner: Runner, workspace_id: UUID | None, name: str) -> KeyRow | None:
    """Finds the key that has a name now."""
    record = await runner.fetchrow(
        f"""
        {_SELECT} WHERE k.workspace_id IS NOT DISTINCT FROM $1 AND k.name = $2
            AND k.revoked_at IS NULL
        """,
        workspace_id,
        name,
    )
    return _to_row(record) if record else None


async def add_key(runner: Runner, key: NewKey) -> UUID | None:
    """Writes a key and returns its id; None: its name is taken."""
    added: UUID | None = await runner.fetchval(
        """
        INSERT INTO access_key (id, kind, name, digest, workspace_id, peer_id, session_id,
                                expires_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
        ON CONFLICT DO NOTHING RETURNING id
        """,
        create_id(),
        key.kind.value,
        key.name,
        key.digest,
        key.workspace_id,
        key.peer_id,
        key.session_id,
        key.expires_at,
    )
    return added


async def revoke_key(runner: Runner, id_: UUID, *, grace_s: int) -> None:
    """Ends a key after the grace period, or when that was said before, if it is earlier."""
    await runner.execute(
        """
        UPDATE access_key
        SET revoked_at = least(revoked_at, now() + make_interval(secs => $2)) WHERE id = $1
        """,
        id_,
        float(grace_s),
    )


def _to_row(record: Record) -> KeyRow:
    return KeyRow(**{**record, "kind": KeyKind(record["kind"])})
