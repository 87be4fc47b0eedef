"""Text to words, and words to the terms that texts are compared and ranked by."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

import snowballstemmer

# Han, kana and Hangul: scripts whose words are found by pairs of characters.
_CJK = "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
# Python's \w leaves out combining marks, which are vowels in many scripts, and their joiners.
_MARKS = "\u200c\u200d" + "".join(
    chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code))[0] == "M"
)
_PIECE = rf"[^\W{_CJK}](?:[^\W{_CJK}]|[{_MARKS}])*"
_WORD = re.compile(rf"[{_CJK}]+|#?{_PIECE}(?:[.'@/:&-]{_PIECE})*[+#%]*|[^\w\s]")
_IS_CJK = re.compile(rf"[{_CJK}]")
_JOINT = re.compile(r"[.'@/:&_-]")
_SIGNS = "#+%"
_APOSTROPHES = str.maketrans("‘’ʼ`´", "'''''")

_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "'s"}
_NOT_OWNERS = {"it", "that", "this", "he", "she", "there", "here", "what", "who", "where", "when"}
_SPELLED_OUT = {
    "won't": "will not",
    "wont": "will not",
    "can't": "can not",
    "cant": "can not",
    "cannot": "can not",
    "shan't": "will not",
    "ain't": "is not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "gonna": "going to",
    "wanna": "want to",
}

_STOP_WORDS = """
    a an the this that these those there here and or but nor so as if then than because while
    of in on at by for from to into onto with without about over under up down out off again
    i me my mine myself you your yours yourself he him his himself she her hers herself it its
    itself we us our ours ourselves they them their theirs themselves
    am is are was were be been being do does did doing done have has having will would shall
    should can could may might must not no nor any some all both each every few more most other
    such only own same too very just really quite also even still ever yet
    what which who whom whose when where why how many much please 's
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# The verbs that stemming alone cannot bring together: base, then its other forms.
_IRREGULAR_VERBS = """
    become became|begin began begun|break broke broken|bring brought|build built|buy bought
    catch caught|choose chose chosen|come came|draw drew drawn|drink drank drunk
    drive drove driven|eat ate eaten|fall fell fallen|feel felt|fight fought|find found
    fly flew flown|forget forgot forgotten|forgive forgave forgiven|get got gotten|give gave given
    go went gone
    grow grew grown|hear heard|hide hid hidden|hold held|keep kept|know knew known|lead led
    leave left|lend lent|lose lost|make made|mean meant|meet met|pay paid|ride rode ridden
    ring rang rung|run ran|say said|see saw seen|sell sold|send sent|sing sang sung|sit sat
    sleep slept|speak spoke spoken|spend spent|stand stood|steal stole stolen|swear swore sworn
    swim swam swum|take took taken|teach taught|tell told|think thought|throw threw thrown
    understand understood|wake woke woken|wear wore worn|win won|write wrote written
"""
_BASE_FORMS = {
    form: base
    for base, *forms in (row.split() for row in re.split(r"[|\n]", _IRREGULAR_VERBS) if row.strip())
    for form in forms
}

_LONGEST_STEMMED = 40  # keeps the cache small, whatever is written
_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = Lock()  # it keeps the word it works on in itself


def to_plain(text: str) -> str:
    """Unicode NFKC, casefolded, with one kind of apostrophe."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).translate(_APOSTROPHES)


def to_words(text: str) -> list[str]:
    """All words in order, contractions spelled out; an owner's `'s` is a word of its own.

    Emoji and currency signs are words, punctuation is not; a run of CJK characters is one word.
    """
    words: list[str] = []
    for match in _WORD.finditer(to_plain(text)):
        token = match.group()
        if len(token) > 1 or token.isalnum():
            words.extend(_spell_out(token))
        elif unicodedata.category(token) in ("So", "Sc"):
            words.append(token)
    return words


def to_terms(text: str) -> list[str]:
    """What `text` is found by: stems without stop words, names and numbers whole and in parts."""
    return list_terms(to_words(text))


def list_terms(words: Iterable[str]) -> list[str]:
    """The terms of words that `to_words` gave."""
    terms: list[str] = []
    for word in words:
        if _IS_CJK.match(word):
            terms.extend(_to_pairs(word))
        elif word not in STOP_WORDS:
            terms.append(to_stem(word))
            terms.extend(to_stem(part) for part in _list_parts(word) if part not in STOP_WORDS)
    return terms


def to_stem(word: str) -> str:
    """The English stem of a word from `to_words`; irregular verbs by their base form."""
    if len(word) > _LONGEST_STEMMED or not word.isalpha():
        return word
    return _stem(_BASE_FORMS.get(word, word))


def is_past_form(word: str) -> bool:
    """Whether the word is in the past tense by its form alone: "went", "attacked"."""
    return word in _BASE_FORMS or (len(word) > 4 and word.endswith("ed"))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))


def _spell_out(token: str) -> list[str]:
    if token in _SPELLED_OUT:
        return _SPELLED_OUT[token].split()
    start, _, ending = token.rpartition("'")
    if ending == "t" and start.endswith("n") and len(start) > 1:
        return [start[:-1], "not"]
    if not start or ending not in _ENDINGS:
        return [token]
    if ending == "s" and start in _NOT_OWNERS:
        return [start, "is"]
    return [start, _ENDINGS[ending]]


def _to_pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _list_parts(word: str) -> list[str]:
    """What else a compound is found by: "#42" by "42", "o'neil" by "neil", a date by itself."""
    bare = word.strip(_SIGNS)
    parts = _JOINT.split(bare)
    if len(parts) == 1:
        return [] if bare == word else [bare]
    return [part for part in parts if len(part) > 1 and part.isalpha()]
