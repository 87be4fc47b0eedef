"""Which English sentences tell others to do something, and so state nothing of their author."""

import re

from representation.builtin.lexicon import to_key
from representation.builtin.quotation import to_unquoted

# Only verbs that hardly anyone uses of themselves with the "I" left out ("Love it", "Need tea").
_ORDER = (
    r"(?:add|ask|be|book|bring|buy|call|change|check|choose|clean|click|close|come|compare|contact"
    r"|copy|delete|describe|do|draw|email|explain|fetch|find|fix|follow|forward|get|give|go|grab"
    r"|help|hold|ignore|invite|join|keep|leave|list|listen|look|make|move|open|order|pass|pick|ping"
    r"|print|rate|remind|remove|rename|repeat|reply|review|run|save|say|schedule|search|send|share"
    r"|show|sign|sit|speak|stand|start|stay|stop|summarize|take|talk|tell|test|text|translate|try"
    r"|turn|update|upload|use|wait|wake|watch|write)"
)
_AFTER_ORDER = (
    r"(?: (?:a|an|the|my|your|our|his|her|their|its|me|us|him|it|them|this|that|these|those|at|in"
    r"|on|up|off|out|back|for|over|down|away|to|with|by|if|until|here|there|now|again|all|some|any"
    r"|every|each|one|everyone|everybody|something|sure|quiet|careful|going|calm|about|and|or|when"
    r"|what|how|where|who|why)\b|!*$)"
)
_COMMAND = re.compile(
    rf"(?:(?:and|then|now|just|also|so|but) )?(?:"
    r"(?:please|pls|kindly)\b|let(?:'s| us| me| him| her| them)\b"
    rf"|{_ORDER}{_AFTER_ORDER}"
    rf"|(?:don't|do not|never) (?:you )?{_ORDER}\b"
    r"|(?:don't|do not) (?:touch|worry|forget|mind|bother|even|let|drink|eat|drive|panic|cry)\b"
    r"|(?:calm down|hurry up|shut up|relax|cheer up|watch out|hang on|hold on)\b)"
)
_ADDRESSED = re.compile(
    r"(?:Ask|Call|Email|Give|Invite|Ping|Remind|Send|Show|Tell|Text) [A-Z]\w+\b"
)
# "Call Center staff left", "Send Bob is late": then the second word was no object.
_FINITE = re.compile(r"\b(?:is|was|are|were|has|had|will|can)\b")
_OF_AUTHOR = re.compile(r"\b(?:i|i'm|i've|i'll|i'd|we|we're|we've)\b")
_PAST_TIME = re.compile(r"\b(?:yesterday|ago|last (?:night|week|month|year))\b")


def opens_with_order(sentence: str) -> bool:
    """Returns whether the sentence, or its first part, tells others to do something."""
    text = to_key(to_unquoted(sentence)).rstrip(" .!…")
    if _PAST_TIME.search(text):
        return False
    if _COMMAND.match(text):
        return True
    return bool(_ADDRESSED.match(sentence)) and not _FINITE.search(text)


def is_command(sentence: str) -> bool:
    """Returns whether the sentence only tells others what to do, and nothing of the author."""
    return opens_with_order(sentence) and not _OF_AUTHOR.search(to_key(to_unquoted(sentence)))
