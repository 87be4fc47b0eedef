"""What a writer remembers of the sessions it wrote to last: who is in them, so it need not ask."""

from collections import OrderedDict
from collections.abc import Set as AbstractSet
from dataclasses import replace

from models.membership import Roster

Place = tuple[str, str]
"""Names of a workspace and a session."""


class Rosters:
    """Rosters by place, the longest unused forgotten first. Stale ones do no harm to a write."""

    def __init__(self, *, limit: int) -> None:
        """`limit` is the number of authors and sessions, taken together, that are remembered."""
        self._limit = limit
        self._rosters: OrderedDict[Place, Roster] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Counts the authors and the sessions remembered."""
        return self._size

    def find(self, place: Place, names: AbstractSet[str]) -> Roster | None:
        """Returns what is remembered if it tells of all these peers that they are in."""
        roster = self._rosters.get(place)
        if roster is None or not roster.authors.keys() >= names:
            return None
        self._rosters.move_to_end(place)
        return roster

    def keep(self, place: Place, roster: Roster) -> Roster:
        """Remembers a roster, joined with what is remembered of the same version; returns it."""
        known = self.drop(place)
        if known and (known.session_id, known.version) == (roster.session_id, roster.version):
            roster = replace(roster, authors={**known.authors, **roster.authors})
        self._rosters[place] = roster
        self._size += _get_size(roster)
        while self._size > self._limit:
            self.drop(next(iter(self._rosters)))
        return roster

    def drop(self, place: Place) -> Roster | None:
        """Forgets a roster and returns it."""
        roster = self._rosters.pop(place, None)
        if roster is not None:
            self._size -= _get_size(roster)
        return roster


def _get_size(roster: Roster) -> int:
    return 1 + len(roster.authors)
