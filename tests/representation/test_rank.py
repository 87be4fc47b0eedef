"""Ranking documents by the words they share with a query."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.rank import rank_documents

TERMS = st.lists(st.sampled_from(["tea", "milk", "eggs", "bob"]), max_size=8)


def test_no_documents_have_no_scores() -> None:
    assert rank_documents({"tea": 1.0}, []) == []


def test_empty_documents_and_queries_score_nothing() -> None:
    assert rank_documents({"tea": 1.0}, [[], []]) == [0.0, 0.0]
    assert rank_documents({}, [["tea"]]) == [0.0]


def test_the_score_is_bm25() -> None:
    # ln(1 + 1.5 / 1.5) for the rarity, a document of mean length saturates one count to 1.
    scores = rank_documents({"tea": 1.0}, [["tea", "milk"], ["eggs", "bob"]])
    assert scores == [pytest.approx(0.6931, abs=1e-4), 0.0]


def test_a_rare_term_says_more_than_a_common_one() -> None:
    documents = [["tea", "bob"], ["milk", "bob"], ["bob", "eggs"]]
    first, second, _ = rank_documents({"tea": 1.0, "bob": 1.0}, documents)
    assert first > second


def test_the_second_occurrence_adds_less_than_the_first() -> None:
    documents = [["tea", "x", "x"], ["tea", "tea", "x"], ["x", "x", "x"]]
    once, twice, never = rank_documents({"tea": 1.0}, documents)
    assert never == 0.0
    assert once < twice < 2 * once


def test_a_short_document_beats_a_long_one() -> None:
    short, long = rank_documents({"tea": 1.0}, [["tea"], ["tea", "x", "x", "x"]])
    assert short > long


def test_a_term_counts_by_its_weight() -> None:
    literal, related = rank_documents({"tea": 1.0, "milk": 0.5}, [["tea"], ["milk"]])
    assert related == literal / 2


@given(st.lists(TERMS, max_size=8), st.randoms(use_true_random=False))
def test_a_document_keeps_its_score_wherever_it_stands(
    documents: list[list[str]], random: Random
) -> None:
    query = {"tea": 1.0, "eggs": 0.5}
    before = dict(zip(map(tuple, documents), rank_documents(query, documents), strict=True))
    random.shuffle(documents)
    after = dict(zip(map(tuple, documents), rank_documents(query, documents), strict=True))
    assert after == before


@given(st.lists(TERMS, min_size=1, max_size=8))
def test_only_documents_that_share_a_term_score(documents: list[list[str]]) -> None:
    scores = rank_documents({"tea": 1.0}, documents)
    assert [score > 0 for score in scores] == ["tea" in terms for terms in documents]
