"""A workspace as rows of JSON, out of one database and into another, ids and times kept.

Left out are keys, events, what is waiting to be done, what models were asked for, and what search
finds by, which is made anew. Positions are
made of a cluster's transactions, so what comes in has that of its import.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from models.database import Connection, Runner
from models.event import CURRENT_TRANSACTION, EventKind, add_event
from models.forget import list_unlinked_peers
from models.work import DERIVE, EMBED, EMBED_CONCLUSIONS, LINK, SUMMARISE, add_work

_FETCHED_ROWS = 500


@dataclass(frozen=True, slots=True)
class Part:
    """A table that is part of a workspace."""

    table: str
    parents: Mapping[str, str] = field(default_factory=dict)
    """What its columns refer to, the first that tells whose the row is; all have a workspace."""
    is_numbered: bool = False
    """Whether its ids are numbers that nothing refers to; then they are given anew."""


WORKSPACE = "workspace"
PARTS = {
    part.table: part
    for part in (
        Part(WORKSPACE),
        Part("peer"),
        Part("session"),
        Part("membership", {"session_id": "session", "peer_id": "peer"}),
        Part("instruction"),
        Part("message", {"session_id": "session", "peer_id": "peer"}),
        Part("derived_window", {"session_id": "session"}, is_numbered=True),
        Part("summary", {"session_id": "session"}, is_numbered=True),
        Part("mind", {"observed_id": "peer", "observer_id": "peer"}),
        Part("conclusion", {"observed_id": "peer", "mind_id": "mind"}),
        Part(
            "evidence", {"conclusion_id": "conclusion", "session_id": "session"}, is_numbered=True
        ),
        Part(
            "citation", {"conclusion_id": "conclusion", "message_id": "message"}, is_numbered=True
        ),
        Part(
            "premise", {"conclusion_id": "conclusion", "premise_id": "conclusion"}, is_numbered=True
        ),
        Part("scope"),
        Part("scope_session", {"scope_id": "scope", "session_id": "session"}, is_numbered=True),
    )
}
"""In the order in which their rows can be written: what is referred to comes first."""

# Columns that an import sets, to SQL.
_SET = {
    "workspace_id": "$2",
    "transaction": CURRENT_TRANSACTION,
    "last_transaction": CURRENT_TRANSACTION,
}


async def list_columns(runner: Runner, part: Part) -> list[str]:
    """Returns the columns of a table that an export has."""
    records = await runner.fetch(
        """
        SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0
          AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
        """,
        part.table,
    )
    left_out = {*_SET, "id"} if part.is_numbered else _SET.keys()
    return [record["attname"] for record in records if record["attname"] not in left_out]


async def count_rows(runner: Runner, part: Part, workspace_id: UUID) -> int:
    statement = f"SELECT count(*) FROM {part.table} AS t WHERE {await _belongs(runner, part)}"
    return int(await runner.fetchval(statement, workspace_id))


async def list_rows(connection: Connection, part: Part, workspace_id: UUID) -> AsyncIterator[str]:
    """Yields the rows of a table as JSON text without line breaks; within a transaction."""
    columns = await list_columns(connection, part)
    async for record in connection.cursor(
        f"""
        SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(t))
                WHERE key = ANY ($2::text[]))::text AS row
        FROM {part.table} AS t WHERE {await _belongs(connection, part)} ORDER BY t.id
        """,
        workspace_id,
        columns,
        prefetch=_FETCHED_ROWS,
    ):
        yield record["row"]


async def write_rows(
    connection: Connection, part: Part, workspace_id: UUID, columns: list[str], rows: str
) -> int:
    """Writes rows, a JSON array of objects with a `row` each; returns how many were written.

    Those that refer to what is not in the workspace are left out. Names of columns become SQL:
    they must be of those that list_columns knows.
    """
    present = await _list_set_columns(connection, part)
    checks = [
        f"(r.{column} IS NULL OR EXISTS (SELECT FROM {parent} AS parent"
        f" WHERE parent.id = r.{column} AND parent.workspace_id = $2))"
        for column, parent in part.parents.items()
    ]
    if part.table == WORKSPACE:
        checks = ["r.id = $2"]
    written = await connection.execute(
        f"""
        INSERT INTO {part.table} ({", ".join([*columns, *present])})
        SELECT {", ".join([*(f"r.{column}" for column in columns), *present.values()])}
        FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS line(told, place)
        CROSS JOIN LATERAL jsonb_populate_record(null::{part.table}, line.told -> 'row') AS r
        WHERE $2::uuid IS NOT NULL AND {" AND ".join(checks or ["true"])} ORDER BY line.place
        """,
        rows,
        workspace_id,
    )
    return int(written.split()[-1])


async def finish_import(connection: Connection, workspace_id: UUID) -> None:
    """Tells what came in, and has done what was still to be done where it came from."""
    sessions = await connection.fetch(
        """
        SELECT id, last_sequence, derived_sequence < last_sequence OR EXISTS (
            SELECT FROM message WHERE session_id = session.id AND anew_window IS NOT NULL
        ) AS is_waiting
        FROM session WHERE workspace_id = $1 AND last_sequence > 0 ORDER BY id
        """,
        workspace_id,
    )
    for session in sessions:
        data = {"firstSequence": 1, "lastSequence": session["last_sequence"]}
        await add_event(
            connection,
            workspace_id,
            kind=EventKind.MESSAGES_ADDED,
            session_id=session["id"],
            data=orjson.dumps(data).decode(),
        )
    said = [session["id"] for session in sessions]
    waiting = [session["id"] for session in sessions if session["is_waiting"]]
    observed = await connection.fetch(
        "SELECT DISTINCT observed_id FROM conclusion WHERE workspace_id = $1", workspace_id
    )
    for kind, subjects in (
        (DERIVE, waiting),
        (LINK, await list_unlinked_peers(connection, workspace_id)),
        (EMBED, said),
        (SUMMARISE, said),
        (EMBED_CONCLUSIONS, [record["observed_id"] for record in observed]),
    ):
        await add_work(connection, workspace_id, kind, subjects)


async def _belongs(runner: Runner, part: Part) -> str:
    """Returns the predicate that the row `t` is of the workspace $1."""
    if part.table == WORKSPACE:
        return "t.id = $1"
    if "workspace_id" in await _list_set_columns(runner, part):
        return "t.workspace_id = $1"
    column, parent = next(iter(part.parents.items()))
    return f"t.{column} IN (SELECT id FROM {parent} WHERE workspace_id = $1)"


async def _list_set_columns(runner: Runner, part: Part) -> dict[str, str]:
    """Returns the columns of a table that an import sets, and to what."""
    records = await runner.fetch(
        """
        SELECT attname FROM pg_attribute
        WHERE attrelid = $1::text::regclass AND attname = ANY ($2::text[]) ORDER BY attnum
        """,
        part.table,
        list(_SET),
    )
    return {record["attname"]: _SET[record["attname"]] for record in records}
