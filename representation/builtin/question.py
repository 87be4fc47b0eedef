"""Which English sentences ask, and what a sentence states before it asks."""

import re

from representation.builtin.lexicon import (
    AUXILIARIES,
    PASTS,
    SUBORDINATORS,
    VERBS,
    WH_WORDS,
    to_key,
)

_AUXILIARY = "|".join(sorted(AUXILIARIES | {"'s", "'re", "'d"}))
_WH = r"(?:who|whom|whose|what|when|where|why|how|which)"
_PEOPLE = r"(?:you|we|they|he|she|i|anyone|anybody|someone|everyone|everybody)"
_THINGS = r"(?:it|there|this|that|these|those)"

_OPENINGS = re.compile(
    rf"{_WH}(?: |(?='))(?:{_AUXILIARY})\b"
    r"|how (?:many|much|long|old|far|often|about|come)\b|what (?:about|time|kind|sort|if)\b"
    # Not "had" and "were": "Had I known, ..." states something.
    r"|(?:is|are|am|isn't|aren't|was|wasn't|weren't|do|does|did|don't|doesn't|didn't|have|haven't"
    rf"|can|can't|could|couldn't|will|won't|would|wouldn't|should|shall) {_PEOPLE}\b"
    rf"|(?:is|are|isn't|aren't|does|will|would|can|could) {_THINGS}\b"
)
# "What is important to me is honesty" states something.
_CLEFT = re.compile(r"what (?:is|was|matters)\b.*\b(?:is|was)\b")
_TAG = re.compile(
    rf"(?:,| [–—-]) ?(?:and |but |or |so )?(?:{_WH}|{_AUXILIARY}|you|right|no|yes|yeah|huh|eh|ok"
    r"|okay|correct|innit|any|anyone)\b[^?]*+\?++$"
)


def is_question(sentence: str) -> bool:
    """Returns whether the sentence asks, with or without a mark that says so."""
    if _without_ornament(sentence).endswith("?"):
        return True
    text = to_key(sentence)
    return bool(_OPENINGS.match(text)) and not _CLEFT.match(text)


def find_stated_part(question: str) -> str | None:
    """Returns "I love tea" of "I love tea, don't you?"; None if nothing is stated first."""
    text = _without_ornament(question)
    tag = _TAG.search(to_key(text))
    stated = text[: tag.start()] if tag else ""
    keys = [to_key(word.strip(",.;:")) for word in stated.split()]
    if not keys or keys[0] in SUBORDINATORS or _opens_question(stated):
        return None
    return stated if any(_is_verb(key) for key in keys) else None


def _opens_question(text: str) -> bool:
    words = to_key(text).split(maxsplit=1)
    return words[0] in WH_WORDS | AUXILIARIES or bool(_OPENINGS.match(to_key(text)))


def _is_verb(key: str) -> bool:
    return key in VERBS | PASTS | AUXILIARIES or "'" in key or key.endswith("ed")


def _without_ornament(sentence: str) -> str:
    """Returns the sentence up to its last letter, question mark or closing quote."""
    return re.sub(r"[^\w?？\"”»'’)]+$", "", sentence)
