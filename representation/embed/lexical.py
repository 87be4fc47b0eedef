"""The built-in embedder: what a text is spelled like, without a model.

A text becomes the stems of its words, and the pieces of each longer stem, so that what is
misspelled, compounded or inflected otherwise still lies close. Each feature falls by its digest on
one of a fixed number of places, with a sign that lets collisions cancel out (feature hashing:
Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009). The same text
always gets the same vector, whatever else was said.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log, sqrt

from representation.embed.embedder import Space, Vector
from representation.words import to_terms

DIMENSIONS = 256
LEAST_LIKENESS = 0.25
"""Of two remarks from one conversation that share no word, fewer than one in 1,000 are above it."""
_PIECE_LENGTHS = (3, 4)
_LEAST_LETTERS = 4
"""Shorter stems have no pieces of their own."""


class LexicalEmbedder:
    """Places texts by their stems and the pieces of these."""

    space = Space("lexical-1", DIMENSIONS)
    least_likeness = LEAST_LIKENESS

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        return [embed_text(text) for text in texts]


def embed_text(text: str) -> Vector:
    """Returns a vector of length 1, or zeros if there is no word in the text."""
    vector = [0.0] * DIMENSIONS
    for term, count in sorted(Counter(to_terms(text)).items()):
        weight = 1 + log(count)
        for place, share in _to_features(term):
            vector[place] += weight * share
    length = sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector


@lru_cache(maxsize=1 << 15)
def _to_features(term: str) -> tuple[tuple[int, float], ...]:
    """The places of a stem and of its pieces, which weigh as much as the stem together."""
    pieces = _list_pieces(term)
    features = [_to_feature(f"={term}", 1.0)]
    return (*features, *(_to_feature(piece, 1 / sqrt(len(pieces))) for piece in pieces))


def _list_pieces(term: str) -> list[str]:
    if len(term) < _LEAST_LETTERS or not term.isalpha():
        return []
    marked = f"<{term}>"
    return [
        marked[at : at + length]
        for length in _PIECE_LENGTHS
        for at in range(len(marked) - length + 1)
    ]


def _to_feature(feature: str, weight: float) -> tuple[int, float]:
    digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest())
    return digest % DIMENSIONS, weight if digest >> 63 else -weight
