"""Who was in the room: circles, groups, liars, those who come late, leave and come back."""

from itertools import product

from tests.client import Workspace

PEACE = "alice will be peaceful"
ATTACK = "alice will attack Charlie"
BOTH = f"{PEACE}, but also: {ATTACK}"


async def test_of_three_in_a_circle_each_knows_the_neighbour_that_it_observes(
    workspace: Workspace,
) -> None:
    """Each pair has a room of its own; in it only one of the two observes."""
    circle = [("al", "bo"), ("bo", "cy"), ("cy", "al")]
    for observer, observed in circle:
        session = f"{observer}-{observed}"
        await workspace.join(session, observer, observeOthers=True)
        await workspace.join(session, observed, observeOthers=False)
        await workspace.say(session, observed, f"I told {observer.title()} a secret.")
        await workspace.say(session, observer, f"I heard {observed.title()} out.")
    await workspace.derive()
    for observer, observed in product(("al", "bo", "cy"), repeat=2):
        known = await workspace.list_known(observed, observer)
        if observer == observed:
            assert len(known) == 2
        elif (observer, observed) in circle:
            assert known == [f"{observed} told {observer.title()} a secret"]
        else:
            assert known == []


async def test_of_four_in_one_room_each_knows_what_its_row_of_the_matrix_says(
    workspace: Workspace,
) -> None:
    flags = {
        "al": {"observeMe": True, "observeOthers": True},
        "bo": {"observeMe": True, "observeOthers": False},
        "cy": {"observeMe": False, "observeOthers": True},
        "di": {"observeMe": False, "observeOthers": False},
    }
    for name, own in flags.items():
        await workspace.create_peers(name, **own)
    await workspace.join("s", *flags)
    for name in flags:
        await workspace.say("s", name, f"I am {name.title()}'s friend.")
    await workspace.derive()

    found = {
        (observer, observed): len(await workspace.list_known(observed, observer))
        for observer, observed in product((None, *flags), flags)
    }
    matrix = {None: (1, 1, 0, 0), "al": (1, 1, 0, 0), "bo": (0, 1, 0, 0), "cy": (1, 1, 0, 0)}
    matrix["di"] = (0, 0, 0, 0)
    assert found == {
        (observer, observed): count
        for observer, row in matrix.items()
        for observed, count in zip(flags, row, strict=True)
    }
    observes = {name: (await workspace.read("al", name))["observes"] for name in flags}
    assert observes == {"al": True, "bo": False, "cy": True, "di": False}


async def test_a_liar_tells_two_friends_two_stories(workspace: Workspace) -> None:
    await workspace.create_peers("liar", "bo", "cy", observeOthers=True)
    await workspace.join("with-bo", "liar", "bo")
    await workspace.join("with-cy", "liar", "cy")
    await workspace.say("with-bo", "liar", "I am married.", "I trust Cy.")
    await workspace.say("with-cy", "liar", "I am not married.", "I don't trust Bo.", "I like Cy.")
    await workspace.say("with-bo", "liar", "I dislike Cy.")
    await workspace.derive()
    to_bo = ["liar dislikes Cy", "liar is married", "liar trusts Cy"]
    to_cy = ["liar doesn't trust Bo", "liar is not married", "liar likes Cy"]
    contradictions = [
        "liar is married, but also: liar is not married",
        "liar likes Cy, but also: liar dislikes Cy",
    ]
    assert await workspace.list_known("liar", "bo") == to_bo
    assert await workspace.list_known("liar", "cy") == to_cy
    everything = sorted([*to_bo, *to_cy, *contradictions])
    assert await workspace.list_known("liar") == everything
    assert await workspace.list_known("liar", "liar") == everything
    assert await workspace.list_known("liar", levels=["CONTRADICTION"]) == contradictions
    for friend in ("bo", "cy"):
        assert await workspace.list_known("liar", friend, levels=["CONTRADICTION"]) == []


async def test_friends_who_meet_the_liar_together_learn_only_what_is_said_there(
    workspace: Workspace,
) -> None:
    await workspace.create_peers("liar", "bo", "cy", observeOthers=True)
    await workspace.join("with-bo", "liar", "bo")
    await workspace.join("together", "liar", "bo", "cy")
    await workspace.say("with-bo", "liar", "I like Cy.")
    await workspace.say("together", "liar", "I dislike Cy.")
    await workspace.derive()
    contradiction = "liar likes Cy, but also: liar dislikes Cy"
    assert await workspace.list_known("liar", "cy") == ["liar dislikes Cy"]
    assert await workspace.list_known("liar", "bo", levels=["CONTRADICTION"]) == [contradiction]


async def test_who_comes_late_knows_nothing_of_what_was_said_before(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.join("s", "late", observeOthers=True)
    await workspace.say("s", "al", "I have a dog.")
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al has a cat", "al has a dog"]
    assert await workspace.list_known("al", "late") == ["al has a dog"]
    assert await workspace.list_contents("s", "late") == ["I have a dog."]
    assert (await workspace.ask("late", "Does Al have a cat?", target="al"))["conclusions"] == []


async def test_who_comes_between_saying_and_deriving_is_late_all_the_same(
    patient_workspace: Workspace,
) -> None:
    workspace = patient_workspace
    await workspace.join("s", "al", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.join("s", "late", observeOthers=True)
    await workspace.derive()
    assert await workspace.list_known("al", "late") == []
    assert await workspace.list_known("al") == ["al has a cat"]


async def test_who_leaves_keeps_what_it_knew_and_learns_nothing_more(workspace: Workspace) -> None:
    await workspace.join("s", "al", "leaver", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.leave("s", "leaver")
    await workspace.say("s", "al", "I have a dog.")
    await workspace.derive()
    assert await workspace.list_known("al", "leaver") == ["al has a cat"]
    assert await workspace.list_contents("s", "leaver") == ["I have a cat."]


async def test_who_returns_knows_both_stays_and_not_the_time_between(workspace: Workspace) -> None:
    await workspace.join("s", "al", "returner", observeOthers=True)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.leave("s", "returner")
    await workspace.say("s", "al", "I have a dog.")
    await workspace.join("s", "returner")
    await workspace.say("s", "al", "I have a pony.")
    await workspace.derive()
    # The flag was the first stay's own; without one, the peer's counts: it does not observe.
    assert await workspace.list_known("al", "returner") == ["al has a cat"]
    await workspace.leave("s", "returner")
    await workspace.join("s", "returner", observeOthers=True)
    await workspace.say("s", "al", "I have a fish.")
    await workspace.derive()
    assert await workspace.list_known("al", "returner") == ["al has a cat", "al has a fish"]
    assert await workspace.list_contents("s", "returner") == [
        "I have a cat.",
        "I have a pony.",
        "I have a fish.",
    ]


async def test_one_pair_in_two_sessions_has_one_view_with_two_parts(workspace: Workspace) -> None:
    await workspace.create_peers("al", "bo", observeOthers=True)
    await workspace.join("home", "al", "bo")
    await workspace.join("work", "al", "bo")
    await workspace.say("home", "al", "I have a cat.", "I live in Paris.")
    await workspace.say("work", "al", "I have a desk.", "I moved to Berlin.")
    await workspace.derive()
    now = ["al has a cat", "al has a desk", "al moved to Berlin"]
    assert await workspace.list_known("al", "bo") == now
    at_home = await workspace.list_known("al", "bo", sessions=["home"])
    assert at_home == ["al has a cat", "al lives in Paris"]
    at_work = await workspace.list_known("al", "bo", sessions=["work"])
    assert at_work == ["al has a desk", "al moved to Berlin"]


async def test_the_example_of_diplomacy(workspace: Workspace) -> None:
    await workspace.create_peers("alice", "bob", "charlie", observeOthers=True)
    await workspace.join("turn-1", "alice", "bob", "charlie")
    await workspace.join("side-chat", "alice", "bob")
    await workspace.say("turn-1", "alice", "I will be peaceful.")
    await workspace.say("side-chat", "alice", "I will attack Charlie.")
    await workspace.derive()
    assert await workspace.list_known("alice") == sorted([PEACE, ATTACK, BOTH])
    assert await workspace.list_known("alice", "bob") == sorted([PEACE, ATTACK, BOTH])
    assert await workspace.list_known("alice", "charlie") == [PEACE]

    question = "Can I trust that Alice won't attack me?"
    answer = await workspace.ask("charlie", question, target="alice")
    assert [each["content"] for each in answer["conclusions"]] == [PEACE]
    assert [(m["session"]["name"], m["sequence"]) for m in answer["messages"]] == [("turn-1", 1)]
    assert "attack" not in answer["text"]
    answer = await workspace.ask("bob", "Will Alice attack Charlie?", target="alice")
    assert BOTH in [each["content"] for each in answer["conclusions"]]
    assert len(answer["messages"]) == 2


async def test_charlie_let_into_the_side_chat_learns_what_is_said_from_then_on(
    workspace: Workspace,
) -> None:
    await workspace.create_peers("alice", "bob", "charlie", observeOthers=True)
    await workspace.join("turn-1", "alice", "bob", "charlie")
    await workspace.join("side-chat", "alice", "bob")
    await workspace.say("turn-1", "alice", "I will be peaceful.")
    await workspace.say("side-chat", "alice", "I will attack Charlie.")
    await workspace.derive()
    await workspace.join("side-chat", "charlie")
    assert await workspace.list_known("alice", "charlie") == [PEACE]
    assert await workspace.list_contents("side-chat", "charlie") == []
    await workspace.say("side-chat", "alice", "I will attack Charlie.")
    await workspace.derive()
    assert await workspace.list_known("alice", "charlie") == sorted([PEACE, ATTACK, BOTH])
    known = await workspace.list_all("alice", "charlie")
    assert known[ATTACK]["messages"] == [{"sequence": 2, "session": {"name": "side-chat"}}]
    assert known[ATTACK]["support"] == 1
    assert known[BOTH]["support"] == 1
    assert (await workspace.list_all("alice", "bob"))[ATTACK]["support"] == 2
