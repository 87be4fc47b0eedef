"""Making and revoking keys."""

from datetime import datetime
from typing import Annotated

import strawberry

from models import sight
from resolvers import key
from resolvers.key import WantedKey
from schema.context import Info
from schema.default import GRACE_S, fill
from schema.key import PREFIX, Key
from schema.mutations.describe import NAME
from schema.node import from_node_id_of
from schema.viewer import KeyKind


@strawberry.input(description="A key to make.")
class CreateKeyInput:
    name: str = strawberry.field(
        description=NAME + " Unique in the workspace among keys that are not revoked."
    )
    kind: KeyKind = strawberry.field(description="What it is for; not OPEN.")
    workspace: str | None = strawberry.field(
        default=None, description="Name of its workspace; null: for ADMIN alone."
    )
    peer: str | None = strawberry.field(
        default=None, description="Name of the peer, for PEER alone; it must exist."
    )
    session: str | None = strawberry.field(
        default=None, description="Name of the session, for SESSION alone; it must exist."
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="When it ends, no later than the key it is made with; null: with that one.",
    )


@strawberry.input(description="A key to revoke.")
class RevokeKeyInput:
    id: strawberry.ID = strawberry.field(description="Id of the key.")
    grace_seconds: int | None = strawberry.field(
        default=GRACE_S,
        description=(
            "How long it is still good, up to 30 days, while its successor is being handed out."
        ),
    )


@strawberry.type(description="A key, and its secret if it is new.")
class KeyPayload:
    key: Key = strawberry.field(description="The key.")
    secret: str | None = strawberry.field(
        description="What to send as `Authorization: Bearer ...`. Told once; null: told before."
    )


@strawberry.type
class KeyMutation:
    @strawberry.mutation(
        description=(
            "Makes a key. Made again with the same input it is the same key, without its secret."
        )
    )
    async def create_key(
        self,
        info: Info,
        input: Annotated[CreateKeyInput, strawberry.argument(description="The key.")],
    ) -> KeyPayload:
        row, secret = await key.create_key(
            info.context.services.pool,
            info.context.viewer,
            WantedKey(
                name=input.name,
                kind=sight.KeyKind[input.kind.name],
                workspace=input.workspace,
                peer=input.peer,
                session=input.session,
                expires_at=input.expires_at,
            ),
        )
        return KeyPayload(key=Key.from_row(row), secret=secret)

    @strawberry.mutation(
        description=(
            "Revokes a key: requests with it are refused and what is open under it ends, at once"
            " or after a grace period. A key may revoke itself."
        )
    )
    async def revoke_key(
        self,
        info: Info,
        input: Annotated[RevokeKeyInput, strawberry.argument(description="Which key.")],
    ) -> KeyPayload:
        row = await key.revoke_key(
            info.context.services,
            info.context.viewer,
            from_node_id_of(PREFIX, input.id),
            grace_s=fill(input.grace_seconds, GRACE_S),
        )
        return KeyPayload(key=Key.from_row(row), secret=None)
