"""Summaries by rules: the sentences that share most words with the rest, as they were said."""

from collections import Counter
from collections.abc import Iterator
from math import log

from core.tokens import count_tokens
from representation.builtin.sentence import split_sentences
from representation.talk import Talk
from representation.words import to_terms

_FEWEST_TERMS = 3
"""What has fewer is a greeting or an interjection."""
_DAMPING = 4
"""Added to the number of terms: of two sentences on the same things the fuller one is told."""


def summarise_talk(talk: Talk) -> str:
    """Returns lines `author: sentence` in the order in which they were said; empty: there is none.

    A sentence counts what its words are worth on average, and a word what it is said in other
    lines too.
    """
    lines = list(dict.fromkeys(_list_lines(talk)))
    terms = [frozenset(to_terms(line)) for line in lines]
    holders = Counter(term for each in terms for term in each)
    scores = [
        sum(log(1 + holders[term]) for term in sorted(each)) / (len(each) + _DAMPING)
        for each in terms
    ]
    best = sorted(range(len(lines)), key=lambda place: (-round(scores[place], 6), place))
    kept: list[int] = []
    left = talk.most_tokens
    for place in best:
        tokens = count_tokens(lines[place]) + 1  # and the end of the line
        if tokens <= left:
            kept.append(place)
            left -= tokens
    return "\n".join(lines[place] for place in sorted(kept))


def _list_lines(talk: Talk) -> Iterator[str]:
    yield from (talk.previous or "").splitlines()
    for each in talk.utterances:
        if each.is_observed:
            for sentence in split_sentences(each.content):
                if not sentence.endswith("?") and len(to_terms(sentence)) >= _FEWEST_TERMS:
                    yield f"{each.author}: {sentence}"
