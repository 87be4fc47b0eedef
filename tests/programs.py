"""Programs outside of Python that some tests need: without them they skip, and fail in CI."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web_playground"
NPM = ROOT / "tests" / "npm"
OLDEST_NODE = (20, 19)


def require_program(name: str) -> str:
    """Returns the program's path."""
    return shutil.which(name) or do_without(f"{name} is not installed")


def require_node(packages: Path = WEB) -> str:
    """Returns the path of a Node that is new enough, with the packages of a folder in place."""
    node = require_program("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    if tuple(int(part) for part in version.lstrip("v").split(".")[:2]) < OLDEST_NODE:
        do_without(f"Node {version} is older than {'.'.join(map(str, OLDEST_NODE))}")
    if not (packages / "node_modules").is_dir():
        do_without(f"{packages.relative_to(ROOT)}/node_modules is missing; run make test")
    return node


def require_file(path: Path, remedy: str) -> None:
    if not path.exists():
        do_without(f"{path} is missing; {remedy}")


def do_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must not skip this: {reason}")
    pytest.skip(reason)


async def run_program(
    *command: str | Path,
    stdin: str = "",
    cwd: Path = ROOT,
    environment: dict[str, str] | None = None,
    timeout_s: float = 60,
) -> str:
    """Returns what the program printed; fails the test with all it said if it did not succeed.

    Without blocking: the server that it talks to runs on this event loop.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, err = await process.communicate(stdin.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        pytest.fail(
            f"{' '.join(map(str, command))} ended with {process.returncode}\n"
            f"{out.decode()}{err.decode()}",
            pytrace=False,
        )
    return out.decode()
