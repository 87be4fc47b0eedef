"""Creating and changing workspaces."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from resolvers import workspace
from schema.configuration import ConfigurationInput, to_changes
from schema.context import Info
from schema.mutations.describe import CONFIGURATION, METADATA, NAME, WORKSPACE
from schema.workspace import Workspace


@strawberry.input(description="A workspace to get or create.")
class CreateWorkspaceInput:
    name: str = strawberry.field(description=NAME)
    metadata: JSON | None = strawberry.field(
        default=None, description=METADATA + " Only for a new one, as is the rest."
    )
    configuration: ConfigurationInput | None = strawberry.field(
        default=None, description=CONFIGURATION
    )


@strawberry.type(description="A workspace, and whether it is new.")
class WorkspacePayload:
    workspace: Workspace = strawberry.field(description="The workspace.")
    created: bool = strawberry.field(description="false: it was there already.")


@strawberry.input(description="What to change of a workspace; what is left out stays.")
class UpdateWorkspaceInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    metadata: JSON | None = strawberry.field(default=None, description=METADATA)
    configuration: ConfigurationInput | None = strawberry.field(
        default=None, description=CONFIGURATION
    )


@strawberry.type
class WorkspaceMutation:
    @strawberry.mutation(description="Gets a workspace, or creates it.")
    async def create_workspace(
        self,
        info: Info,
        input: Annotated[CreateWorkspaceInput, strawberry.argument(description="The workspace.")],
    ) -> WorkspacePayload:
        row, created = await workspace.create_workspace(
            info.context.services,
            input.name,
            metadata=input.metadata,
            configuration=to_changes(input.configuration),
        )
        return WorkspacePayload(workspace=Workspace.from_row(row), created=created)

    @strawberry.mutation(
        description="Changes a workspace. Its configuration counts from the next message on."
    )
    async def update_workspace(
        self,
        info: Info,
        input: Annotated[
            UpdateWorkspaceInput,
            strawberry.argument(description="The workspace, and what to change."),
        ],
    ) -> WorkspacePayload:
        row = await workspace.update_workspace(
            info.context.services,
            input.workspace,
            metadata=input.metadata,
            configuration=to_changes(input.configuration),
        )
        return WorkspacePayload(workspace=Workspace.from_row(row), created=False)
