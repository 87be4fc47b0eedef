"""Noninterference of what is sent: what an observer did not witness changes no payload."""

import pytest
from hypothesis import strategies as st

from tests.properties.breaks import BREAKS
from tests.properties.following import check_what_is_sent
from tests.properties.history import (
    PEERS,
    ForgetPeer,
    ForgetSession,
    History,
    Join,
    Leave,
    Say,
    Settle,
    histories,
)
from tests.properties.interference import Interference
from tests.properties.search import count_examples, in_parts, search
from tests.properties.stage import Stage

# bo hears the middle of three.
VISIT = (
    Join("room", "al", observe_others=True),
    Say("room", "al", text="I am a teacher.", other="I am married."),
    Settle(),
    Join("room", "bo", observe_others=True),
    Say("room", "al", text="I live in Paris.", other="I live in Paris."),
    Settle(),
    Leave("room", "bo"),
    Say("room", "al", text="I moved to Berlin.", other="I like tea."),
)


@in_parts
async def test_what_an_observer_cannot_see_makes_no_difference_to_what_it_is_sent(
    stage: Stage, part: int
) -> None:
    async def check(example: tuple[History, str]) -> None:
        await check_what_is_sent(stage, *example)

    examples = st.tuples(histories().map(_keep), st.sampled_from(PEERS))
    await search(examples, check, part=part, count=count_examples(32))


@pytest.mark.parametrize(
    "name",
    [
        "leaving is ignored for messages",
        "leaving is ignored for conclusions",
        "coming late is ignored",
        "the card is not tested",
        "outdated is judged for everybody",
    ],
)
async def test_a_broken_rule_is_noticed_in_what_is_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert await check_what_is_sent(stage, VISIT, "bo")
    BREAKS[name](monkeypatch)
    with pytest.raises(Interference):
        await check_what_is_sent(stage, VISIT, "bo")


def _keep(history: History) -> History:
    """Leaves out what ends subscriptions."""
    return tuple(move for move in history if not isinstance(move, ForgetPeer | ForgetSession))
