"""The property finds the rule broken: each way to break it is noticed within a few histories."""

import pytest

from tests.properties.breaks import BREAKS
from tests.properties.interference import Example, check_interference, examples
from tests.properties.search import collect
from tests.properties.stage import Stage

# Found by looking; any other history that shows it would do.
SEEDS: dict[str, int] = {}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_rule_is_noticed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    import os
    seed = int(os.environ["SEED"])
    BREAKS[name](monkeypatch)
    for place, example in enumerate(collect(examples(), seed, 25)):
        try:
            await check_interference(stage, example)
        except AssertionError as error:
            print("FOUND", repr(name), seed, place, str(error)[:150])
            return
    print("MISSED", name)
