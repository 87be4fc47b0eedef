"""Who holds a model of whom: every combination of the flags, on peers and on memberships."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from tests.client import Workspace

TEA = "al loves tea"
CAKE = "bo hates cake"


@dataclass(frozen=True)
class Flags:
    """Of one peer."""

    me: bool
    others: bool

    def to_input(self) -> dict[str, bool]:
        return {"observeMe": self.me, "observeOthers": self.others}

    def negate(self) -> "Flags":
        return Flags(not self.me, not self.others)


ALL = [Flags(me, others) for me, others in product((True, False), repeat=2)]
PAIRS = [pytest.param(al, bo, id=f"{al.me:d}{al.others:d}-{bo.me:d}{bo.others:d}")
         for al, bo in product(ALL, ALL)]  # fmt: skip


async def talk(workspace: Workspace, session: str = "s") -> None:
    await workspace.say(session, "al", "I love tea.")
    await workspace.say(session, "bo", "I hate cake.")
    await workspace.derive()


async def list_views(workspace: Workspace) -> dict[tuple[str, str | None], tuple[bool, list[str]]]:
    """Returns `observes` and what is known, by observed and observer; None is the global view."""
    found = {}
    for observed, observer in product(("al", "bo"), ("al", "bo", None)):
        view = await workspace.read(observed, observer)
        contents = sorted(each["content"] for each in view["conclusions"])
        found[observed, observer] = (view["observes"], contents)
    return found


def expect_views(al: Flags, bo: Flags) -> dict[tuple[str, str | None], tuple[bool, list[str]]]:
    of_al = [TEA] if al.me else []
    of_bo = [CAKE] if bo.me else []
    return {
        ("al", None): (True, of_al),
        ("al", "al"): (True, of_al),
        ("al", "bo"): (bo.others, of_al if bo.others else []),
        ("bo", None): (True, of_bo),
        ("bo", "bo"): (True, of_bo),
        ("bo", "al"): (al.others, of_bo if al.others else []),
    }


async def list_relations(workspace: Workspace) -> dict[str, tuple[list[str], list[str]]]:
    """Returns by peer who holds a model of it, and of whom it holds one."""
    data = await workspace.client.run(
        """
        query($name: String!) { workspace(name: $name) { peers { edges { node {
          name observers { name } observes { name } } } } } }
        """,
        name=workspace.name,
    )
    nodes = [edge["node"] for edge in data["workspace"]["peers"]["edges"]]
    return {
        node["name"]: (
            [peer["name"] for peer in node["observers"]],
            [peer["name"] for peer in node["observes"]],
        )
        for node in nodes
    }


@pytest.mark.parametrize(("al", "bo"), PAIRS)
async def test_two_peers_know_of_each_other_what_their_flags_let_them(
    workspace: Workspace, al: Flags, bo: Flags
) -> None:
    await workspace.create_peers("al", **al.to_input())
    await workspace.create_peers("bo", **bo.to_input())
    await workspace.join("s", "al", "bo")
    await talk(workspace)
    assert await list_views(workspace) == expect_views(al, bo)
    al_knows_bo, bo_knows_al = al.others and bo.me, bo.others and al.me
    assert await list_relations(workspace) == {
        "al": (["bo"] if bo_knows_al else [], ["bo"] if al_knows_bo else []),
        "bo": (["al"] if al_knows_bo else [], ["al"] if bo_knows_al else []),
    }


@pytest.mark.parametrize(("al", "bo"), PAIRS)
async def test_the_flags_of_a_membership_override_those_of_the_peer(
    workspace: Workspace, al: Flags, bo: Flags
) -> None:
    await workspace.create_peers("al", **al.negate().to_input())
    await workspace.create_peers("bo", **bo.negate().to_input())
    await workspace.join("s", "al", **al.to_input())
    await workspace.join("s", "bo", **bo.to_input())
    await talk(workspace)
    found = {key: contents for key, (_, contents) in (await list_views(workspace)).items()}
    expected = {key: contents for key, (_, contents) in expect_views(al, bo).items()}
    assert found == expected


@pytest.mark.parametrize("flag", ["observeMe", "observeOthers"])
async def test_a_flag_that_the_membership_sets_does_not_follow_the_peer(
    workspace: Workspace, flag: str
) -> None:
    await workspace.join("s", "al", "bo", observeMe=True, observeOthers=True)
    await workspace.update_peer("bo" if flag == "observeOthers" else "al", **{flag: False})
    await talk(workspace)
    assert await workspace.list_known("al", "bo") == [TEA]
    assert await workspace.list_members("s") == [("al", 1, None), ("bo", 1, None)]


CAT, DOG, PONY = "al has a cat", "al has a dog", "al has a pony"


@pytest.mark.parametrize(
    ("peer", "flag", "known"),
    [
        ("al", "observeMe", {None: [CAT, PONY], "al": [CAT, PONY], "bo": [CAT, PONY]}),
        (
            "bo",
            "observeOthers",
            {None: [CAT, DOG, PONY], "al": [CAT, DOG, PONY], "bo": [CAT, PONY]},
        ),
    ],
)
@pytest.mark.parametrize("way", ["peer", "membership"])
async def test_a_flag_that_changes_in_the_middle_counts_from_the_next_message(
    workspace: Workspace, peer: str, flag: str, known: dict[Any, list[str]], way: str
) -> None:
    await workspace.create_peers("al")
    await workspace.create_peers("bo", observeOthers=True)
    await workspace.join("s", "al", "bo")

    async def turn(value: bool) -> None:
        if way == "peer":
            await workspace.update_peer(peer, **{flag: value})
        else:
            await workspace.join("s", peer, **{flag: value})

    await workspace.say("s", "al", "I have a cat.")
    await turn(False)
    await workspace.say("s", "al", "I have a dog.")
    await turn(True)
    await workspace.say("s", "al", "I have a pony.")
    await workspace.derive()
    for observer, contents in known.items():
        assert await workspace.list_known("al", observer) == contents
    stays = [stay for stay in await workspace.list_members("s") if stay[0] == peer]
    assert stays == [(peer, 1, 2), (peer, 2, 3), (peer, 3, None)]
    assert len(await workspace.list_messages("s", "bo")) == 3


async def test_who_does_not_observe_is_told_so_and_never_gets_the_global_view(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await talk(workspace)
    view = await workspace.read("al", "bo")
    assert (view["observes"], view["conclusions"], view["card"], view["text"]) == (
        False,
        [],
        [],
        "",
    )
    answer = await workspace.ask("bo", "What does Al love?", target="al")
    assert (answer["conclusions"], answer["messages"]) == ([], [])
    assert "tea" not in answer["text"]
    # It was there, so its own answer may rest on what was said, but not on conclusions of al.
    answer = await workspace.ask("bo", "What does Al love?")
    assert answer["conclusions"] == []
    assert [message["content"] for message in answer["messages"]] == ["I love tea."]
