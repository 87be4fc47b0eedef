"""The property finds the rule broken: each way to break it is noticed within a few histories."""

import pytest

from tests.properties.breaks import BREAKS
from tests.properties.history import Dream, Join, Say
from tests.properties.interference import Example, Interference, check_interference, examples
from tests.properties.reading import Eye
from tests.properties.search import collect
from tests.properties.stage import Stage

EXAMPLES = 25
"""So many are looked at until one shows it."""
# A seed of the search, and which of its examples shows it, found by looking. That one goes first,
# to save time; were others drawn some day, the rest would still be looked at.
SEEDS = {
    "observe_others is ignored": (11, 9),
    "leaving is ignored for conclusions": (11, 9),
    "coming late is ignored": (11, 4),
    "leaving is ignored for messages": (11, 4),
    "only what is cited counts, not the window": (11, 4),
    "contradictions are everybody's": (11, 2),
    "the scope is ignored": (11, 2),
    "only the first window counts": (2, 4),
    "the card is not tested": (11, 2),
    "support is counted for everybody": (11, 4),
    "what is listed is counted for everybody": (11, 2),
    "outdated is judged for everybody": (11, 2),
    "words are rare for everybody": (11, 4),
}
# What one mind makes of what all may see shows what it alone has seen.
DREAM = Example(
    (
        *(Join("room", name, observe_others=True) for name in ("al", "bo", "cy")),
        *(Join("hall", name, observe_others=True) for name in ("al", "cy")),
        Say("room", "al", text="I am a vegetarian.", other="I like tea."),
        Say("hall", "al", text="I like tea.", other="I hate tea."),
        Dream("cy", "al"),
    ),
    (Eye("bo"),),
)
# Who comes between two messages saw the end of what is summarised of both.
LATE = Example(
    (
        Say("room", "al", text="I have dogs and a cat.", other="I like tea with milk."),
        Join("room", "bo", observe_others=True),
        Say("room", "al", text="I live in Paris.", other="I live in Rome."),
    ),
    (Eye("bo"),),
)
BY_HAND = {"minds are shared": DREAM, "a summary is seen by who saw its end": LATE}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_rule_is_noticed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    BREAKS[name](monkeypatch)
    for example in _list_examples(name):
        try:
            await check_interference(stage, example)
        except Interference:
            return
    pytest.fail(f"not noticed within {EXAMPLES} histories")


@pytest.mark.parametrize("name", BY_HAND)
async def test_the_rule_as_it_is_passes_the_same(stage: Stage, name: str) -> None:
    assert await check_interference(stage, BY_HAND[name]) == 1


def _list_examples(name: str) -> list[Example]:
    if name in BY_HAND:
        return [BY_HAND[name]]
    seed, place = SEEDS[name]
    found = collect(examples(), seed, EXAMPLES)
    return [*found[place:], *found[:place]]
