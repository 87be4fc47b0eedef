"""Programs of others that read our schema: Relay's compiler, graphql-codegen, graphql-inspector."""

import json
import shutil
from pathlib import Path

from schema.schema import PRINTED
from tests.programs import NPM, require_node, run_program
from tests.schema.test_contract import CONTRACT, is_not_yet

BINARIES = NPM / "node_modules"
WRITTEN_BY_RELAY = {
    # Of fragments with pages, and of fragments that are read again by their ids.
    "PeerListMoreQuery",
    "PeerListMessagesQuery",
    "PeerListConclusionQuery",
    "PeerList_workspace",
    "PeerListMessages_session",
    "PeerListConclusion_conclusion",
    "PeerListQuery",
    "PeerListByIdQuery",
    "PeerListSendMutation",
    "PeerListFollowSubscription",
}


async def test_relay_compiles_connections_refetching_and_pagination(tmp_path: Path) -> None:
    node = require_node(NPM)
    shutil.copy(NPM / "relay" / "PeerList.ts", tmp_path)
    shutil.copy(PRINTED, tmp_path)
    (tmp_path / "out").mkdir()
    config = {"src": ".", "schema": PRINTED.name, "artifactDirectory": "out"}
    (tmp_path / "relay.config.json").write_text(json.dumps({**config, "language": "typescript"}))
    compiler = BINARIES / "relay-compiler" / "cli.js"
    await run_program(node, compiler, "relay.config.json", cwd=tmp_path)
    written = {path.name.removesuffix(".graphql.ts") for path in (tmp_path / "out").iterdir()}
    assert written == WRITTEN_BY_RELAY


async def test_codegen_makes_typescript_that_allows_what_the_schema_does(tmp_path: Path) -> None:
    node = require_node(NPM)
    folder = NPM / "codegen"
    operations = folder / "operations.graphql"
    await run_program(node, folder / "generate.mjs", PRINTED, operations, tmp_path)
    shutil.copy(folder / "use.ts", tmp_path)
    compiler = BINARIES / "typescript" / "bin" / "tsc"
    options = ("--strict", "--noEmit", "--target", "es2022", "--moduleResolution", "bundler")
    files = [tmp_path / name for name in ("schema.ts", "types.ts", "use.ts")]
    await run_program(node, compiler, *options, "--module", "esnext", *files)


async def test_inspector_finds_nothing_that_breaks_clients_of_the_contract() -> None:
    node = require_node(NPM)
    printed = await run_program(node, NPM / "changes.mjs", CONTRACT, PRINTED)
    assert [each for each in json.loads(printed) if not is_not_yet(each["path"])] == []


async def test_inspector_does_find_what_breaks(tmp_path: Path) -> None:
    node = require_node(NPM)
    changed = tmp_path / "changed.graphql"
    changed.write_text(PRINTED.read_text().replace("clientMessageId: String", "clientId: String"))
    broken = json.loads(await run_program(node, NPM / "changes.mjs", PRINTED, changed))
    assert sorted(each["path"] for each in broken) == [
        "Message.clientMessageId",
        "MessageInput.clientMessageId",
    ]
