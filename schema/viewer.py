"""Who the caller is, in GraphQL."""

from datetime import datetime
from enum import Enum

import strawberry

import resolvers.key


@strawberry.enum(description="What a key is for; docs/access.md says what each kind may do.")
class KeyKind(Enum):
    OPEN = strawberry.enum_value(
        "OPEN", description="Everything, for everybody: authentication is switched off."
    )
    ADMIN = strawberry.enum_value("ADMIN", description="Everything.")
    WORKSPACE = strawberry.enum_value("WORKSPACE", description="One workspace with all in it.")
    PEER = strawberry.enum_value(
        "PEER", description="Being one peer: it reads what that peer may know, writes as it."
    )
    SESSION = strawberry.enum_value("SESSION", description="One session, and what follows from it.")


@strawberry.type(description="Who the credentials of a request are.")
class Viewer:
    kind: KeyKind = strawberry.field(description="What the key is for.")
    workspace: str | None = strawberry.field(
        description="Name of its workspace; null: it is for all of them."
    )
    peer: str | None = strawberry.field(description="Name of its peer; null: it is no peer's.")
    session: str | None = strawberry.field(
        description="Name of its session; null: it is no session's."
    )
    expires_at: datetime | None = strawberry.field(description="When it ends; null: never.")

    @classmethod
    def from_value(cls, viewer: resolvers.key.Viewer) -> "Viewer":
        sight = viewer.sight
        return cls(
            kind=KeyKind[sight.kind.value],
            workspace=sight.workspace,
            peer=sight.peer,
            session=sight.session,
            expires_at=viewer.expires_at,
        )
