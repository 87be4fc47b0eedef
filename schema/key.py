"""Keys in GraphQL."""

from datetime import datetime

import strawberry

from models.key import KeyRow
from schema.node import to_node_id
from schema.viewer import KeyKind

PREFIX = "key"


@strawberry.type(description="A key. Its secret is told once, when it is made, and kept nowhere.")
class Key:
    id: strawberry.ID = strawberry.field(description="What to revoke it by.")
    name: str = strawberry.field(description="Unique in its workspace until it is revoked.")
    kind: KeyKind = strawberry.field(description="What it is for.")
    peer: str | None = strawberry.field(description="Name of the peer it is for, if it is.")
    session: str | None = strawberry.field(description="Name of the session it is for, if it is.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends; null: never.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null: never."
    )
    revoked_at: datetime | None = strawberry.field(
        description="From when on it is refused, also if that is still to come; null: it is not."
    )

    @classmethod
    def from_row(cls, row: KeyRow) -> "Key":
        return cls(
            id=to_node_id(PREFIX, row.id),
            name=row.name,
            kind=KeyKind[row.kind.value],
            peer=row.peer,
            session=row.session,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
