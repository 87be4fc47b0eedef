"""Keys: who a secret stands for, making and revoking keys."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.clock import get_now
from core.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from core.limits import check_name, check_range
from models import key as keys
from models.database import Pool
from models.key import KeyRow, NewKey
from models.peer import find_peer
from models.session import find_session
from models.sight import OPEN, KeyKind, Sight
from models.workspace import find_workspace
from resolvers.services import Services

SECRET_PREFIX = "vantage_"  # noqa: S105, what secret scanners know it by
SECRET_BYTES = 32
"""More than can be guessed, so that one round of a fast digest is enough to store it."""
GRACE_S = 30 * 24 * 3600

_NEEDS = {
    KeyKind.ADMIN: (),
    KeyKind.WORKSPACE: ("workspace",),
    KeyKind.PEER: ("workspace", "peer"),
    KeyKind.SESSION: ("workspace", "session"),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who a request comes from: what it sees, by which key, and until when."""

    sight: Sight
    key_id: UUID | None = None
    expires_at: datetime | None = None


ANYBODY = Viewer(OPEN)
"""Everybody, where authentication is off."""


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key that somebody asks for, unchecked."""

    name: str
    kind: KeyKind
    workspace: str | None = None
    peer: str | None = None
    session: str | None = None
    expires_at: datetime | None = None


async def get_viewer(pool: Pool, secret: str) -> Viewer:
    """Returns whom a secret stands for; raises Unauthenticated if no valid key has it.

    The secret is looked for by its digest: how long that takes tells nothing about the secrets
    that are there.
    """
    row = await keys.find_valid_key(pool, _to_digest(secret))
    if row is None:
        raise Unauthenticated("the key is not valid: unknown, revoked or expired")
    if row.last_used_at is None or (get_now() - row.last_used_at).total_seconds() > keys.LAST_USE_S:
        await keys.note_use(pool, row.id)
    return Viewer(row.to_sight(), row.id, row.expires_at)


async def list_keys(services: Services, workspace_id: UUID) -> list[KeyRow]:
    return await keys.list_keys(services.pool, workspace_id)


async def create_key(pool: Pool, viewer: Viewer, wanted: WantedKey) -> tuple[KeyRow, str | None]:
    """Makes a key and returns its secret, which nobody can read again.

    A key that is there already, for the same and under the same name, is returned without one.
    Raises Conflict if the name is another key's.
    """
    new, secret = await _check_wanted(pool, viewer, wanted)
    added = await keys.add_key(pool, new)
    if added is not None:
        row = await keys.find_key(pool, added)
        if row is None:
            raise NotFound(f'what key "{wanted.name}" is for was deleted meanwhile')
        return row, secret
    row = await keys.find_unrevoked_key(pool, new.workspace_id, new.name)
    if row is None or _get_subject(row) != _get_subject(new):
        raise Conflict(f'key "{wanted.name}" is there already and is for something else')
    return row, None


async def revoke_key(services: Services, viewer: Viewer, id_: UUID, *, grace_s: int) -> KeyRow:
    """Ends a key, and with it what is open under it; once revoked, it can only end earlier."""
    check_range("graceSeconds", grace_s, least=0, most=GRACE_S)
    row = await keys.find_key(services.pool, id_)
    if row is None or not _may_revoke(viewer, row):
        raise NotFound("the key does not exist")
    await keys.revoke_key(services.pool, id_, grace_s=grace_s)
    services.key_watch.look()
    revoked = await keys.find_key(services.pool, id_)
    if revoked is None:
        raise NotFound("the key was deleted meanwhile")
    return revoked


def _may_revoke(viewer: Viewer, row: KeyRow) -> bool:
    """Its own key, or any of its workspace, or any at all."""
    sight = viewer.sight
    if viewer.key_id == row.id or sight.is_everywhere:
        return True
    return sight.kind is KeyKind.WORKSPACE and sight.workspace_id == row.workspace_id


async def _check_wanted(pool: Pool, viewer: Viewer, wanted: WantedKey) -> tuple[NewKey, str]:
    check_name("key name", wanted.name)
    _check_named(wanted)
    if wanted.kind is KeyKind.ADMIN and not viewer.sight.is_everywhere:
        raise Forbidden(f"an ADMIN key is not for {viewer.sight.kind} keys to make")
    expires_at = _check_expiry(viewer, wanted.expires_at)
    workspace_id, peer_id, session_id = await _find_subject(pool, wanted)
    secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    new = NewKey(
        kind=wanted.kind,
        name=wanted.name,
        digest=_to_digest(secret),
        workspace_id=workspace_id,
        peer_id=peer_id,
        session_id=session_id,
        expires_at=expires_at,
    )
    return new, secret


def _check_named(wanted: WantedKey) -> None:
    """Raises BadInput unless exactly what the kind is for is named."""
    needed: Sequence[str] | None = _NEEDS.get(wanted.kind)
    if needed is None:
        raise BadInput(f"no key is of kind {wanted.kind}; it says that authentication is off")
    for label in ("workspace", "peer", "session"):
        name = getattr(wanted, label)
        if (name is None) == (label in needed):
            rule = "it must be named" if label in needed else "it is for none"
            raise BadInput(f"{label} of a key of kind {wanted.kind} is {name!r}, {rule}")
        if name is not None:
            check_name(f"{label} name", name)


def _check_expiry(viewer: Viewer, expires_at: datetime | None) -> datetime | None:
    """Returns when the key ends: in the future, and no later than the key it was made with."""
    if expires_at is not None and expires_at <= get_now():
        raise BadInput(f"expiresAt is {expires_at.isoformat()}, it must be in the future")
    limit = viewer.expires_at
    if limit is not None and expires_at is not None and expires_at > limit:
        raise Forbidden(
            f"expiresAt is {expires_at.isoformat()}, but the key it is made with expires at"
            f" {limit.isoformat()}"
        )
    return expires_at or limit


async def _find_subject(
    pool: Pool, wanted: WantedKey
) -> tuple[UUID | None, UUID | None, UUID | None]:
    if wanted.workspace is None:
        return None, None, None
    workspace = await find_workspace(pool, wanted.workspace)
    if workspace is None:
        raise NotFound(f'workspace "{wanted.workspace}" does not exist')
    peer = wanted.peer and await find_peer(pool, workspace.id, wanted.peer)
    if wanted.peer is not None and not peer:
        raise NotFound(f'peer "{wanted.peer}" does not exist in this workspace')
    session = wanted.session and await find_session(pool, workspace.id, wanted.session)
    if wanted.session is not None and not session:
        raise NotFound(f'session "{wanted.session}" does not exist in this workspace')
    return workspace.id, peer.id if peer else None, session.id if session else None


def _get_subject(key: KeyRow | NewKey) -> tuple[object, ...]:
    return key.kind, key.workspace_id, key.peer_id, key.session_id, key.expires_at


def _to_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
