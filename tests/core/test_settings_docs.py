"""docs/operating.md and core/settings.py name the same settings, with the same defaults."""

import re

from core.settings import Settings
from tests.programs import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text()


def test_the_page_has_every_setting_and_its_default_in_their_order() -> None:
    rows = re.findall(r"^\| `(VANTAGE_\w+)` \| (\S+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [(name, default) for name, default, _ in rows] == [
        (f"VANTAGE_{name.upper()}", "none" if field.default is None else f"`{field.default}`")
        for name, field in Settings.model_fields.items()
    ]


def test_the_page_names_no_setting_that_is_gone() -> None:
    named = set(re.findall(r"VANTAGE_([A-Z_]+)", PAGE))
    assert named == {name.upper() for name in Settings.model_fields}
