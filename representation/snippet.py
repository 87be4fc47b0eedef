"""The part of a text that shows why it was found."""

from collections.abc import Collection
from functools import lru_cache

from representation.words import to_terms

SNIPPET_CHARACTERS = 200
_ELLIPSIS = "…"
_LONGEST_KEPT = 40  # keeps the cache small, whatever is written


def cut_snippet(text: str, terms: Collection[str]) -> str:
    """Returns the stretch of whole words with most of the terms; all of a text that is short.

    White space becomes single spaces. A word longer than the snippet is cut.
    """
    words = text.split()
    plain = " ".join(words)
    if len(plain) <= SNIPPET_CHARACTERS:
        return plain
    first, end = _find_best(words, [_count(word, terms) for word in words])
    snippet = " ".join(words[first:end])[:SNIPPET_CHARACTERS]
    before, after = first > 0, end < len(words) or len(" ".join(words[first:end])) > len(snippet)
    return f"{_ELLIPSIS if before else ''}{snippet}{_ELLIPSIS if after else ''}"


def _count(word: str, terms: Collection[str]) -> int:
    found = _list_terms(word) if len(word) <= _LONGEST_KEPT else to_terms(word)
    return sum(term in terms for term in found)


@lru_cache(maxsize=1 << 14)
def _list_terms(word: str) -> tuple[str, ...]:
    return tuple(to_terms(word))


def _find_best(words: list[str], counts: list[int]) -> tuple[int, int]:
    """Finds the earliest run of words that fits and has most terms, at least one word long."""
    best, best_count = (0, 1), -1
    first = size = count = 0
    for end, word in enumerate(words, start=1):
        size += len(word) + 1
        count += counts[end - 1]
        while size - 1 > SNIPPET_CHARACTERS and first < end - 1:
            size -= len(words[first]) + 1
            count -= counts[first]
            first += 1
        if count > best_count or (first == best[0] and count == best_count):
            best, best_count = (first, end), count
    return best
