"""What README.md shows is true: its code runs and prints what it says, its commands exist."""

import re
import sys
from pathlib import Path

from server.serve import Serving
from tests.programs import ROOT, WEB, require_node, require_program, run_program

README = (ROOT / "README.md").read_text()
SERVER = "127.0.0.1:8000"
MOST_LINES = 150
MOST_PICTURE_BYTES = 300_000


async def test_the_code_runs_in_its_order_and_prints_what_it_says(
    server: Serving, tmp_path: Path
) -> None:
    for language, code in list_code():
        here = code.replace(SERVER, server.url.removeprefix("http://"))
        assert here != code, f"the {language} example does not name the server"
        assert await run_code(language, here, tmp_path) == list_promised(code), language


async def run_code(language: str, code: str, folder: Path) -> list[str]:
    if language == "python":
        printed = await run_program(sys.executable, "-", stdin=code)
    elif language == "sh":
        require_program("curl")
        printed = await run_program("bash", "-eu", stdin=code)
    else:
        node = require_node()
        (folder / "node_modules").symlink_to(WEB / "node_modules")
        example = folder / "example.mjs"
        example.write_text(code)
        printed = await run_program(node, example)
    return printed.splitlines()


async def test_the_demo_prints_what_is_shown(server: Serving) -> None:
    vantage = Path(sys.executable).with_name("vantage")
    printed = (await run_program(vantage, "demo", "--url", server.url)).splitlines()
    shown = list_blocks("text")[0].splitlines()
    start = printed.index(shown[0])
    assert printed[start : start + len(shown)] == shown


def test_the_examples_are_there() -> None:
    assert [language for language, _ in list_code()] == ["python", "sh", "js"]
    assert all(list_promised(code) for _, code in list_code())


def test_the_named_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    assert named >= {"run", "test", "demo"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_what_it_points_to_exists() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r"^\| `(\w+/)`", README, re.M):
        assert (ROOT / path).exists(), path


def test_it_names_every_folder_of_code() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders <= set(re.findall(r"`(\w+)/`", README))


def test_it_is_short_and_its_picture_is_light() -> None:
    assert len(README.splitlines()) <= MOST_LINES
    assert (ROOT / "docs" / "playground.png").stat().st_size < MOST_PICTURE_BYTES


def list_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def list_code() -> list[tuple[str, str]]:
    """Language and text of each block that can be run, as they come."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [(language, code) for language, code in blocks if language != "text"]


def list_promised(code: str) -> list[str]:
    """The lines that a block says it prints, after `# >` or `// >`."""
    return re.findall(r"^(?:#|//) > (.*)$", code, re.MULTILINE)
