"""Creating, changing and deleting scopes."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers import scope
from schema.context import Info
from schema.mutations.describe import METADATA, NAME, WORKSPACE
from schema.mutations.forget import DeletePayload
from schema.scalars import Position
from schema.scope import Scope


@strawberry.input(description="A scope to get or create.")
class CreateScopeInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    name: str = strawberry.field(description=NAME)
    metadata: JSON | None = strawberry.field(
        default=None, description=METADATA + " Only for a new one, as is the rest."
    )
    sessions: list[str] | None = strawberry.field(
        default=None, description="Names of the sessions in it; they must exist."
    )


@strawberry.input(description="What to change of a scope; what is left out stays.")
class UpdateScopeInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    scope: str = strawberry.field(description="Name of the scope; it must exist.")
    metadata: JSON | None = strawberry.field(default=None, description=METADATA)
    add_sessions: list[str] | None = strawberry.field(
        default=None, description="Names of sessions that come in; they must exist."
    )
    remove_sessions: list[str] | None = strawberry.field(
        default=None, description="Names of sessions that go out; they must exist."
    )


@strawberry.input(description="A scope to delete.")
class DeleteScopeInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    scope: str = strawberry.field(description="Name of the scope.")


@strawberry.type(description="A scope, and whether it is new.")
class ScopePayload:
    scope: Scope = strawberry.field(description="The scope.")
    created: bool = strawberry.field(description="false: it was there already.")
    position: Position = strawberry.field(description="Of the change.")


@strawberry.type
class ScopeMutation:
    @strawberry.mutation(description="Gets a scope, or creates it with its sessions.")
    async def create_scope(
        self,
        info: Info,
        input: Annotated[CreateScopeInput, strawberry.argument(description="The scope.")],
    ) -> ScopePayload:
        row, created, position = await scope.create_scope(
            info.context.services,
            input.workspace,
            input.name,
            metadata=input.metadata,
            sessions=input.sessions or [],
        )
        return ScopePayload(
            scope=Scope.from_row(row), created=created, position=Position(str(position))
        )

    @strawberry.mutation(
        description="Changes a scope. The next read under it sees exactly the sessions it has then."
    )
    async def update_scope(
        self,
        info: Info,
        input: Annotated[
            UpdateScopeInput, strawberry.argument(description="The scope, and what to change.")
        ],
    ) -> ScopePayload:
        row, position = await scope.update_scope(
            info.context.services,
            input.workspace,
            input.scope,
            metadata=input.metadata,
            added=input.add_sessions or [],
            removed=input.remove_sessions or [],
        )
        return ScopePayload(
            scope=Scope.from_row(row), created=False, position=Position(str(position))
        )

    @strawberry.mutation(description="Deletes a scope; its sessions stay as they are.")
    async def delete_scope(
        self,
        info: Info,
        input: Annotated[DeleteScopeInput, strawberry.argument(description="Which scope.")],
    ) -> DeletePayload:
        deleted, position = await scope.delete_scope(
            info.context.services, input.workspace, input.scope
        )
        return DeletePayload(deleted=deleted, position=Position(str(position)))
