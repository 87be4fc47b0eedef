"""Noninterference (semantics.md, rule 12): what one cannot see makes no difference to one."""

from tests.properties.history import SENTENCES, Join, Say
from tests.properties.interference import Example, check_interference, examples
from tests.properties.reading import Eye
from tests.properties.search import count_examples, in_parts, search
from tests.properties.stage import Stage


@in_parts
async def test_what_an_observer_cannot_see_makes_no_difference_to_what_it_reads(
    stage: Stage, part: int
) -> None:
    async def check(example: Example) -> None:
        await check_interference(stage, example)

    await search(examples(), check, part=part, count=count_examples(64))


async def test_how_much_was_said_before_somebody_came_does_not_move_later_windows(
    stage: Stage,
) -> None:
    """A window holds what was said since the one before it was full, which bo did not hear."""
    short, long = "I like tea.", SENTENCES[-1]
    history = (
        Say("room", "al", text=long, other=short),
        Say("room", "al", text=short, other=short),
        Join("room", "bo"),
        Say("room", "al", text=long, other=long),
        Say("room", "bo", text=short, other=short),
    )
    assert await check_interference(stage, Example(history, (Eye("bo"),))) == 1
