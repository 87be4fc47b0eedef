"""Relay pages: every row once, from either end, with the cursors of that list alone."""

import itertools
import uuid
from typing import Any

import pytest

from tests.client import Client, Refused, Workspace

COUNT = 5
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"
DECLARED = "$name: String!, $first: Int, $after: String, $last: Int, $before: String"
PAGE = """{
  totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor node { %s } }
}"""
QUERIES = {
    "peers": f"page: peers({ARGUMENTS}) {PAGE % 'name'}",
    "newest peers": f"page: peers({ARGUMENTS}, orderBy: NEWEST_FIRST) {PAGE % 'name'}",
    "sessions": f"page: sessions({ARGUMENTS}) {PAGE % 'name'}",
    "newest sessions": f"page: sessions({ARGUMENTS}, orderBy: NEWEST_FIRST) {PAGE % 'name'}",
    "sessions of a peer": f'peer(name: "p0") {{ page: sessions({ARGUMENTS}) {PAGE % "name"} }}',
    "messages of a peer": (
        f'peer(name: "p0") {{ page: messages({ARGUMENTS}) {PAGE % "name: content"} }}'
    ),
    "messages": f'session(name: "s0") {{ page: messages({ARGUMENTS}) {PAGE % "name: content"} }}',
}
QUERIES = {
    kind: f"query({DECLARED}) {{ workspace(name: $name) {{ {query} }} }}"
    for kind, query in QUERIES.items()
}
every_list = pytest.mark.parametrize("kind", QUERIES)


async def fill(workspace: Workspace) -> Workspace:
    """Creates five peers, five sessions, and five messages in the first."""
    names = [f"p{i}" for i in range(COUNT)]
    await workspace.create_peers(*names)
    for i in range(COUNT):
        await workspace.join(f"s{i}", "p0")
    await workspace.say("s0", "p0", *(f"m{i}" for i in range(COUNT)))
    return workspace


@pytest.fixture(scope="module")
async def full(client: Client) -> Workspace:
    """A filled workspace, for reading only."""
    return await fill(await Workspace.create(client, f"w-{uuid.uuid4().hex[:12]}"))


async def read(workspace: Workspace, kind: str, **arguments: Any) -> Any:
    data = await workspace.client.run(QUERIES[kind], name=workspace.name, **arguments)
    at = data["workspace"]
    return at["page"] if "page" in at else next(iter(at.values()))["page"]


async def refuse(workspace: Workspace, kind: str, **arguments: Any) -> Refused:
    return await workspace.client.get_refusal(QUERIES[kind], name=workspace.name, **arguments)


def list_names(page: Any) -> list[str]:
    return [edge["node"]["name"] for edge in page["edges"]]


@every_list
async def test_a_list_is_in_order_and_whole_if_nothing_is_said(full: Workspace, kind: str) -> None:
    page = await read(full, kind)
    letter = kind.removeprefix("newest ")[0]
    names = [f"{letter}{i}" for i in range(COUNT)]
    assert list_names(page) == (names[::-1] if kind.startswith("newest") else names)
    assert page["totalCount"] == COUNT
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][-1]["cursor"],
    }


@every_list
@pytest.mark.parametrize("size", [2, 5])
async def test_paging_gives_every_row_once_from_either_end(
    full: Workspace, kind: str, size: int
) -> None:
    everything = list_names(await read(full, kind))
    page = await read(full, kind, first=size)
    forward = list_names(page)
    while page["pageInfo"]["hasNextPage"]:
        assert len(page["edges"]) == size
        page = await read(full, kind, first=size, after=page["pageInfo"]["endCursor"])
        assert page["pageInfo"]["hasPreviousPage"] is True
        forward += list_names(page)
    assert forward == everything

    page = await read(full, kind, last=size)
    backward = list_names(page)
    while page["pageInfo"]["hasPreviousPage"]:
        assert len(page["edges"]) == size
        page = await read(full, kind, last=size, before=page["pageInfo"]["startCursor"])
        assert page["pageInfo"]["hasNextPage"] is True
        backward = list_names(page) + backward
    assert backward == everything


@every_list
async def test_a_page_may_lie_between_two_cursors(full: Workspace, kind: str) -> None:
    everything = await read(full, kind)
    cursors = [edge["cursor"] for edge in everything["edges"]]
    names = list_names(everything)
    for start, end in ((0, 4), (1, 3), (2, 3), (2, 2), (3, 1)):
        page = await read(full, kind, after=cursors[start], before=cursors[end])
        assert list_names(page) == names[start + 1 : end]
        assert page["totalCount"] == COUNT
    between = {"after": cursors[0], "before": cursors[-1]}
    assert list_names(await read(full, kind, first=2, **between)) == names[1:3]
    assert list_names(await read(full, kind, last=2, **between)) == names[2:4]


@every_list
async def test_a_page_of_nothing_tells_whether_there_is_more(full: Workspace, kind: str) -> None:
    none = {"startCursor": None, "endCursor": None}
    first, last = await read(full, kind, first=0), await read(full, kind, last=0)
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, **none}
    assert last["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, **none}
    assert first["edges"] == last["edges"] == []


@every_list
async def test_a_page_has_at_most_200_rows_from_one_end(full: Workspace, kind: str) -> None:
    for arguments, message in (
        ({"first": 201}, "first is 201, it must be from 0 to 200"),
        ({"first": -1}, "first is -1, it must be from 0 to 200"),
        ({"last": 201}, "last is 201, it must be from 0 to 200"),
        ({"last": -1}, "last is -1, it must be from 0 to 200"),
        ({"first": 1, "last": 1}, "first and last are both given; ask for one of them"),
    ):
        refusal = await refuse(full, kind, **arguments)
        assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)
    assert len((await read(full, kind, first=200))["edges"]) == COUNT
    assert len((await read(full, kind, last=200))["edges"]) == COUNT


@every_list
async def test_a_cursor_that_is_none_is_refused(full: Workspace, kind: str) -> None:
    for garbage in ("", "x", "MQ", "é", "=", "cGVlcjo", "bWVzc2FnZTox", "a" * 41):
        for label in ("after", "before"):
            refusal = await refuse(full, kind, **{label: garbage})
            assert (refusal.code, refusal.message) == (
                "BAD_USER_INPUT",
                f'{label} "{garbage[:40]}" is not a cursor of this list',
            )


async def test_a_cursor_of_another_list_is_refused(full: Workspace) -> None:
    data = await full.client.run(
        """
        query($name: String!) { workspace(name: $name) {
          peers(first: 1) { pageInfo { endCursor } }
          sessions(first: 1) { pageInfo { endCursor } }
          session(name: "s0") { messages(first: 1) { pageInfo { endCursor } } }
        } }
        """,
        name=full.name,
    )
    at = data["workspace"]
    cursors = {
        "peers": at["peers"]["pageInfo"]["endCursor"],
        "sessions": at["sessions"]["pageInfo"]["endCursor"],
        "messages": at["session"]["messages"]["pageInfo"]["endCursor"],
    }
    for kind, other in itertools.permutations(cursors, 2):
        refusal = await refuse(full, kind, after=cursors[other])
        assert refusal.message == f'after "{cursors[other][:40]}" is not a cursor of this list'


async def test_a_cursor_of_another_sessions_messages_is_refused(
    workspace: Workspace, full: Workspace
) -> None:
    await workspace.say("s0", "p0", "m0", "m1")
    cursor = (await read(workspace, "messages"))["pageInfo"]["startCursor"]
    refusal = await refuse(full, "messages", after=cursor)
    assert refusal.message == f'after "{cursor[:40]}" is not a cursor of this list'


async def test_50_rows_are_a_page_if_nothing_is_said(workspace: Workspace) -> None:
    await workspace.send("s0", *({"peer": "p0", "content": f"m{i}"} for i in range(51)))
    page = await read(workspace, "messages")
    assert list_names(page) == [f"m{i}" for i in range(50)]
    assert (page["pageInfo"]["hasNextPage"], page["totalCount"]) == (True, 51)


async def test_a_vantage_pages_and_counts_what_it_witnessed(workspace: Workspace) -> None:
    await workspace.say("s", "al", "m0", "m1")
    await workspace.join("s", "bo")
    await workspace.say("s", "al", "m2", "m3", "m4")
    data = await workspace.client.run(
        """
        query($name: String!) { workspace(name: $name) { session(name: "s") {
          messages(first: 2, vantage: "bo") {
            totalCount pageInfo { hasNextPage hasPreviousPage } edges { node { content } }
        } } } }
        """,
        name=workspace.name,
    )
    assert data["workspace"]["session"]["messages"] == {
        "totalCount": 3,
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False},
        "edges": [{"node": {"content": "m2"}}, {"node": {"content": "m3"}}],
    }


@pytest.mark.parametrize("kind", ["peers", "sessions", "sessions of a peer", "messages"])
async def test_rows_that_come_while_paging_are_not_missed(workspace: Workspace, kind: str) -> None:
    page = await read(await fill(workspace), kind, first=3)
    await workspace.create_peers("p5")
    await workspace.join("s5", "p0")
    await workspace.say("s0", "p0", "m5")
    rest = await read(workspace, kind, first=200, after=page["pageInfo"]["endCursor"])
    letter = list_names(page)[0][0]
    assert list_names(page) + list_names(rest) == [f"{letter}{i}" for i in range(6)]
