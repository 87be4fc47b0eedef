"""Importing files."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from models.visibility import Vantage
from representation.document import File
from resolvers import file
from schema.context import Info
from schema.message import Message
from schema.mutations.describe import METADATA, WORKSPACE
from schema.mutations.message import SendMessagesPayload
from schema.scalars import Position


@strawberry.input(description="A file whose text becomes messages.")
class ImportFileInput:
    workspace: str = strawberry.field(description=WORKSPACE)
    session: str = strawberry.field(description="Name of the session; created if it is missing.")
    peer: str = strawberry.field(description="Name of who says what is in it; created as well.")
    file: File = strawberry.field(
        description=(
            "At most 10 MiB: plain text, Markdown, JSON, each in UTF-8, or PDF; told by the end of"
            " its name, or else by its media type."
        )
    )
    metadata: JSON | None = strawberry.field(
        default=None, description=METADATA + " Of every message; the import adds `file`."
    )
    created_at: datetime | None = strawberry.field(
        default=None, description="When it was written; now, if left out."
    )


@strawberry.type
class FileMutation:
    @strawberry.mutation(
        description=(
            "Makes messages of a file, each about a page at most, cut where a paragraph, section,"
            " entry or page ends. `metadata.file` says which part of which file a message is. A"
            " file that cannot be read writes nothing. FILE_PART_IMPORTED tells followers of"
            " `events` how far it is; importing the same again completes what was cut off."
        )
    )
    async def import_file(
        self,
        info: Info,
        input: Annotated[
            ImportFileInput, strawberry.argument(description="Which file, and where.")
        ],
    ) -> SendMessagesPayload:
        sent = await file.import_file(
            info.context.services,
            input.workspace,
            input.session,
            input.file,
            peer=input.peer,
            metadata=input.metadata,
            created_at=input.created_at,
        )
        vantage = Vantage(sent.messages[0].workspace_id)
        return SendMessagesPayload(
            messages=[Message.from_row(row, vantage) for row in sent.messages],
            position=Position(str(sent.position)),
            sent_to=sent.messages[0].session_id,
        )
