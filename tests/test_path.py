"""The whole path, as a user walks it."""

from tests.client import Workspace


async def test_what_is_said_becomes_what_is_known(workspace: Workspace) -> None:
    await workspace.join("s", "alice", "bob", observeOthers=True)
    await workspace.send(
        "s",
        {"peer": "bob", "content": "I ate eggs today.", "createdAt": "2026-03-02T09:00:00+00:00"},
    )
    await workspace.derive()
    assert await workspace.list_known("bob") == ["bob ate eggs on 2026-03-02"]
    assert await workspace.list_known("bob", "alice") == ["bob ate eggs on 2026-03-02"]
