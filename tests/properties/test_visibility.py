"""The predicate in SQL agrees with semantics.md as naive.py tells it, whatever has happened."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from models.message import list_session_messages
from models.observe import list_observed_ids
from models.session import find_sessions
from models.sight import OPEN
from models.visibility import Vantage, see_conclusion
from tests.properties.history import PEERS, SESSIONS, History, histories
from tests.properties.naive import Claimed, Spoken, World, may_see
from tests.properties.search import count_examples, in_parts, search
from tests.properties.stage import Play, Stage, choose_texts, play


@dataclass(frozen=True, slots=True)
class _Ids:
    """What names stand for in one play."""

    peers: dict[str, UUID]
    sessions: dict[str, UUID]


@in_parts
async def test_sql_and_semantics_agree_on_who_sees_what(stage: Stage, part: int) -> None:
    async def check(history: History) -> None:
        played = await play(stage, history, choose_texts(history, lambda _: False))
        ids = await _get_ids(played)
        claimed = await _list_claimed(played)
        _check_windows(played.world, claimed.values())
        for observer in (None, *PEERS):
            for sessions in (None, sorted(played.world.scope), ["room"], []):
                await _compare_conclusions(played, ids, claimed, observer, sessions)
            await _compare_messages(played, ids, observer)
        for observer in PEERS:
            await _compare_observed(played, ids, claimed, observer)

    await search(histories(), check, part=part, count=count_examples(96))


async def _compare_conclusions(
    played: Play,
    ids: _Ids,
    claimed: dict[UUID, Claimed],
    observer: str | None,
    sessions: list[str] | None,
) -> None:
    if sessions is not None:
        sessions = [name for name in sessions if name in ids.sessions]
    rows = await played.stage.services.pool.fetch(
        f"SELECT c.id FROM conclusion AS c WHERE {see_conclusion('c')}",
        *_to_vantage(played, ids, observer, sessions).to_parameters(),
    )
    expected = {
        id_ for id_, each in claimed.items() if may_see(played.world, observer, each, sessions)
    }
    assert {row["id"] for row in rows} == expected, (observer, sessions)


async def _compare_messages(played: Play, ids: _Ids, observer: str | None) -> None:
    for name, session_id in ids.sessions.items():
        rows = await list_session_messages(
            played.stage.services.pool,
            session_id,
            vantage=_to_vantage(played, ids, observer, None),
            limit=100,
        )
        expected = [
            each.sequence
            for each in played.world.list_live(name)
            if not each.is_forgotten and (observer is None or observer in each.witnesses)
        ]
        assert [row.sequence for row in rows] == expected, (observer, name)


async def _compare_observed(
    played: Play, ids: _Ids, claimed: dict[UUID, Claimed], observer: str
) -> None:
    pairs = await list_observed_ids(
        played.stage.services.pool, played.workspace_id, [ids.peers[observer]]
    )
    found = [observed_id for _, observed_id in pairs]
    expected = {each.observed for each in claimed.values() if may_see(played.world, observer, each)}
    assert set(found) == {ids.peers[name] for name in expected - {observer}}


def _check_windows(world: World, claimed: Iterable[Claimed]) -> None:
    """Rule 6: one audience, and every author in it was there for the whole of it."""
    for each in claimed:
        for name, first, last in each.windows:
            shown = [s for s in world.list_live(name) if first <= s.sequence <= last]
            left = [s for s in shown if not s.is_forgotten]
            assert len({frozenset(s.observers) for s in left}) == 1
            assert all(_was_there(s.author, left) for s in left)


def _was_there(peer: str, shown: list[Spoken]) -> bool:
    return all(peer in each.witnesses for each in shown)


def _to_vantage(
    played: Play, ids: _Ids, observer: str | None, sessions: list[str] | None
) -> Vantage:
    return Vantage(
        played.workspace_id,
        None if observer is None else ids.peers[observer],
        None if sessions is None else tuple(ids.sessions[name] for name in sessions),
    )


async def _get_ids(played: Play) -> _Ids:
    pool = played.stage.services.pool
    peers = await pool.fetch(
        "SELECT name, id FROM peer WHERE workspace_id = $1", played.workspace_id
    )
    sessions = await find_sessions(pool, played.workspace_id, SESSIONS, sight=OPEN)
    return _Ids({row["name"]: row["id"] for row in peers}, {row.name: row.id for row in sessions})


async def _list_claimed(played: Play) -> dict[UUID, Claimed]:
    """Looks behind the API: every conclusion, and what it rests on."""
    rows = await played.stage.services.pool.fetch(
        """
        SELECT c.id, observed.name AS observed, c.mind_id IS NOT NULL AS is_inferred,
               thinker.name AS mind, session.name AS session, evidence.first_sequence,
               evidence.last_sequence, array(
                   SELECT author.name FROM citation JOIN message ON message.id = message_id
                   JOIN peer AS author ON author.id = message.peer_id
                   WHERE citation.conclusion_id = c.id) AS authors
        FROM conclusion AS c JOIN peer AS observed ON observed.id = c.observed_id
        JOIN evidence ON evidence.conclusion_id = c.id
        JOIN session ON session.id = evidence.session_id
        LEFT JOIN mind ON mind.id = c.mind_id LEFT JOIN peer AS thinker ON thinker.id = observer_id
        WHERE c.workspace_id = $1 ORDER BY evidence.id
        """,
        played.workspace_id,
    )
    windows: dict[UUID, list[tuple[str, int, int]]] = defaultdict(list)
    for row in rows:
        windows[row["id"]].append((row["session"], row["first_sequence"], row["last_sequence"]))
    return {
        row["id"]: Claimed(
            observed=row["observed"],
            windows=tuple(windows[row["id"]]),
            cited_authors=frozenset(row["authors"]),
            is_inferred=row["is_inferred"],
            mind=row["mind"],
        )
        for row in rows
    }
