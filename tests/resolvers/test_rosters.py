"""What is remembered of rosters is bounded, and only of one version."""

from uuid import UUID

from models.membership import Author, Roster
from resolvers.rosters import Rosters

PLACE, OTHER, THIRD = ("house", "room"), ("house", "hall"), ("house", "attic")


def create_roster(*names: str, version: int = 1, session: int = 1) -> Roster:
    authors = {name: Author(UUID(int=len(name)), observe_me=True) for name in names}
    return Roster(UUID(int=9), UUID(int=session), version, authors)


def test_a_roster_is_found_only_by_those_it_tells_of() -> None:
    rosters = Rosters(limit=100)
    roster = rosters.keep(PLACE, create_roster("ada", "ben"))
    assert rosters.find(PLACE, {"ada"}) is roster
    assert rosters.find(PLACE, {"ada", "cleo"}) is None
    assert rosters.find(OTHER, set()) is None


def test_rosters_of_one_version_are_joined() -> None:
    rosters = Rosters(limit=100)
    rosters.keep(PLACE, create_roster("ada"))
    assert rosters.keep(PLACE, create_roster("ben")) == create_roster("ada", "ben")
    assert len(rosters) == 3


def test_a_roster_of_another_version_or_session_replaces_the_old_one() -> None:
    rosters = Rosters(limit=100)
    rosters.keep(PLACE, create_roster("ada", version=1))
    newer = create_roster("ben", version=2)
    assert rosters.keep(PLACE, newer) == newer
    another = create_roster("cleo", version=2, session=2)
    assert rosters.keep(PLACE, another) == another
    assert len(rosters) == 2


def test_the_longest_unused_is_forgotten_first() -> None:
    rosters = Rosters(limit=4)
    rosters.keep(PLACE, create_roster("ada"))
    rosters.keep(OTHER, create_roster("ada"))
    assert rosters.find(PLACE, {"ada"}) is not None
    rosters.keep(THIRD, create_roster("ada"))
    assert rosters.find(OTHER, {"ada"}) is None
    assert rosters.find(PLACE, {"ada"}) is not None
    assert len(rosters) == 4


def test_a_roster_beyond_the_limit_is_not_remembered() -> None:
    rosters = Rosters(limit=2)
    roster = create_roster("ada", "ben", "cleo")
    assert rosters.keep(PLACE, roster) == roster
    assert (rosters.find(PLACE, {"ada"}), len(rosters)) == (None, 0)


def test_what_is_dropped_is_gone_and_dropping_again_does_no_harm() -> None:
    rosters = Rosters(limit=100)
    roster = rosters.keep(PLACE, create_roster("ada"))
    assert rosters.drop(PLACE) is roster
    assert rosters.drop(PLACE) is None
    assert len(rosters) == 0
