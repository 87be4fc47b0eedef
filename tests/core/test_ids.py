"""Row ids: versioned, ascending, dated."""

import time
from uuid import UUID

import pytest

from core.ids import create_id, create_ids


def get_milliseconds(id_: UUID) -> int:
    return id_.int >> 80


def test_an_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    id_ = create_id()
    assert (id_.version, id_.variant) == (7, "specified in RFC 4122")
    # Many ids at once may borrow from the milliseconds to come.
    assert before <= get_milliseconds(id_) <= time.time_ns() // 1_000_000 + 100


def test_ids_ascend_within_a_batch_and_from_one_to_the_next() -> None:
    ids = [*create_ids(10_000), create_id(), *create_ids(5), create_id()]
    assert ids == sorted(ids)
    assert len(set(ids)) == 10_007


def test_no_ids_at_all_are_no_ids() -> None:
    assert create_ids(0) == []


def test_ids_ascend_also_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = create_id()
    an_hour_ago = time.time_ns() - 3_600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: an_hour_ago)
    later = create_ids(3)
    assert [before, *later] == sorted([before, *later])
