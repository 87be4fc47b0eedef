"""Filters, on every connection: what they mean, for everybody, and what is refused."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import Client, Workspace
from tests.filters import draw_filter, draw_json, draw_order, draw_text, fits

METADATA: list[dict[str, Any]] = [
    {},
    {"a": None},
    {"a": 1},
    {"a": 1.0, "b": "B"},
    {"a": 2.5},
    {"a": -3, "b": True},
    {"a": "a"},
    {"a": "b", "é": "é"},
    {"a": "10"},
    {"a": True},
    {"a": []},
    {"a": ["a", 1, None]},
    {"a": ["b", ["a", "b"], {"a": 1}]},
    {"a": {}},
    {"a": {"a": 1, "b": [1, 2.5]}, "b": {"0": "a"}},
    {"a": {"b": {"a": "é"}}, "0": 0},
    {"0": False, "1": [True, False]},
]
NAMES = [f"{'Anna éva'[i % 8 :]}-{i}" for i in range(len(METADATA))]

PEERS = """
query($name: String!, $filter: PeerFilter) { workspace(name: $name) {
  page: peers(first: 200, filter: $filter) {
    totalCount edges { node { name metadata createdAt observeOthers } } } } }
"""
SESSIONS = """
query($name: String!, $filter: SessionFilter) { workspace(name: $name) {
  page: sessions(first: 200, filter: $filter) {
    totalCount edges { node { name metadata createdAt isActive members { peer { name } } } } } } }
"""
MESSAGES = """
query($name: String!, $filter: MessageFilter, $vantage: String) { workspace(name: $name) {
  session(name: "s0") { page: messages(first: 200, filter: $filter, vantage: $vantage) {
    totalCount edges { node { author { name } content metadata sequence createdAt } } } } } }
"""
SAID = """
query($name: String!, $filter: MessageFilter, $peer: String!) { workspace(name: $name) {
  peer(name: $peer) { page: messages(first: 200, filter: $filter) {
    totalCount edges { node { author { name } content metadata sequence createdAt } } } } } }
"""
CONCLUSIONS = """
query($name: String!, $filter: ConclusionFilter, $observer: String) { workspace(name: $name) {
  peer(name: "al") { page: conclusions(first: 200, filter: $filter, observer: $observer) {
    totalCount edges { node { content level recordedAt retiredAt
                              messages { session { name } } } } } } } }
"""
WORKSPACES = """
query($filter: WorkspaceFilter) { page: workspaces(first: 200, filter: $filter) {
  totalCount edges { node { name metadata createdAt } } } }
"""

draws = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
async def full(client: Client) -> Workspace:
    """A workspace with something to find, for reading only."""
    workspace = await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}")
    for name, metadata in zip(NAMES, METADATA, strict=True):
        flags = {"metadata": metadata, "observeOthers": len(metadata) > 1}
        await workspace.create_peers(name, **flags)
    for i, metadata in enumerate(METADATA[:8]):
        await workspace.join(f"s{i}", *NAMES[: i + 1])
        await workspace.run_input(
            "updateSession", "created", workspace=workspace.name, session=f"s{i}",
            metadata=metadata, isActive=i % 2 == 0,
        )  # fmt: skip
    await workspace.leave("s2", NAMES[0])
    for i, metadata in enumerate(METADATA):
        message = {"peer": NAMES[i % 3], "content": f"Message {NAMES[-i]}", "metadata": metadata}
        await workspace.send("s0", message)
    return workspace


@pytest.fixture(scope="module")
async def concluded(client: Client) -> Workspace:
    """A workspace with conclusions about al, some outdated and some not for everybody."""
    workspace = await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}")
    await workspace.join("open", "al", "bo", "cy", observeOthers=True)
    await workspace.join("closed", "al", "bo", observeOthers=True)
    await workspace.say("open", "al", "I live in Paris.", "I love tea.", "I am a vegan.")
    await workspace.derive()
    await workspace.say("closed", "al", "I moved to Berlin.", "I hate tea.", "I am a vegan.")
    await workspace.derive()
    await workspace.dream("al", "bo")
    return workspace


async def read(workspace: Workspace, query: str, **variables: Any) -> list[Any]:
    """Reads a page whole; its totalCount must agree."""
    named = {} if query is WORKSPACES else {"name": workspace.name}
    at = await workspace.client.run(query, **named, **variables)
    while "page" not in at:
        at = next(iter(at.values()))
    nodes = [edge["node"] for edge in at["page"]["edges"]]
    assert at["page"]["totalCount"] == len(nodes)
    return nodes


def to_row(node: dict[str, Any]) -> dict[str, Any]:
    """Spells a node as filters ask for it."""
    row = dict(node)
    for name in row.keys() & {"createdAt", "recordedAt"}:
        row[name] = datetime.fromisoformat(row[name])
    if "members" in row:
        row["member"] = [stay["peer"]["name"] for stay in row["members"]]
    if "author" in row:
        row["author"] = row["author"]["name"]
    if "retiredAt" in row:
        row["retired"] = row["retiredAt"] is not None
        row["session"] = [message["session"]["name"] for message in row["messages"]]
    return row


async def agrees(workspace: Workspace, query: str, given: dict[str, Any], **variables: Any) -> None:
    """Fails unless the filter finds what plain Python finds in the whole list."""
    everything = await read(workspace, query, **variables)
    expected = [node for node in everything if fits(given, to_row(node))]
    assert await read(workspace, query, filter=given, **variables) == expected


async def list_times(workspace: Workspace, query: str, field: str) -> list[str]:
    return [node[field] for node in await read(workspace, query)]


@draws
@given(data=st.data())
async def test_peers_are_found_as_plain_python_finds_them(
    full: Workspace, data: st.DataObject
) -> None:
    times = await list_times(full, PEERS, "createdAt")
    drawn = draw_filter(
        name=draw_text(NAMES),
        metadata=draw_json(),
        createdAt=draw_order(times, with_sets=False),
        observeOthers=st.booleans(),
    )
    await agrees(full, PEERS, data.draw(drawn))


@draws
@given(data=st.data())
async def test_sessions_are_found_as_plain_python_finds_them(
    full: Workspace, data: st.DataObject
) -> None:
    drawn = draw_filter(
        name=draw_text([f"s{i}" for i in range(8)]),
        metadata=draw_json(),
        isActive=st.booleans(),
        member=st.sampled_from([*NAMES, "nobody"]),
    )
    await agrees(full, SESSIONS, data.draw(drawn))


@draws
@given(data=st.data())
async def test_messages_are_found_as_plain_python_finds_them(
    full: Workspace, data: st.DataObject
) -> None:
    times = await list_times(full, MESSAGES, "createdAt")
    drawn = draw_filter(
        author=draw_text(NAMES[:4]),
        content=draw_text([f"Message {name}" for name in NAMES]),
        metadata=draw_json(),
        sequence=draw_order(list(range(20)), with_sets=True),
        createdAt=draw_order(times, with_sets=False),
    )
    given_filter = data.draw(drawn)
    await agrees(full, MESSAGES, given_filter)
    await agrees(full, MESSAGES, given_filter, vantage=NAMES[1])
    await agrees(full, SAID, given_filter, peer=NAMES[0])


@draws
@given(data=st.data())
async def test_conclusions_are_found_as_plain_python_finds_them(
    concluded: Workspace, data: st.DataObject
) -> None:
    observer = data.draw(st.sampled_from([None, "al", "bo", "cy"]))
    nodes = await read(concluded, CONCLUSIONS)
    levels = ["EXPLICIT", "DEDUCTIVE", "INDUCTIVE", "CONTRADICTION"]
    drawn = draw_filter(
        content=draw_text([node["content"] for node in nodes]),
        level=st.lists(st.sampled_from(levels), max_size=2),
        session=draw_text(["open", "closed"]),
        recordedAt=draw_order([node["recordedAt"] for node in nodes], with_sets=False),
        retired=st.booleans(),
    )
    await agrees(concluded, CONCLUSIONS, data.draw(drawn), observer=observer)


async def test_retired_is_judged_by_what_the_vantage_sees(concluded: Workspace) -> None:
    async def list_retired(observer: str | None) -> list[str]:
        nodes = await read(concluded, CONCLUSIONS, filter={"retired": True}, observer=observer)
        return [node["content"] for node in nodes]

    assert await list_retired(None) == await list_retired("bo") == ["al lives in Paris"]
    assert await list_retired("cy") == []


async def test_workspaces_are_found_by_name_and_metadata(full: Workspace) -> None:
    mine = {"name": {"eq": full.name}}
    [node] = await read(full, WORKSPACES, filter=mine)
    assert node["name"] == full.name
    assert await read(full, WORKSPACES, filter={"and": [mine, {"not": mine}]}) == []
    there = {"metadata": {"path": ["x"], "exists": True}}
    assert await read(full, WORKSPACES, filter={"and": [mine, there]}) == []
    since = {"createdAt": {"gte": node["createdAt"], "lte": node["createdAt"]}}
    assert await read(full, WORKSPACES, filter={"and": [mine, since]}) == [node]


@pytest.mark.parametrize(
    "given_filter",
    [
        {"and": []},
        {"or": []},
        {"name": {"in": []}},
        {"metadata": {"path": ["a"], "in": []}},
        {"and": [{"name": {"contains": "a"}}, {"or": []}]},
    ],
)
async def test_an_empty_list_matches_nothing(full: Workspace, given_filter: Any) -> None:
    assert await read(full, PEERS, filter=given_filter) == []
    assert len(await read(full, PEERS, filter={"not": given_filter})) == len(NAMES)


async def test_nothing_asked_is_nothing_left_out(full: Workspace) -> None:
    for given_filter in (None, {}, {"name": {}}, {"not": {"or": [{"name": {"eq": "-"}}]}}):
        assert len(await read(full, PEERS, filter=given_filter)) == len(NAMES)


async def test_values_may_stand_in_the_operation_itself(full: Workspace) -> None:
    for literal, metadata in (
        ('{path: ["a"], eq: null}', {"a": None}),
        ('{path: ["a"], contains: {b: [2.5]}}', METADATA[14]),
        ('{path: ["1", "1"], eq: false}', METADATA[16]),
        ('{path: ["a"], in: ["a"]}', {"a": "a"}),
        ('{path: ["a"], lt: -1}', {"a": -3, "b": True}),
    ):
        operation = f"""
        query($name: String!) {{ workspace(name: $name) {{
          page: peers(filter: {{metadata: {literal}}}) {{
            totalCount edges {{ node {{ metadata }} }} }} }} }}
        """
        assert await read(full, operation) == [{"metadata": metadata}]


async def test_a_filtered_list_is_paged_as_any_other(full: Workspace) -> None:
    operation = """
    query($name: String!, $after: String) { workspace(name: $name) {
      peers(first: 2, after: $after, orderBy: NEWEST_FIRST,
            filter: {metadata: {path: ["a"], exists: true}}) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { name } } } } }
    """
    names: list[str] = []
    after = None
    while True:
        data = await full.client.run(operation, name=full.name, after=after)
        page = data["workspace"]["peers"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    expected = [name for name, metadata in zip(NAMES, METADATA, strict=True) if "a" in metadata]
    assert names == expected[::-1]
    assert page["totalCount"] == len(expected)


async def test_what_a_vantage_did_not_witness_is_neither_found_nor_counted(
    workspace: Workspace,
) -> None:
    await workspace.say("s0", "al", "The code is 1234.")
    await workspace.join("s0", "bo")
    await workspace.say("s0", "al", "I forgot the code.")
    given_filter = {"content": {"contains": "code"}}
    assert len(await read(workspace, MESSAGES, filter=given_filter)) == 2
    [seen] = await read(workspace, MESSAGES, filter=given_filter, vantage="bo")
    assert seen["sequence"] == 2


def nest(levels: int) -> dict[str, Any]:
    given_filter: dict[str, Any] = {"name": {"eq": "x"}}
    for _ in range(levels):
        given_filter = {"and": [given_filter]}
    return given_filter


@pytest.mark.parametrize(
    ("given_filter", "message"),
    [
        ({"name": None}, "filter.name is null; give a value, or leave it out"),
        ({"not": None}, "filter.not is null; give a value, or leave it out"),
        (
            {"or": [{}, {"name": {"startsWith": None}}]},
            "filter.or[1].name.startsWith is null; give a value, or leave it out",
        ),
        (
            {"metadata": {"path": ["a"], "gt": True}},
            "filter.metadata.gt is neither a number nor text; nothing else has an order",
        ),
        (
            {"metadata": {"path": ["a"] * 11, "eq": 1}},
            "filter.metadata.path has 11 entries, at most 10",
        ),
        (
            {"metadata": {"path": ["\x00"], "eq": 1}},
            "filter.metadata.path[0] has the character U+0000 at 0, which cannot be stored",
        ),
        (
            {"metadata": {"path": [], "in": [1, "\x00"]}},
            "filter.metadata.in[1] has the character U+0000, which cannot be stored",
        ),
        (
            {"metadata": {"path": [], "eq": [[[[[[1]]]]]]}},
            "filter.metadata.eq is nested deeper than 5 levels",
        ),
        (
            {"name": {"in": ["a", "\ud800"]}},
            "filter.name.in[1] has the character U+D800 at 0, which cannot be stored",
        ),
        ({"name": {"in": ["a"] * 201}}, "filter.name.in has 201 entries, at most 200"),
        (
            {"name": {"contains": "a" * 10_001}},
            "filter.name.contains is 10001 characters long, at most 10000",
        ),
        ({"and": [{"name": {"eq": "a"}}] * 51}, "filter has 51 conditions, at most 50"),
        (nest(5), "filter is nested deeper than 5 levels"),
        (nest(30), "filter is nested deeper than 5 levels"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    full: Workspace, given_filter: Any, message: str
) -> None:
    refusal = await full.client.get_refusal(PEERS, name=full.name, filter=given_filter)
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


async def test_a_filter_that_is_as_large_as_allowed_is_answered(full: Workspace) -> None:
    many = {"or": [{"name": {"eq": NAMES[0]}}] * 50}
    assert len(await read(full, PEERS, filter=many)) == 1
    assert await read(full, PEERS, filter=nest(4)) == []


async def test_text_that_looks_like_sql_or_a_pattern_is_only_text(full: Workspace) -> None:
    for text in ("' OR true --", "%", "_", "\\", "$1", "{0}", "{}"):
        for operator in ("eq", "contains", "icontains", "startsWith"):
            assert await read(full, PEERS, filter={"name": {operator: text}}) == []
        odd = {"metadata": {"path": [text], "exists": True}}
        assert await read(full, PEERS, filter=odd) == []


async def test_nesting_without_end_is_refused_however_it_is_written(full: Workspace) -> None:
    for levels in (50, 100, 200, 400):
        refusal = await full.client.get_refusal(PEERS, name=full.name, filter=nest(levels))
        assert refusal.code == "BAD_USER_INPUT"
    literal = "{and: [" * 300 + "{}" + "]}" * 300
    operation = f'{{ workspace(name: "w") {{ peers(filter: {literal}) {{ totalCount }} }} }}'
    refusal = await full.client.get_refusal(operation)
    assert refusal.code == "BAD_USER_INPUT"
