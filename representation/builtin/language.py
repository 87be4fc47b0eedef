"""Whether a sentence is English, judged by its script and its common words."""

import re

from representation.builtin.lexicon import (
    ADVERBS,
    AUXILIARIES,
    COMMON_WORDS,
    DETERMINERS,
    FOREIGN_WORDS,
    OPENERS,
    PARTICIPLES,
    PASTS,
    PREPOSITIONS,
    SHARED_WORDS,
    TENSELESS_VERBS,
    VERBS,
    WH_WORDS,
    to_key,
)

_ENGLISH_WORDS = (
    ADVERBS
    | AUXILIARIES
    | COMMON_WORDS
    | DETERMINERS
    | OPENERS
    | PARTICIPLES
    | PASTS
    | PREPOSITIONS
    | TENSELESS_VERBS
    | VERBS
    | WH_WORDS
) - SHARED_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Words that other languages share are English as a pair.
_ENGLISH_PAIR = re.compile(
    r"\bI (?:am|was|have|had|do|did|will)\b|^i (?:am|was|have|had|will)\b"
    r"|\b(?:[Ww]e|[Yy]ou|[Tt]hey) (?:are|were|have|had|do|did|will)\b"
)
# A few accented names in an English sentence stay well below this.
_MAX_FOREIGN_LETTERS = 0.3


def is_english(text: str) -> bool:
    """Returns whether the text shows English; without any sign of it, it does not."""
    letters = [character for character in text if character.isalpha()]
    foreign_letters = sum(not character.isascii() for character in letters)
    if not letters or foreign_letters > _MAX_FOREIGN_LETTERS * len(letters):
        return False
    words = [to_key(word) for word in _WORD.findall(text)]
    english = sum(_is_english_word(word) for word in words) + len(_ENGLISH_PAIR.findall(text))
    foreign = sum(word in FOREIGN_WORDS for word in words)
    return english > 0 and english >= foreign


def _is_english_word(word: str) -> bool:
    is_inflected = word.endswith(("ed", "ing", "ly")) or word.removesuffix("s") in VERBS
    return word in _ENGLISH_WORDS or (is_inflected and word not in FOREIGN_WORDS | SHARED_WORDS)
