"""All that one vantage can read, through the schema, as plain data that can be compared."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.properties.history import PEERS, SCOPE, SESSIONS
from tests.properties.naive import Spoken, World
from tests.properties.stage import Play


@dataclass(frozen=True, slots=True)
class Eye:
    """Whose reading it is, and how much of it."""

    observer: str | None
    """None: the global view."""
    is_model: bool = False
    """Only its models of others, which rest on what it witnessed while it observed."""
    is_scoped: bool = False
    """Only under the scope."""
    sessions: tuple[str, ...] | None = None
    """Only from these."""

    def sees(self, world: World, spoken: Spoken) -> bool:
        """Tells whether the text of a message may make a difference to it."""
        if self.is_narrow and not self._looks_at(world, spoken):
            return False
        if self.observer is None:
            return True
        return self.observer in (spoken.observers if self.is_model else spoken.witnesses)

    @property
    def is_narrow(self) -> bool:
        return self.is_scoped or self.sessions is not None

    def _looks_at(self, world: World, spoken: Spoken) -> bool:
        if spoken.life != world.lives.get(spoken.session):
            return False
        return (not self.is_scoped or spoken.session in world.scope) and (
            self.sessions is None or spoken.session in self.sessions
        )


_FRAGMENTS = """
fragment C on Conclusion {
  id content level confidence support validFrom validTo recordedAt retiredAt
  observed { name } observer { name } supersededBy { id content }
  premises { id content support retiredAt } messages { id sequence content session { name } }
}
fragment R on Representation {
  observes text tokenCount card conclusions { id content support retiredAt }
}
"""

_VIEW = (
    """
query($w: String!, $o: String, $p: String!, $scope: String, $sessions: [String!],
      $then: DateTime!, $asked: Boolean!, $short: Boolean!, $derived: Boolean!, $before: Boolean!,
      $last: Boolean!) {
  workspace(name: $w) { peer(name: $p) {
    all: representation(observer: $o, scope: $scope, sessions: $sessions) { ...R }
    asked: representation(observer: $o, scope: $scope, sessions: $sessions, maxConclusions: 3,
      query: "Does he like tea, and where does he live?") @include(if: $asked) { ...R }
    short: representation(observer: $o, scope: $scope, sessions: $sessions, tokens: 30)
      @include(if: $short) { ...R }
    derived: representation(observer: $o, scope: $scope, sessions: $sessions,
      levels: [DEDUCTIVE, INDUCTIVE, CONTRADICTION]) @include(if: $derived) { ...R }
    before: representation(observer: $o, scope: $scope, sessions: $sessions, asOf: $then)
      @include(if: $before) { ...R }
    conclusions(observer: $o, scope: $scope, sessions: $sessions) {
      totalCount edges { cursor node { ...C } }
    }
    last: conclusions(observer: $o, scope: $scope, sessions: $sessions, last: 2)
      @include(if: $last) {
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor } edges { node { id } }
    }
    card(observer: $o, scope: $scope, sessions: $sessions) @include(if: $last) {
      lines updatedAt
    }
  } }
}
"""
    + _FRAGMENTS
)

_WAYS = ("asked", "short", "derived", "before", "last")

_ASK = """
query($w: String!, $o: String!, $t: String, $q: String!, $scope: String, $sessions: [String!]) {
  workspace(name: $w) { peer(name: $o) {
    chat(query: $q, target: $t, scope: $scope, sessions: $sessions) {
      text conclusions { id content support retiredAt } messages { id sequence content }
    }
  } }
}
"""

_ROOM = """
query($w: String!, $o: String!, $s: String!, $p: String!) {
  workspace(name: $w) {
    peer(name: $o) { observes { name } }
    session(name: $s) {
      messages(vantage: $o) { totalCount edges { cursor node {
        id sequence content tokenCount author { name } witnesses { name }
        conclusions { id content support retiredAt }
      } } }
      last: messages(vantage: $o, last: 2) {
        pageInfo { hasPreviousPage hasNextPage startCursor endCursor } edges { node { id } }
      }
      summaries(vantage: $o) { kind content firstSequence lastSequence tokenCount }
      search(query: "tea dogs Cy", vantage: $o, targets: [SUMMARIES]) {
        score snippet node { ... on SummaryHit { session { name } summary { content } } }
      }
      context(vantage: $o, tokens: 120, observed: $p, query: "tea") {
        tokenCount messages { id sequence } summary { content lastSequence }
        representation { text tokenCount card }
        openai(assistant: $o) anthropic(assistant: $o)
      }
    }
  }
}
"""

_SEARCH = """
query($w: String!, $o: String, $q: String!, $scope: String, $sessions: [String!]) {
  workspace(name: $w) {
    search(query: $q, vantage: $o, scope: $scope, sessions: $sessions, first: 20) {
      score snippet node {
        ... on Message { id sequence content }
        ... on Conclusion { id content support retiredAt }
      }
    }
  }
}
"""

# One at a time: which of several faults is told is chance.
_REFUSED = [
    f"query($w: String!, $o: String!) {{ workspace(name: $w) {{ peer(name: $o) {{ {field} }} }} }}"
    for field in (
        'representation(observer: $o, scope: "none") { text }',
        'conclusions(observer: $o, sessions: ["none"]) { totalCount }',
        'conclusions(observer: $o, after: "none") { totalCount }',
        'chat(query: "Hm?", target: "none") { text }',
    )
]

SEARCHES = ("tea", "Where does Bo live?", "dogs in Rome", "Who said yesterday that Cy hurts?")
QUESTIONS = ("Where do you live?", "Who likes tea?", "Will you attack Cy?", "Do you have dogs?")


async def read(played: Play, eye: Eye) -> list[Any]:
    """Reads everything that the eye has, ids and times as ordinals."""
    answers = await _read_views(played, eye)
    if not eye.is_model:
        answers.append(await _search(played, eye))
    if eye.observer is not None:
        answers += await _read_answers(played, eye)
        if not eye.is_model and not eye.is_narrow:
            answers += await _read_rooms(played, eye.observer)
            refused = _REFUSED[len(played.messages) % len(_REFUSED)]
            answers.append(await _run(played, refused, is_refused=True, o=eye.observer))
    return Ordinals().replace_all(answers)


async def _read_views(played: Play, eye: Eye) -> list[Any]:
    then = played.moments[len(played.moments) // 2 - 1].isoformat()
    others = [name for name in PEERS if not (eye.is_model and name == eye.observer)]
    return [
        await _run(
            played,
            _VIEW,
            o=eye.observer,
            p=name,
            then=then,
            **_take_turns(len(played.messages) + place),
            **_narrow(played, eye),
        )
        for place, name in enumerate(others)
    ]


def _take_turns(place: int) -> dict[str, bool]:
    """Of the many ways to read a view, each history takes another one, besides the whole."""
    return {way: turn == place % len(_WAYS) for turn, way in enumerate(_WAYS)}


async def _read_answers(played: Play, eye: Eye) -> list[Any]:
    targets = [name for name in PEERS if name != eye.observer]
    asked = targets if eye.is_model else [None, *targets[:1]]
    return [
        await _run(
            played,
            _ASK,
            o=eye.observer,
            t=target,
            q=QUESTIONS[(len(played.messages) + place) % len(QUESTIONS)],
            **_narrow(played, eye),
        )
        for place, target in enumerate(asked)
    ]


async def _search(played: Play, eye: Eye) -> dict[str, Any]:
    query = SEARCHES[len(played.messages) % len(SEARCHES)]
    return await _run(played, _SEARCH, o=eye.observer, q=query, **_narrow(played, eye))


async def _read_rooms(played: Play, observer: str) -> list[Any]:
    return [
        await _run(played, _ROOM, o=observer, s=session, p=PEERS[place])
        for place, session in enumerate(SESSIONS)
    ]


def _narrow(played: Play, eye: Eye) -> dict[str, Any]:
    there = eye.sessions and [name for name in eye.sessions if played.world.has_session(name)]
    return {"scope": SCOPE if eye.is_scoped else None, "sessions": there}


async def _run(
    played: Play, document: str, *, is_refused: bool = False, **variables: Any
) -> dict[str, Any]:
    result = await played.stage.schema.execute(
        document,
        variable_values={"w": played.workspace, **variables},
        context_value=played.stage.create_context(),
    )
    errors = [[error.message, error.path, error.extensions] for error in result.errors or ()]
    assert bool(errors) == is_refused, errors
    return {"data": result.data, "errors": errors}


_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_CURSORS = frozenset(("cursor", "startCursor", "endCursor"))
_TIMES = frozenset(("recordedAt", "retiredAt", "updatedAt"))


class Ordinals:
    """Puts numbers in the place of ids, in the order in which they are met, and of times."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._times: dict[str, int] = {}

    def replace_all(self, values: list[Any]) -> list[Any]:
        """Returns what is the same in every play: who is who, and what came before what."""
        times = sorted(set(_list_times(values)))
        self._times = {time: place for place, time in enumerate(times)}
        return [self._replace(value) for value in values]

    def _replace(self, value: Any, key: str = "") -> Any:
        if isinstance(value, Mapping):
            return {name: self._replace(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._replace(each, key) for each in value]
        if not isinstance(value, str):
            return value
        if key in _TIMES:
            return f"time {self._times[value]}"
        text = _read_cursor(value) if key in _CURSORS else value
        return _ID.sub(self._number, text)

    def _number(self, found: re.Match[str]) -> str:
        id_ = found[0].replace("-", "")
        return f"#{self._ids.setdefault(id_, len(self._ids))}"


def _list_times(value: Any, key: str = "") -> list[str]:
    if isinstance(value, Mapping):
        return [time for name, each in value.items() for time in _list_times(each, name)]
    if isinstance(value, list):
        return [time for each in value for time in _list_times(each, key)]
    return [value] if key in _TIMES and isinstance(value, str) else []


def _read_cursor(cursor: str) -> str:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
