"""Conclusions and cards written by hand; who sees them is decided in models/visibility.py.

Whoever writes here holds the workspace (models/forget.py): so nothing that a hand-written
conclusion rests on is forgotten meanwhile, and nothing is written twice.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.conclusion import CONCLUSION_COLUMNS, ConclusionRow, to_conclusion
from models.database import Connection, Runner, to_columns
from models.evidence import NewConclusion, write_conclusions
from models.visibility import Vantage
from models.window import WindowRow


async def list_witnessed_windows(
    connection: Connection, vantage: Vantage, session_id: UUID, *, observed_id: UUID
) -> list[WindowRow]:
    """Returns all that a vantage could conclude something from, of what was said in a session.

    The global view: all of it. An observer: its stays with observe_others; those of its own, if
    it is the observed. Each window has an audience of its own, so it stands for no other.
    """
    records = await connection.fetch(
        """
        SELECT lower(run) AS first_sequence, upper(run) - 1 AS last_sequence,
               gen_random_uuid()::text AS audience
        FROM (
            SELECT unnest(range_agg(said * told)) AS run FROM (
                SELECT int4range(1, last_sequence + 1) AS said FROM session
                WHERE workspace_id = $1 AND id = $3
            ) AS whole CROSS JOIN LATERAL (
                SELECT whole.said AS told WHERE $2::uuid IS NULL
                UNION ALL
                SELECT int4range(stay.from_sequence, stay.to_sequence) FROM membership AS stay
                WHERE stay.session_id = $3 AND stay.peer_id = $2
                  AND (stay.observe_others OR $2 = $4)
            ) AS witnessed
        ) AS runs
        ORDER BY 1
        """,
        vantage.workspace_id,
        vantage.observer_id,
        session_id,
        observed_id,
    )
    return [WindowRow(session_id, *record) for record in records]


async def list_manual(
    connection: Connection,
    *,
    observed_id: UUID,
    mind_id: UUID | None,
    session_id: UUID | None,
    contents: Sequence[str],
) -> dict[str, ConclusionRow]:
    """Finds what was written before in the same place, by its content."""
    records = await connection.fetch(
        f"""
        SELECT {CONCLUSION_COLUMNS} FROM conclusion AS c
        WHERE c.observed_id = $1 AND c.mind_id IS NOT DISTINCT FROM $2::uuid
          AND c.is_manual AND NOT c.is_card_line AND c.content = ANY ($4::text[])
          AND EXISTS (SELECT FROM evidence WHERE evidence.conclusion_id = c.id
                      AND ($3::uuid IS NULL OR evidence.session_id = $3)) = ($3::uuid IS NOT NULL)
        """,
        observed_id,
        mind_id,
        session_id,
        list(contents),
    )
    return {record["content"]: to_conclusion(record) for record in records}


async def write_manual(
    connection: Connection,
    workspace_id: UUID,
    conclusions: Sequence[NewConclusion],
    windows: Sequence[WindowRow] = (),
) -> None:
    """Writes conclusions, each resting on all of the windows, or on nothing but the hand."""
    await write_conclusions(connection, workspace_id, conclusions)
    rows = [
        (each.id, window.session_id, window.first_sequence, window.last_sequence, window.audience)
        for each in conclusions
        for window in windows
    ]
    await connection.execute(
        """
        INSERT INTO evidence (workspace_id, conclusion_id, session_id, first_sequence,
                              last_sequence, audience)
        SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[])
        """,
        workspace_id,
        *to_columns(rows, 5),
    )


async def get_time(connection: Connection) -> datetime:
    """Returns when the transaction began, by the clock that dates everything."""
    time: datetime = await connection.fetchval("SELECT now()")
    return time


async def set_card(connection: Connection, mind_id: UUID) -> None:
    """Notes that a mind's card begins anew in this transaction."""
    await connection.execute("UPDATE mind SET card_set_at = now() WHERE id = $1", mind_id)


async def list_card_lines(connection: Connection, mind_id: UUID) -> list[UUID]:
    """Returns the lines that were last written on a mind's card."""
    records = await connection.fetch(
        "SELECT id FROM conclusion WHERE mind_id = $1 AND is_card_line", mind_id
    )
    return [record["id"] for record in records]


async def find_card_start(runner: Runner, vantage: Vantage, observed_id: UUID) -> datetime | None:
    """Finds since when facts go on a card: when it was last set by hand; None: always."""
    start: datetime | None = await runner.fetchval(
        """
        SELECT card_set_at FROM mind
        WHERE observed_id = $2 AND observer_id IS NOT DISTINCT FROM $1::uuid
        """,
        vantage.observer_id,
        observed_id,
    )
    return start
