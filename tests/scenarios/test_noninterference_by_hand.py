"""Rule 12 for filters, what is written by hand, and clones: what cy did not hear tells nothing."""

from typing import Any

import pytest

from tests.client import Client, Workspace

SECRETS = ["I moved to Rome.", "I have a cat.", "I dislike Cy.", "I live in Paris.", "Hm."]

READ = """
query($name: String!, $filter: ConclusionFilter, $said: MessageFilter) {
  workspace(name: $name) {
    peer(name: "al") {
      conclusions(observer: "cy", filter: $filter) {
        totalCount edges { node { content support isManual retiredAt supersededBy { content }
                                  messages { sequence session { name } } } } }
      representation(observer: "cy") { card conclusions { content } text }
    }
    session(name: "s") { messages(vantage: "cy", filter: $said) {
      totalCount pageInfo { hasNextPage } edges { node { sequence content } } } }
    clone: session(name: "t") { messages(vantage: "cy", filter: $said) {
      totalCount edges { node { sequence content } } } }
  }
}
"""
FILTERS: list[dict[str, Any]] = [
    {},
    {"retired": False},
    {"not": {"retired": False}},
    {"content": {"icontains": "paris"}},
    {"session": {"ne": "s"}},
    {"isManual": True},
    {"level": ["CONTRADICTION"]},
]
SAID: list[dict[str, Any]] = [
    {},
    {"content": {"icontains": "i "}},
    {"not": {"content": {"contains": "cat"}}},
    {"author": {"eq": "al"}},
]


async def play(workspace: Workspace, secret: str) -> None:
    """Lets al talk to bo and cy, say something while cy is out, and has a hand write of it."""
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.join("s", "al", "bo", "cy")
    await workspace.say("s", "al", "I live in Paris.", "I like Cy.")
    await workspace.leave("s", "cy")
    await workspace.say("s", "al", secret)
    await workspace.join("s", "cy")
    await workspace.say("s", "al", "I have a dog.")
    await workspace.derive()
    written = {"workspace": workspace.name, "observed": "al"}
    for observer, session, content in (
        ("bo", "s", f"al told bo: {secret}"),
        (None, "s", "al lives in Oslo"),
        ("cy", "s", "al is kind"),
        ("cy", None, "al is a baker"),
    ):
        await workspace.run_input(
            "createConclusions", "position", **written, contents=[content],
            observer=observer, session=session,
        )  # fmt: skip
    await workspace.run_input(
        "setPeerCard", "position", **written, lines=[f"al said {secret}"], observer="bo"
    )
    await workspace.run_input(
        "cloneSession", "created", workspace=workspace.name, session="s", name="t"
    )
    await workspace.derive()


def strip(value: Any) -> Any:
    """Leaves times aside, but not whether there is one."""
    if isinstance(value, dict):
        return {k: v is None if k == "retiredAt" else strip(v) for k, v in value.items()}
    return [strip(each) for each in value] if isinstance(value, list) else value


async def read(workspace: Workspace) -> list[Any]:
    """Reads what cy can see, through every filter."""
    pairs = [(each, {}) for each in FILTERS] + [({}, each) for each in SAID]
    return [
        strip(await workspace.client.run(READ, name=workspace.name, filter=one, said=other))
        for one, other in pairs
    ]


async def create(client: Client, name: str, secret: str) -> Workspace:
    workspace = await Workspace.create(client, name)
    await play(workspace, secret)
    return workspace


@pytest.fixture(scope="module")
async def expected(client: Client) -> list[Any]:
    """What cy reads where the secret is of no account."""
    return await read(await create(client, "noninterference", "Good morning!"))


@pytest.mark.parametrize("secret", SECRETS)
async def test_what_was_not_witnessed_changes_nothing_that_is_read(
    client: Client, expected: list[Any], secret: str
) -> None:
    place = SECRETS.index(secret)
    assert await read(await create(client, f"noninterference-{place}", secret)) == expected


async def test_what_is_read_is_worth_comparing(expected: list[Any]) -> None:
    everything = expected[0]["workspace"]
    nodes = [edge["node"] for edge in everything["peer"]["conclusions"]["edges"]]
    assert sorted(node["content"] for node in nodes) == [
        "al has a dog", "al is a baker", "al is kind", "al likes Cy", "al lives in Paris",
    ]  # fmt: skip
    assert everything["session"]["messages"]["totalCount"] == 3
    assert everything["clone"]["messages"]["totalCount"] == 3
