"""Noninterference (semantics.md, rule 12): what an observer cannot see makes no difference to it."""

from tests.properties.interference import Example, check_interference, examples
from tests.properties.search import count_examples, in_parts, search
from tests.properties.stage import Stage


@in_parts
async def test_what_an_observer_cannot_see_makes_no_difference_to_what_it_reads(
    stage: Stage, part: int
) -> None:
    async def check(example: Example) -> None:
        await check_interference(stage, example)

    await search(examples(), check, part=part, count=count_examples(96))
