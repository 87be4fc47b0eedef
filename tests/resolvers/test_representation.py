"""Representations: what each vantage may know, as much of it as was asked for."""

from typing import Any

import pytest

from core.tokens import count_tokens
from tests.client import Workspace

PEACE = "alice will be peaceful"
ATTACK = "alice will attack Charlie"
CONTRADICTION = f"{PEACE}, but also: {ATTACK}"


async def play_diplomacy(workspace: Workspace) -> None:
    """The example of semantics.md."""
    await workspace.create_peers("alice", "bob", "charlie", observeOthers=True)
    await workspace.join("turn-1", "alice", "bob", "charlie")
    await workspace.join("side-chat", "alice", "bob")
    await workspace.say("turn-1", "alice", "I will be peaceful.")
    await workspace.say("side-chat", "alice", "I will attack Charlie.")


async def test_everybody_knows_what_it_witnessed_and_no_more(workspace: Workspace) -> None:
    await play_diplomacy(workspace)
    await workspace.derive()
    assert await workspace.list_known("alice") == [ATTACK, PEACE, CONTRADICTION]
    assert await workspace.list_known("alice", "bob") == [ATTACK, PEACE, CONTRADICTION]
    assert await workspace.list_known("alice", "alice") == [ATTACK, PEACE, CONTRADICTION]
    assert await workspace.list_known("alice", "charlie") == [PEACE]
    assert await workspace.list_known("bob", "alice") == []


async def test_who_is_let_in_knows_what_is_said_from_then_on(workspace: Workspace) -> None:
    await play_diplomacy(workspace)
    await workspace.join("side-chat", "charlie")
    await workspace.say("side-chat", "alice", "I love tea.")
    await workspace.leave("side-chat", "charlie")
    await workspace.say("side-chat", "alice", "I hate cake.")
    await workspace.join("side-chat", "charlie")
    await workspace.say("side-chat", "alice", "I am a doctor.")
    await workspace.derive()
    seen = [PEACE, "alice is a doctor", "alice loves tea"]
    assert await workspace.list_known("alice", "charlie") == sorted(seen)
    assert await workspace.list_known("alice") == sorted(
        [*seen, ATTACK, CONTRADICTION, "alice hates cake"]
    )


async def test_who_leaves_keeps_what_it_knew(workspace: Workspace) -> None:
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I love tea.")
    await workspace.leave("s", "bo")
    await workspace.say("s", "al", "I hate cake.")
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al loves tea"]


async def test_who_does_not_observe_others_holds_no_model_and_is_told_so(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    view = await workspace.read("al", "bo")
    assert (view["observes"], view["conclusions"]) == (False, [])
    assert (view["text"], view["tokenCount"]) == ("", 0)
    assert (view["observer"], view["observed"]) == ({"name": "bo"}, {"name": "al"})
    assert await workspace.list_known("al") == ["al loves tea"]


async def test_a_view_of_itself_needs_no_observing_and_rests_on_its_own_words(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I love tea.")
    await workspace.say("s", "bo", "I hate cake.")
    await workspace.derive()
    view = await workspace.read("al", "al")
    assert view["observes"] is True
    assert [each["content"] for each in view["conclusions"]] == ["al loves tea"]
    assert view["text"].startswith("What al said about themselves, newest first:\n")


async def test_observing_counts_from_when_it_begins_and_until_it_ends(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "al", "bo")
    await workspace.say("s", "al", "I love tea.")
    await workspace.update_peer("bo", observeOthers=True)
    await workspace.say("s", "al", "I hate cake.")
    await workspace.update_peer("bo", observeOthers=False)
    await workspace.say("s", "al", "I am a doctor.")
    await workspace.derive()
    view = await workspace.read("al", "bo")
    assert view["observes"] is True
    assert [each["content"] for each in view["conclusions"]] == ["al hates cake"]


async def test_one_session_may_be_observed_and_another_not(workspace: Workspace) -> None:
    await workspace.join("seen", "al")
    await workspace.join("seen", "bo", observeOthers=True)
    await workspace.join("unseen", "al", "bo")
    await workspace.say("seen", "al", "I love tea.")
    await workspace.say("unseen", "al", "I hate cake.")
    await workspace.derive()
    assert await workspace.list_known("al", "bo") == ["al loves tea"]
    assert (await workspace.read("al", "bo"))["observes"] is True
    unseen = await workspace.read("al", "bo", sessions=["unseen"])
    assert (unseen["observes"], unseen["conclusions"]) == (False, [])


async def test_nothing_is_concluded_about_who_is_not_observed(workspace: Workspace) -> None:
    await workspace.create_peers("al", observeMe=False)
    await workspace.join("s", "al", "bo", observeOthers=True)
    await workspace.say("s", "al", "I love tea.")
    await workspace.say("s", "bo", "I hate cake.")
    await workspace.derive()
    for observer in (None, "bo", "al"):
        assert await workspace.list_known("al", observer) == []
    assert await workspace.list_known("bo", "al") == ["bo hates cake"]
    assert await workspace.list_contents("s", "bo") == ["I love tea.", "I hate cake."]


async def test_not_being_observed_counts_from_the_next_message(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.say("s", "al", "I love tea.")
    await workspace.update_peer("al", observeMe=False)
    await workspace.say("s", "al", "I hate cake.")
    await workspace.update_peer("al", observeMe=True)
    await workspace.say("s", "al", "I am a doctor.")
    await workspace.derive()
    assert await workspace.list_known("al") == ["al is a doctor", "al loves tea"]


async def test_saying_it_again_counts_for_those_who_heard_it(workspace: Workspace) -> None:
    await workspace.create_peers("al", "bo", "cy", observeOthers=True)
    await workspace.join("first", "al", "bo")
    await workspace.join("second", "al", "bo", "cy")
    await workspace.say("first", "al", "I love tea.")
    await workspace.derive()
    await workspace.say("second", "al", "I love TEA!")
    await workspace.derive()

    async def count(observer: str | None) -> list[tuple[str, int]]:
        view = await workspace.read("al", observer)
        return [(each["content"], each["support"]) for each in view["conclusions"]]

    assert await count(None) == await count("bo") == [("al loves TEA", 2)]
    assert await count("cy") == [("al loves TEA", 1)]
    view = await workspace.read("al", "bo", sessions=["first"])
    assert [(each["content"], each["support"]) for each in view["conclusions"]] == [
        ("al loves tea", 1)
    ]


async def test_a_conclusion_cites_the_message_it_rests_on(workspace: Workspace) -> None:
    await workspace.say("s", "al", "Good morning!", "I love tea.")
    await workspace.derive()
    (conclusion,) = (await workspace.read("al"))["conclusions"]
    assert conclusion["level"] == "EXPLICIT"
    assert conclusion["messages"] == [{"sequence": 2, "session": {"name": "s"}}]


async def test_a_list_of_sessions_narrows_the_view(workspace: Workspace) -> None:
    await play_diplomacy(workspace)
    await workspace.derive()
    for observer in (None, "bob", "alice"):
        assert await workspace.list_known("alice", observer, sessions=["turn-1"]) == [PEACE]
        assert await workspace.list_known("alice", observer, sessions=["side-chat"]) == [ATTACK]
        both = await workspace.list_known("alice", observer, sessions=["turn-1", "side-chat"])
        assert both == [ATTACK, PEACE, CONTRADICTION]
        assert await workspace.list_known("alice", observer, sessions=[]) == []
    assert await workspace.list_known("alice", "charlie", sessions=["side-chat"]) == []


async def test_levels_narrow_the_view_and_none_of_them_is_nothing(workspace: Workspace) -> None:
    await workspace.say("s", "al", "I love tea.")
    await workspace.derive()
    assert await workspace.list_known("al", levels=["EXPLICIT", "DEDUCTIVE"]) == ["al loves tea"]
    assert await workspace.list_known("al", levels=["INDUCTIVE"]) == []
    assert await workspace.list_known("al", levels=[]) == []


async def test_a_query_keeps_what_bears_on_it_the_best_first(workspace: Workspace) -> None:
    await workspace.say(
        "s", "al", "I love tea.", "I have two cats.", "My cats are called Tom and Kit."
    )
    await workspace.derive()
    view = await workspace.read("al", query="cats called")
    assert [each["content"] for each in view["conclusions"]] == [
        "al's cats are called Tom and Kit",
        "al has two cats",
    ]
    assert await workspace.list_known("al", query="helicopter") == []
    best = await workspace.list_known("al", query="cats called", maxConclusions=1)
    assert best == ["al's cats are called Tom and Kit"]


async def test_the_newest_come_first_and_only_so_many(workspace: Workspace) -> None:
    things = [f"al needs {i} eggs" for i in range(30)]
    for i in range(30):
        await workspace.say("s", "al", f"I need {i} eggs.")
    await workspace.derive()

    async def list_in_order(**more: Any) -> list[str]:
        view = await workspace.read("al", **more)
        return [each["content"] for each in view["conclusions"]]

    newest_first = things[::-1]
    assert await list_in_order() == newest_first[:25]
    assert await list_in_order(maxConclusions=None) == newest_first[:25]
    assert await list_in_order(maxConclusions=200) == newest_first
    assert await list_in_order(maxConclusions=3) == newest_first[:3]
    assert await list_in_order(maxConclusions=0) == []


async def test_the_text_and_what_it_tells_stay_within_the_tokens(workspace: Workspace) -> None:
    for i in range(10):
        await workspace.say("s", "al", f"I need {i} eggs.")
    await workspace.derive()
    everything = await workspace.read("al")
    assert everything["tokenCount"] == count_tokens(everything["text"])
    assert len(everything["text"].splitlines()) == 11
    for tokens in (0, 10, everything["tokenCount"] // 2, everything["tokenCount"]):
        view = await workspace.read("al", tokens=tokens)
        assert view["tokenCount"] == count_tokens(view["text"]) <= tokens
        assert (
            view["text"].splitlines()[1:]
            == everything["text"].splitlines()[1:][: len(view["conclusions"])]
        )
        assert view["conclusions"] == everything["conclusions"][: len(view["conclusions"])]
    assert view == everything


async def test_a_read_waits_for_the_position_it_asks_for(patient_workspace: Workspace) -> None:
    before = await patient_workspace.say("s", "al", "I love tea.")
    stale = await patient_workspace.read("al", minPosition=before, maxWaitMs=0)
    assert stale["conclusions"] == []
    assert int(stale["position"], 16) < int(before, 16)
    fresh = await patient_workspace.read("al", minPosition=before, maxWaitMs=20_000)
    assert [each["content"] for each in fresh["conclusions"]] == ["al loves tea"]
    assert int(fresh["position"], 16) >= int(before, 16)


async def test_a_read_waits_no_longer_than_it_says(patient_workspace: Workspace) -> None:
    position = await patient_workspace.say("s", "al", "Hello!")
    future = f"{int(position, 16) + 10**6:x}"
    view = await patient_workspace.read("al", minPosition=future, maxWaitMs=50)
    assert int(view["position"], 16) < int(future, 16)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"observer": "no"}, "NOT_FOUND", 'peer "no" does not exist in this workspace'),
        ({"observer": "\x00"}, "BAD_USER_INPUT", "peer name '\\x00' has a control character"),
        ({"sessions": ["s", "no"]}, "NOT_FOUND", 'session "no" does not exist in this workspace'),
        ({"query": " "}, "BAD_USER_INPUT", "query is empty, at least 1 character is needed"),
        ({"query": "x" * 10_001}, "BAD_USER_INPUT",
         "query is 10001 characters long, at most 10000"),
        ({"maxConclusions": 201}, "BAD_USER_INPUT",
         "maxConclusions is 201, it must be from 0 to 200"),
        ({"maxConclusions": -1}, "BAD_USER_INPUT",
         "maxConclusions is -1, it must be from 0 to 200"),
        ({"tokens": -1}, "BAD_USER_INPUT", "tokens is -1, it must be from 0 to 1000000"),
        ({"maxWaitMs": 25_001}, "BAD_USER_INPUT",
         "maxWaitMs is 25001, it must be from 0 to 25000"),
        ({"minPosition": "x"}, "BAD_USER_INPUT",
         '"x" is not a position; use one this API returned'),
        ({"minPosition": "1_0"}, "BAD_USER_INPUT",
         '"1_0" is not a position; use one this API returned'),
        ({"minPosition": "\ud800"}, "BAD_USER_INPUT",
         '"\\ud800" is not a position; use one this API returned'),
        ({"minPosition": 5}, "BAD_USER_INPUT",
         "5 is not a position; use one this API returned"),
    ],
)  # fmt: skip
async def test_a_reading_that_cannot_be_is_refused(
    workspace: Workspace, given: dict[str, Any], code: str, message: str
) -> None:
    await workspace.join("s", "al")
    refusal = await workspace.get_read_refusal("al", **given)
    assert (refusal.code, refusal.message, len(refusal.errors)) == (code, message, 1)
