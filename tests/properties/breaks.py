"""Ways to break the rule on purpose, each as somebody could break it by mistake.

Most rewrite the SQL on its way to PostgreSQL, so that the code in models/ stays as it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import pytest

import models.database
import models.search
import resolvers.card
import resolvers.conclusion
import workers.derive
from models.conclusion import Selection
from models.visibility import Vantage
from representation.cut import Cut

Break = Callable[[pytest.MonkeyPatch], None]


@dataclass(slots=True)
class Rewriting:
    """Replaces a part of every statement that has it."""

    pattern: str
    put: str

    def __call__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # What all of asyncpg's ways to run a statement with parameters go through.
        execute = asyncpg.Connection._execute  # type: ignore[attr-defined]

        async def rewrite(connection: Any, query: str, *args: Any, **options: Any) -> Any:
            broken = re.sub(self.pattern, self.put, query)
            return await execute(connection, broken, *args, **options)

        monkeypatch.setattr(models.database._PlainConnection, "_execute", rewrite, raising=False)


def _look_globally(module: Any, name: str) -> Break:
    """Lets one function read under no vantage."""

    def apply(monkeypatch: pytest.MonkeyPatch) -> None:
        function = getattr(module, name)

        async def read(pool: Any, selection: Selection, *args: Any, **options: Any) -> Any:
            everywhere = Vantage(selection.vantage.workspace_id)
            return await function(pool, replace(selection, vantage=everywhere), *args, **options)

        monkeypatch.setattr(module, name, read)

    return apply


def _count_globally(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rarity is what it is for everybody."""
    count_terms = models.search.count_terms

    async def count(runner: Any, vantage: Vantage, terms: Any) -> Any:
        return await count_terms(runner, Vantage(vantage.workspace_id), terms)

    monkeypatch.setattr(models.search, "count_terms", count)


_STAY_ENDS = r"\(stay\.to_sequence IS NULL OR stay\.to_sequence > m\.sequence\)"
_CITED = """(
    SELECT range_agg(int4range(cited.sequence, cited.sequence, '[]'))
    FROM citation JOIN message AS cited ON cited.id = citation.message_id
    WHERE citation.conclusion_id = window_.conclusion_id
      AND cited.session_id = window_.session_id
) <@ ("""
_only_cited = Rewriting(
    r"int4range\(window_\.first_sequence, window_\.last_sequence, '\[\]'\) <@ \(", _CITED
)


def _straddle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows go on over changes of audience, and only what is cited is asked for."""

    def cut(messages: Any, intervals: Any, **_: Any) -> Cut:
        return Cut(len(messages), is_closed=False, run_sequence=messages[0].sequence)

    monkeypatch.setattr(workers.derive, "cut_window", cut)
    _only_cited(monkeypatch)


BREAKS: dict[str, Break] = {
    "observe_others is ignored": Rewriting(r"\(stay\.observe_others OR", "(true OR"),
    "leaving is ignored for conclusions": Rewriting(
        r"int4range\(stay\.from_sequence, stay\.to_sequence\)",
        "int4range(stay.from_sequence, NULL)",
    ),
    "coming late is ignored": Rewriting(
        r"FROM membership AS stay\b",
        "FROM (SELECT id, workspace_id, session_id, peer_id, 1 AS from_sequence, to_sequence,"
        " observe_others FROM membership) AS stay",
    ),
    "a summary is seen by who saw its end": Rewriting(
        r"int4range\(y\.first_sequence, y\.last_sequence",
        "int4range(y.last_sequence, y.last_sequence",
    ),
    "leaving is ignored for messages": Rewriting(_STAY_ENDS, "true"),
    "only what is cited counts, not the window": _straddle,
    "contradictions are everybody's": Rewriting(
        r"\) IS NOT TRUE\n        OFFSET 0\n    \)\n    AND \((\w+)\.",
        r") IS NOT TRUE AND \1.level <> 'CONTRADICTION'\n    )\n    AND (\1.",
    ),
    "the scope is ignored": Rewriting(
        r"window_\.session_id = ANY \(\$3\)", "(window_.session_id = ANY ($3) OR true)"
    ),
    "only the first window counts": Rewriting(
        r"WHERE window_\.conclusion_id = (\w+)\.id",
        r"WHERE window_.id = (SELECT min(id) FROM evidence WHERE conclusion_id = \1.id)",
    ),
    "minds are shared": Rewriting(
        r"\((\w+)\.mind_id IS NULL OR", r"(true OR \1.mind_id IS NULL OR"
    ),
    "the card is not tested": _look_globally(resolvers.card, "list_standing"),
    "support is counted for everybody": _look_globally(resolvers.conclusion, "count_support"),
    "what is listed is counted for everybody": _look_globally(
        resolvers.conclusion, "count_conclusions"
    ),
    "outdated is judged for everybody": _look_globally(resolvers.conclusion, "list_on_topics"),
    "words are rare for everybody": _count_globally,
}
