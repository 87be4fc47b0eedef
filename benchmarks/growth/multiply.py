"""Makes a filled workspace larger within PostgreSQL: sessions are copied, later and under new ids.

What is copied has the same words, so words stay as common as they were; but each copy's statements
are no repetitions of others'.
"""

from collections.abc import Mapping
from uuid import UUID

from models.database import Connection, transaction
from resolvers.services import Services

_OWNERS = ("session", "message", "conclusion")
_TABLES = (
    "session",
    "membership",
    "message",
    "conclusion",
    "evidence",
    "citation",
    "message_index",
    "conclusion_index",
    "embedding",
)


async def copy_sessions(services: Services, session_ids: list[UUID], number: int) -> None:
    """Copies sessions with all that was said and concluded in them; the copy is the `number`th."""
    async with transaction(services.pool) as connection:
        await _name_copies(connection, session_ids)
        for table in _TABLES:
            await _copy(connection, table, _list_changes(table, number))


async def _name_copies(connection: Connection, session_ids: list[UUID]) -> None:
    """Gives each row that others refer to a new id, in the order of the old ones."""
    chosen = {
        "session": "SELECT id FROM session WHERE id = ANY ($1::uuid[])",
        "message": "SELECT id FROM message WHERE session_id = ANY ($1::uuid[])",
        "conclusion": (
            "SELECT conclusion_id AS id FROM evidence WHERE session_id = ANY ($1::uuid[])"
        ),
    }
    for owner, ids in chosen.items():
        await connection.execute(
            f"CREATE TEMP TABLE copied_{owner} (old uuid PRIMARY KEY, new uuid) ON COMMIT DROP"
        )
        await connection.execute(
            f"INSERT INTO copied_{owner} SELECT id, uuidv7() FROM ({ids} ORDER BY id) AS chosen",
            session_ids,
        )


def _list_changes(table: str, number: int) -> Mapping[str, str]:
    """What is different in the copy, by column."""
    later = f" + make_interval(hours => {number})"
    changes = {
        "session": {"name": f"t.name || '-{number}'"},
        "membership": {"id": "uuidv7()"},
        "message": {"recorded_at": f"t.recorded_at{later}", "created_at": f"t.created_at{later}"},
        "message_index": {"created_at": f"t.created_at{later}"},
        "conclusion": {
            "gist": f"md5(t.gist || '{number}')",
            "said_at": f"t.said_at{later}",
            "dated_at": f"t.dated_at{later}",
        },
    }
    return changes.get(table, {})


async def _copy(connection: Connection, table: str, changes: Mapping[str, str]) -> None:
    records = await connection.fetch(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1", table
    )
    columns = [record["name"] for record in records]
    references = {
        "id" if owner == table else f"{owner}_id": owner
        for owner in _OWNERS
        if owner == table or f"{owner}_id" in columns
    }
    values = {column: f"{owner}.new" for column, owner in references.items()} | changes
    if "id" in columns and "id" not in values:
        columns.remove("id")  # a number of the row's own
    # An embedding has one owner of two, so the other is not joined.
    joins = " ".join(
        f"{'LEFT ' if table == 'embedding' else ''}JOIN copied_{owner} AS {owner}"
        f" ON {owner}.old = t.{column}"
        for column, owner in references.items()
    )
    copied = " OR ".join(f"{owner}.new IS NOT NULL" for owner in references.values())
    await connection.execute(
        f"""
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {", ".join(values.get(column, f"t.{column}") for column in columns)}
        FROM {table} AS t {joins} WHERE {copied}
        """
    )
