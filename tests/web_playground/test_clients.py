"""Clients that are not ours: the npm package graphql-ws, and curl."""

import asyncio
import json
from pathlib import Path
from typing import Any

from models.database import Pool
from server.serve import Serving
from tests.client import Workspace
from tests.programs import require_node, require_program, run_program

FOLLOW = Path(__file__).with_name("follow_messages.mjs")
MESSAGES = 60
CUT_EVERY = 15


async def test_graphql_ws_misses_nothing_over_sockets_that_are_cut(
    server: Serving, workspace: Workspace, pool: Pool
) -> None:
    node = require_node()
    await workspace.join("s", "alice", "bob")
    url = server.url.replace("http", "ws", 1) + "/graphql"
    following = asyncio.create_task(
        run_program(node, FOLLOW, url, workspace.name, "s", str(MESSAGES), str(CUT_EVERY))
    )
    for i in range(MESSAGES):
        await workspace.say("s", "alice" if i % 2 else "bob", f"This is number {i}.")
        await asyncio.sleep(0.02)
    result = json.loads(await following)
    written = await pool.fetch(
        """
        SELECT sequence, peer.name, content
        FROM message JOIN peer ON peer.id = message.peer_id
        JOIN workspace ON workspace.id = message.workspace_id
        WHERE workspace.name = $1 ORDER BY sequence
        """,
        workspace.name,
    )
    assert len(written) == MESSAGES
    assert result["received"] == [list(record) for record in written]
    assert result["sockets"] > 1


async def test_curl_plays_the_group_chat(server: Serving) -> None:
    curl = require_program("curl")

    async def post(operation: str) -> Any:
        printed = await run_program(
            curl,
            *("--silent", "--show-error", "--fail-with-body", "--max-time", "30"),
            *("--header", "content-type: application/json", "--data-binary", "@-"),
            f"{server.url}/graphql",
            stdin=json.dumps({"query": operation}),
        )
        answer = json.loads(printed)
        assert "errors" not in answer, answer
        return answer["data"]

    await post('mutation { createWorkspace(input: {name: "by-curl"}) { created } }')
    opened = await post(
        """mutation { createSession(input: {workspace: "by-curl", name: "breakfast", peers: [
          {name: "alice", observeOthers: true}, {name: "bob"}, {name: "charlie"}]}) {
          created session { members { peer { name } } } } }"""
    )
    members = opened["createSession"]["session"]["members"]
    assert [member["peer"]["name"] for member in members] == ["alice", "bob", "charlie"]

    sent = await post(
        """mutation { sendMessages(input: {workspace: "by-curl", session: "breakfast", messages: [
          {peer: "alice", content: "Hello everyone!"},
          {peer: "bob", content: "I ate eggs.", createdAt: "2026-03-02T09:00:00Z"},
          {peer: "charlie", content: "I had cereal."}]}) { position messages { sequence } } }"""
    )
    assert [row["sequence"] for row in sent["sendMessages"]["messages"]] == [1, 2, 3]
    position = sent["sendMessages"]["position"]

    known = await post(
        f"""{{ workspace(name: "by-curl") {{
          bob: peer(name: "bob") {{ ...Known }} charlie: peer(name: "charlie") {{ ...Known }}
        }} }}
        fragment Known on Peer {{
          representation(observer: "alice", minPosition: "{position}", maxWaitMs: 10000) {{
            conclusions {{ content messages {{ sequence }} }} }} }}"""
    )
    assert {
        name: peer["representation"]["conclusions"] for name, peer in known["workspace"].items()
    } == {
        "bob": [{"content": "bob ate eggs", "messages": [{"sequence": 2}]}],
        "charlie": [{"content": "charlie had cereal", "messages": [{"sequence": 3}]}],
    }

    asked = await post(
        """{ workspace(name: "by-curl") { peer(name: "alice") {
          chat(query: "What did Bob have for breakfast?") { text messages { content } } } } }"""
    )
    answer = asked["workspace"]["peer"]["chat"]
    assert answer == {"text": "bob ate eggs.", "messages": [{"content": "I ate eggs."}]}
