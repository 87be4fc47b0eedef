"""Greetings, thanks, farewells, wishes and backchannels: words that state nothing."""

import re

from representation.builtin.lexicon import to_key, to_word_set

_WORDS = to_word_set(
    """
    ok okay k kk okey sure right great cool nice awesome perfect fine alright good true indeed
    exactly absolutely definitely totally same agreed oops ouch meh please pls sorry thanks thx ty
    welcome bye goodbye cheers hi hello hey hiya yo hola greetings gm gn yes yep yup yeah ya yea no
    nope nah wow yay omg oh ah aha hm uh um er eh huh so well then anyway anyways btw fyi lmao rofl
    lol brb afk gtg ttyl np nvm idk imo congrats congratulations wonderful amazing excellent
    brilliant lovely interesting really very too much again both there all everyone everybody guys
    folks team friends friend man dude buddy mate sir madam dear and but haha noted done understood
    gotcha bravo
    """
)
_STRETCHED = re.compile(
    r"(?:a?h[aeiu]){2,}h?|lo+l+|lmf?a+o+|h+m+|a+h+|o+h+|u+h+|u+m+|wo+w+|ya+y+|ye+s+|ye+a+h*|no+"
    r"|o+k+|aw+|u+g+h+|ni+ce+|he+y+|hi+|hello+|x+d+|e+h+"
)
# "I do" answers something that another message says.
_ANSWERS = (
    r"i(?: (?:see|know|agree|understand|am|do|did|will|have|can|can't|don't|didn't|won't"
    r"|haven't))?(?: too| thanks)?"
)
_PRAISE = (
    r"(?:it|right|true|great|good|cool|nice|awesome|amazing|fine|ok|okay|fair|fun|funny"
    r"|interesting|wonderful|like a plan)"
)
# Taken out before the rest is looked at word by word.
_PHRASES = re.compile(
    rf"^{_ANSWERS}$|\b(?:(?:that's|sounds?) (?:so )?{_PRAISE}"
    r"|thank you|you're welcome|of course|no problem|no worries|my pleasure|my bad|never mind"
    r"|got it|makes sense|well done|good (?:job|point|idea|one|work|luck|to know)"
    r"|good (?:morning|afternoon|evening|night|day)|oh my god|my god|oh my|what's up|so much"
    r"|a lot|me (?:too|neither|either)|same here|for sure|by the way|fair enough|why not"
    r"|not at all|all good|all right|in advance|to all|see (?:you|ya)|long time no see"
    r"|just kidding|no way|go ahead)\b"
)
# Beside these, names are names of those who are greeted.
_GREETING = re.compile(
    r"(?:hi+|hello+|he+y+|hiya|hola|good (?:morning|afternoon|evening|night)|greetings|dear"
    r"|bye|goodbye|thanks|thank you|thx|cheers|see (?:you|ya)|congrats|congratulations|welcome)\b"
)
# Whatever follows these is part of the greeting, unless the author speaks of itself in it.
_FORMULA = re.compile(
    r"(?:(?:many )?thanks (?!to\b)|thank you (?!to\b)|thx |sorry (?:for|about) |good luck "
    r"|happy (?:birthday|new year|easter|holidays|anniversary)|merry christmas|get well"
    r"|congrat(?:s|ulations) |welcome (?:to|back)|see (?:you|ya) |talk (?:to you|soon|later)"
    r"|take care|sleep well|have fun|good (?:morning|afternoon|evening|night) "
    r"|(?:have|enjoy) (?:a|your|the) (?:(?:nice|good|great|lovely|safe|wonderful) )?(?:day|evening"
    r"|night|week|weekend|time|trip|one|morning|afternoon|flight|holiday|holidays|meal)"
    r"|(?:it's |it was )?(?:nice|good|great|lovely) to (?:meet|see|hear from) you)"
)
_OWN = re.compile(r"\b(?:i|i'm|im|i've|i'll|i'd|my|we|our)\b")
_MAX_NAMES = 3

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_SALUTE = (
    r"(?:hi+|he+y+|hello+|dear|good (?:morning|afternoon|evening)|thanks|thank you|thx|congrats)"
)
_SOUND = (
    r"(?:oh(?! my)|(?:ha|he){2,}|lo+l|lmao|wow|ugh|hm+|um+|uh+|yeah+|yep|yup|yes|no|nope|nah"
    r"|ok|okay|omg|btw|fyi)"
)
_REMARK = (
    r"(?:ah|aha|alright|anyway|sorry|sure|great|cool|nice|awesome|perfect|of course|well|so|now"
    r"|look|listen|(?:oh )?my (?:god|goodness)|oh my)"
)
_AUTHOR_OR_FACT = r"(?=(?:i|i['’](?:m|ve|ll|d)|im|my|we|it|that|this|there)\b)"
_MARKS = r"(?: ?[,!.;…]+| [–—-]+) (?=\S)"
_OPENING = re.compile(
    rf"{_SALUTE}(?! from\b)(?: \w+){{0,3}}?{_MARKS}"
    rf"|(?:{_SOUND}|{_REMARK})(?: (?:so|well|then|and|but))?{_MARKS}"
    rf"|(?:{_SALUTE}|{_SOUND})(?: (?:so|there|all|everyone|guys|team))? {_AUTHOR_OR_FACT}",
    re.IGNORECASE,
)


def is_filler(sentence: str) -> bool:
    """Returns whether the sentence has no word that could state anything."""
    words = _WORD.findall(sentence)
    text = " ".join(to_key(word) for word in words)
    if _FORMULA.match(f"{text} ") and not _OWN.search(text):
        return True
    rest = _PHRASES.sub(" ", text).split()
    unknown = [word for word in rest if word not in _WORDS and not _STRETCHED.fullmatch(word)]
    if not unknown:
        return True
    return bool(_GREETING.match(text)) and not _OWN.search(text) and _are_names(unknown, words)


def strip_opening(sentence: str) -> str:
    """Returns the sentence without greetings and interjections before its content."""
    while opening := _OPENING.match(sentence):
        sentence = sentence[opening.end() :]
    return sentence


def _are_names(unknown: list[str], words: list[str]) -> bool:
    if len(words) == 2:
        return True
    names = {to_key(word) for word in words if word[0].isupper()}
    return len(unknown) <= _MAX_NAMES and names.issuperset(unknown)
