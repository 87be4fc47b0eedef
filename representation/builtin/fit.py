"""Which of the supports fit a question, best first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from representation.builtin.inquiry import RELATED_WEIGHT, Inquiry, to_name, to_spaced
from representation.builtin.sentence import split_sentences
from representation.claim import Claim, read_claim
from representation.rank import rank_documents
from representation.reasoner import Support
from representation.words import list_terms, to_terms

_LEAST_COVERAGE = 0.35
"""Of a question's weight; below it a support shares a word with it but not the matter."""
_OWN_WORDS = 0.5
"""The score of a message beside a conclusion, when anything is asked for."""
_MOST_FITS = 40
LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that can be answered, and everything it rests on."""

    support: Support
    text: str
    """The part of the support that fits, short enough to be quoted."""
    claim: Claim
    cites: tuple[str, ...]
    score: float = 0.0
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    support: Support
    is_own: bool
    """By or about one of the subjects; if not, it can only mention one."""
    subjects_met: int
    """How many of the subjects it is by, about, or mentions."""


def list_fits(inquiry: Inquiry, supports: Sequence[Support]) -> list[Finding]:
    """The best fitting supports, best first.

    What others say of the subjects is looked at only if nothing of their own fits, and what does
    not even mention them never is.
    """
    sources = [_to_source(inquiry, support) for support in supports]
    scored: list[tuple[float, Support]] = []
    for is_own in (True, False):
        scored = scored or _score(inquiry, [each for each in sources if each.is_own is is_own])
    scored.sort(key=lambda pair: (-pair[0], *_to_order(pair[1])))
    return [to_finding(inquiry, support, score) for score, support in scored[:_MOST_FITS]]


def to_finding(inquiry: Inquiry, support: Support, score: float = 0.0) -> Finding:
    text = _find_excerpt(inquiry, support)
    return Finding(support, text, read_claim(support.peer, text), (support.id,), score)


def _to_order(support: Support) -> tuple[float, float, str]:
    """Sorts what fits equally well: most often found first, then newest first."""
    return -support.count, -support.said_at.timestamp(), support.id


def _to_source(inquiry: Inquiry, support: Support) -> _Source:
    own = to_name(support.peer)
    if not inquiry.subjects:
        return _Source(support, inquiry.speaker in (None, own), 0)
    if inquiry.subjects == (own,):
        return _Source(support, is_own=True, subjects_met=1)
    spaced = to_spaced(support.text)
    met = sum(name == own or name in spaced for name in inquiry.subjects)
    return _Source(support, own in inquiry.subjects, met)


def _score(inquiry: Inquiry, sources: Iterable[_Source]) -> list[tuple[float, Support]]:
    near = [each for each in sources if each.subjects_met or not inquiry.subjects]
    if inquiry.is_open:
        return [(_OWN_WORDS if each.support.is_message else 1.0, each.support) for each in near]
    documents = [to_terms(each.support.text) for each in near]
    ranks = rank_documents(_to_query(inquiry), documents)
    scored = []
    for source, terms, rank in zip(near, documents, ranks, strict=True):
        coverage = _cover(inquiry, source, frozenset(terms))
        if coverage >= _LEAST_COVERAGE:
            bonus = inquiry.weigh_fit(source.support.text)
            scored.append((rank * coverage * bonus, source.support))
    return scored


def _to_query(inquiry: Inquiry) -> dict[str, float]:
    query = dict(inquiry.weights)
    if len(inquiry.subjects) > 1:
        query |= {term: 1.0 for name in inquiry.subjects for term in list_terms(name.split())}
    for term, related in inquiry.related.items():
        for other in related:
            query.setdefault(other, RELATED_WEIGHT * inquiry.weights[term])
    return query


def _cover(inquiry: Inquiry, source: _Source, terms: frozenset[str]) -> float:
    """The share of the question that a support meets; the first subject is met by all of them."""
    matter = sum(
        weight * (1.0 if term in terms else RELATED_WEIGHT)
        for term, weight in inquiry.weights.items()
        if term in terms or not terms.isdisjoint(inquiry.related[term])
    )
    if not matter and not inquiry.wants_anything:
        return 0.0
    others = max(len(inquiry.subjects) - 1, 0)
    whole = sum(inquiry.weights.values()) + others
    return (matter + max(source.subjects_met - 1, 0)) / whole if whole else 0.0


def _find_excerpt(inquiry: Inquiry, support: Support) -> str:
    """The sentence that fits best, of a message; a conclusion is one sentence."""
    sentences = split_sentences(support.text) if support.is_message else ()
    text = " ".join(support.text.split())
    if len(sentences) > 1:
        query = _to_query(inquiry)
        text = max(sentences, key=lambda sentence: (_count_met(query, sentence), len(sentence)))
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rpartition(" ")[0] + "…"


def _count_met(query: dict[str, float], sentence: str) -> float:
    return sum(query.get(term, 0.0) for term in sorted(set(to_terms(sentence))))
