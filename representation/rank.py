"""How well documents fit a query by the words they share, judged by these documents alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import TypeVar

Term = TypeVar("Term", str, int)

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): usual
# values lie at 1.2 < k1 < 2 and 0.5 < b < 0.8. These two are what Lucene uses.
_SATURATION = 1.2
_LENGTH_SHARE = 0.75


def rank_documents(
    query_terms: Mapping[Term, float], documents: Sequence[Sequence[Term]]
) -> list[float]:
    """Okapi BM25 of each document, in their order; 0.0 where no term is shared.

    Args:
        query_terms: The weight of each term.
        documents: Their terms; rarity and mean length are taken from them and nothing else.
    """
    counts = [Counter(term for term in terms if term in query_terms) for terms in documents]
    rarity = _weigh_rarity(query_terms, counts)
    mean_length = sum(map(len, documents)) / max(len(documents), 1) or 1.0
    return [
        sum(rarity[term] * _saturate(count, len(terms) / mean_length) for term, count in found)
        for terms, found in zip(documents, (sorted(each.items()) for each in counts), strict=True)
    ]


def _weigh_rarity(
    query_terms: Mapping[Term, float], counts: Sequence[Counter[Term]]
) -> dict[Term, float]:
    holders = Counter(term for each in counts for term in each)
    return {
        term: weight * log(1 + (len(counts) - holders[term] + 0.5) / (holders[term] + 0.5))
        for term, weight in query_terms.items()
    }


def _saturate(count: int, relative_length: float) -> float:
    norm = 1 - _LENGTH_SHARE + _LENGTH_SHARE * relative_length
    return count * (_SATURATION + 1) / (count + _SATURATION * norm)
