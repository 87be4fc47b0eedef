"""From the first person to the third: "I love my dog" by bob is "bob loves bob's dog".

The name is repeated wherever "I", "me" or "my" stood, as no pronoun would be as clear; "myself" is
"themself". What is not certain is not rewritten: the caller then quotes it instead. Uncertain is
what speaks of "we" or "you", has a verb that is not known or whose tense is not, or may be the
unmarked words of somebody else. Quotations are left alone.
"""

import re

from representation.builtin.lexicon import (
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    OBJECT_PRONOUNS,
    OPENERS,
    PARTICIPLES,
    PLAIN_VERBS,
    SUBORDINATORS,
    TENSELESS_VERBS,
    VERBS,
    to_key,
    to_word_set,
)
from representation.builtin.quotation import QUOTATION
from representation.builtin.verb import (
    CONTRACTED_SUBJECTS,
    Joined,
    find_contracted,
    find_third_person,
    is_adverb,
)

_WORD = re.compile(rf"({QUOTATION}|[^\W_]+(?:['’][^\W_]+)*)")

_SUBJECTS = CONTRACTED_SUBJECTS | {"i"}
_FIRST_PERSON = _SUBJECTS | {"me", "my", "mine", "myself"}
_OTHERS = to_word_set(
    "we us our ours ourselves let's we're we've we'll we'd you your yours yourself yourselves u ur "
    "y'all you're you've you'll you'd"
)
# "Bob said I hate tea" may be Bob's own words.
_REPORTING = to_word_set(
    "said says told asked replied wrote texted yelled shouted whispered answered goes"
)
# "He was like I hate tea" as well, but not "I feel like I need tea".
_BEFORE_LIKE = to_word_set("feel feels felt look looks looked seem seems seemed")
# "Part I was long", "type I": a number.
_NUMBERED = to_word_set("part type phase chapter volume class level stage act grade war")
_BEFORE_MINE = to_word_set("is was are were be of not than isn't wasn't it's that's like")
_ADVERB_PAIRS = {("no", "longer"), ("kind", "of"), ("sort", "of"), ("at", "least")}
_CLAUSE_MARKS = frozenset(",;–—-….()!?*~")
_QUOTE_MARKS = frozenset('"“”«»「」')
_LINKS = to_word_set("be been who which that not") | AUXILIARIES
# "... and work at home": what tells a verb from a noun that looks like it.
_AFTER_VERB = DETERMINERS | OBJECT_PRONOUNS | {"to", "as", "at", "for", "with"}
# "Bob and I", "My brother and I": so few words, and no verb, before the "and".
_LONGEST_PARTNER = 4

_INTRODUCTION = re.compile(r"(?:I am|I['’]m|i am|i['’]m|[Ii]m) ([A-Z]\w*(?: [A-Z]\w*){0,2})")


def to_third_person(sentence: str, name: str) -> str | None:
    """Returns the sentence about the peer of that name; None if it is not certain."""
    introduction = _INTRODUCTION.fullmatch(sentence)
    if introduction and introduction[1].split()[0].lower() in name.lower().split():
        return f"{name}'s name is {introduction[1]}"
    try:
        return _Rewriting(sentence, name).rewrite()
    except _UncertainError:
        return None


class _UncertainError(Exception):
    """The rules do not tell what the sentence says of its author."""


class _Rewriting:
    """One sentence, word by word; `keys` stay as they were, `words` change."""

    def __init__(self, sentence: str, name: str) -> None:
        pieces = _WORD.split(sentence)
        self.gaps, self.words = pieces[0::2], pieces[1::2]
        # "US" and "U.S." are no pronouns.
        self.keys = [word if word in ("US", "U") else to_key(word) for word in self.words]
        self.name = name

    def rewrite(self) -> str:
        self._check_is_own()
        for index, key in enumerate(self.keys):
            if key in _SUBJECTS:
                self._rewrite_subject(index)
            elif key == "me":
                self.words[index] = self.name
            elif key == "my":
                self.words[index] = f"{self.name}'s"
            elif key == "mine":
                self._rewrite_mine(index)
            elif key == "myself":
                self.words[index] = "themself"
        pairs = zip(self.gaps, [*self.words, ""], strict=True)
        return "".join(gap + word for gap, word in pairs)

    def _check_is_own(self) -> None:
        keys = set(self.keys)
        if not keys & _FIRST_PERSON or keys & _OTHERS:
            raise _UncertainError
        if any(_QUOTE_MARKS.intersection(gap) for gap in self.gaps):
            raise _UncertainError
        if not keys & _SUBJECTS and self._lacks_subject():
            raise _UncertainError
        if any(self._is_in_title(index) for index in range(1, len(self.words))):
            raise _UncertainError

    def _is_in_title(self, index: int) -> bool:
        """Tells "I watched My Fair Lady", as far as the capital does."""
        return self.words[index] in ("My", "Me") and not self.gaps[index].strip()

    def _lacks_subject(self) -> bool:
        """Tells "Lost my keys", of whomever, from "Work is killing me"."""
        first = self._skip_adverbs(0)
        key = self._key(first)
        is_verb = self._is_verb(key) or key in PARTICIPLES | {"gonna"} or key.endswith("ing")
        return is_verb and self._key(first + 1) not in AUXILIARIES

    def _rewrite_mine(self, index: int) -> None:
        if index == 0 or self.keys[index - 1] not in _BEFORE_MINE:
            raise _UncertainError
        self.words[index] = f"{self.name}'s"

    def _rewrite_subject(self, index: int) -> None:
        key = self.keys[index]
        if self._is_one_of_several(index):
            if key != "i" or self._key(self._skip_adverbs(index + 1)) == "am":
                raise _UncertainError
            self.words[index] = self.name
            return
        self._check_opens_clause(index)
        verb = self._skip_adverbs(index + 1)
        if key == "i":
            self.words[index] = self.name
            self._rewrite_verb(verb)
            return
        contracted = find_contracted(key, self._key(verb))
        if contracted is None:
            raise _UncertainError
        self.words[index] = f"{self.name} {contracted.form}"
        self._rewrite_joined(index, contracted.joined)

    def _rewrite_verb(self, index: int) -> None:
        third = find_third_person(self.words[index]) if index < len(self.words) else None
        if third is None or self.gaps[index].strip():
            raise _UncertainError
        self.words[index] = third.form
        self._rewrite_joined(index, third.joined)

    def _rewrite_joined(self, head: int, joined: Joined) -> None:
        """Rewrites the verbs that "and" joins to the one at `head`, up to the next subject."""
        for index in range(head + 1, len(self.words)):
            if self.keys[index] in _SUBJECTS:
                return
            if not self._is_joined(index):
                continue
            verb = self._skip_adverbs(index)
            key = self._key(verb)
            if key == "am" or (joined is not Joined.STAYS and self._may_agree(verb)):
                if joined is not Joined.AGREES or not self._is_simple(head, index, verb):
                    raise _UncertainError
                self._set_agreeing(verb)

    def _set_agreeing(self, index: int) -> None:
        third = find_third_person(self.words[index])
        if third is None:
            raise _UncertainError
        self.words[index] = third.form

    def _may_agree(self, index: int) -> bool:
        key = self._key(index)
        return key in VERBS or key in TENSELESS_VERBS or key in ("do", "don't", "haven't")

    def _is_joined(self, index: int) -> bool:
        return self.keys[index - 1] in COORDINATORS or bool(
            set(self.gaps[index]) & {",", ";", "&", "/"}
        )

    def _is_simple(self, head: int, link: int, verb: int) -> bool:
        """Tells whether no other verb can be the one that the word at `verb` is joined to."""
        if any(key in VERBS or key in _LINKS for key in self.keys[head + 1 : link]):
            return False
        following = self._key(verb + 1)
        is_verb = self._key(verb) not in TENSELESS_VERBS | {"like"}
        return is_verb and (
            self._key(verb) in PLAIN_VERBS | {"am", "do", "don't", "haven't"}
            or following in _AFTER_VERB
        )

    def _is_one_of_several(self, index: int) -> bool:
        """Tells the subject "My brother and I" from the two clauses of "It rained and I left"."""
        if index == 0:
            return self._key(1) == "and"
        if index < 2 or self.keys[index - 1] != "and" or self.gaps[index].strip():
            return False
        first = index - 1
        while first > 0 and not self._ends_clause(first):
            first -= 1
        partner = self.keys[first : index - 1]
        is_phrase = len(partner) == 1 or not any(self._is_verb(key) for key in partner)
        return 0 < len(partner) <= _LONGEST_PARTNER and is_phrase and not _SUBJECTS & {*partner}

    def _ends_clause(self, index: int) -> bool:
        before = self.keys[index - 1]
        return bool(self.gaps[index].strip()) or before.isdigit() or before in SUBORDINATORS

    def _is_verb(self, key: str) -> bool:
        is_form = find_third_person(key) is not None or key in AUXILIARIES
        return is_form or key in TENSELESS_VERBS

    def _check_opens_clause(self, index: int) -> None:
        """Raises if the "I" may be a number, the words of another, or follow its verb."""
        if index == 0:
            return
        gap = self.gaps[index]
        marks = gap.strip()
        is_mark_other = not _CLAUSE_MARKS.issuperset(marks) or (not marks and not gap.isspace())
        if is_mark_other or gap in ("-", ".") or self._is_reported(index):
            raise _UncertainError
        if not marks and not self._may_precede(index - 1):
            raise _UncertainError

    def _is_reported(self, index: int) -> bool:
        earlier, before = ["", *self.keys][index - 1 : index + 1]
        if before == "like":
            return earlier not in _BEFORE_LIKE
        return before in _REPORTING and earlier != "i"

    def _may_precede(self, index: int) -> bool:
        key, word = self.keys[index], self.words[index]
        if key in AUXILIARIES or key in _NUMBERED:
            return False
        if key in OPENERS or is_adverb(key) or word.isdigit():
            return True
        # After a name, "I" is a number: "Henry I".
        return word == word.lower()

    def _skip_adverbs(self, index: int) -> int:
        while is_adverb(self._key(index)) or self._is_adverb_pair(index):
            index += 2 if self._is_adverb_pair(index) else 1
        return index

    def _is_adverb_pair(self, index: int) -> bool:
        return (self._key(index), self._key(index + 1)) in _ADVERB_PAIRS

    def _key(self, index: int) -> str:
        return self.keys[index] if index < len(self.keys) else ""
