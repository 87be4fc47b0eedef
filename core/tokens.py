"""Exact token counts in the o200k vocabulary, without a download."""

import warnings
from collections.abc import Callable
from functools import lru_cache

with warnings.catch_warnings():
    # bpe-openai 0.1.4 opens its tables in a way that Python means to drop.
    warnings.simplefilter("ignore", DeprecationWarning)
    # The public wrapper counts by building lists; the compiled tokenizer beneath it does not.
    from bpe_openai._bindings import tokenizer_for_encoding

_VOCABULARY = tokenizer_for_encoding("o200k_base")
_count: Callable[[str], int] = _VOCABULARY.count


def count_tokens(text: str) -> int:
    """Counts tokens of `text`; short texts are remembered, since chats repeat them."""
    return _count_remembered(text) if len(text) <= 64 else _count(text)


@lru_cache(maxsize=16_384)
def _count_remembered(text: str) -> int:
    return _count(text)
