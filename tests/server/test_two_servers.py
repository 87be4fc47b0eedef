"""Two servers on one database: who follows at one sees what is written at the other."""

from pathlib import Path

import pytest

from tests.client import Client, Workspace
from tests.live.lines import require_redis
from tests.server.programs import serve

NEVER_S = "86400"
MESSAGES = 20
FOLLOW = """
subscription($workspace: String!) {
  messages(workspace: $workspace, session: "s", after: 0) { sequence message { content } }
}
"""


def get_settings(kind: str) -> dict[str, str]:
    """Returns settings with which only what is tested can carry news."""
    if kind == "off":
        return {"HINTS": "false", "POLL_S": "0.1"}
    return {"POLL_S": NEVER_S, **({"BUS_URL": require_redis()} if kind == "Redis" else {})}


@pytest.mark.parametrize("kind", ["NOTIFY", "Redis", "off"])
async def test_a_follower_of_one_sees_what_is_written_at_the_other(
    dsn: str, tmp_path: Path, kind: str
) -> None:
    settings = {"DATABASE_URL": dsn, "DERIVE_BATCH_AGE_S": NEVER_S, **get_settings(kind)}
    async with (
        serve(tmp_path, **settings) as first,
        serve(tmp_path, **settings) as second,
        Client(first.url) as here,
        Client(second.url) as there,
    ):
        followed = await Workspace.create(here, "w")
        written = Workspace(there, "w")
        await followed.join("s", "al")
        async with here.subscribe(FOLLOW, workspace="w") as stream:
            for i in range(1, MESSAGES + 1):
                workspace = written if i % 4 else followed
                await workspace.say("s", "al", f"m{i}")
                (event,) = await stream.take(1)
                assert event == {"sequence": i, "message": {"content": f"m{i}"}}
