"""Configuration: inherited key by key, changed key by key, kept by what was said before."""

from typing import Any

import pytest

from models.database import Pool
from tests.client import Workspace
from tests.snapshot import nothing_changes

FIELDS = """
configuration {
  reasoning { enabled customInstructions }
  summary { enabled messagesPerShortSummary messagesPerLongSummary }
  peerCard { use create }
  dream { enabled }
}
"""
DEFAULT = {
    "reasoning": {"enabled": True, "customInstructions": None},
    "summary": {"enabled": True, "messagesPerShortSummary": 20, "messagesPerLongSummary": 60},
    "peerCard": {"use": True, "create": True},
    "dream": {"enabled": True},
}


async def read(workspace: Workspace) -> tuple[Any, Any]:
    """Returns what is in effect in the workspace and in its session."""
    data = await workspace.client.run(
        f"""
        query($name: String!) {{ workspace(name: $name) {{
          {FIELDS} session(name: "s") {{ {FIELDS} }} }} }}
        """,
        name=workspace.name,
    )
    found = data["workspace"]
    return found["configuration"], found["session"]["configuration"]


def change(**sections: dict[str, Any]) -> dict[str, Any]:
    """Returns the default with some keys changed."""
    return {name: {**keys, **sections.get(name, {})} for name, keys in DEFAULT.items()}


async def test_nothing_said_means_the_default(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    assert await read(workspace) == (DEFAULT, DEFAULT)


async def test_a_session_inherits_each_key_that_it_does_not_set(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.configure(reasoning={"enabled": False, "customInstructions": "Be brief."})
    await workspace.configure("s", reasoning={"enabled": True}, peerCard={"create": False})
    assert await read(workspace) == (
        change(reasoning={"enabled": False, "customInstructions": "Be brief."}),
        change(
            reasoning={"enabled": True, "customInstructions": "Be brief."},
            peerCard={"create": False},
        ),
    )


async def test_what_is_left_out_stays_and_null_resets(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.configure(
        summary={"enabled": False, "messagesPerShortSummary": 5}, dream={"enabled": False}
    )
    await workspace.configure(summary={"messagesPerLongSummary": 7})
    summary = {"enabled": False, "messagesPerShortSummary": 5, "messagesPerLongSummary": 7}
    assert (await read(workspace))[0] == change(summary=summary, dream={"enabled": False})
    await workspace.configure(summary={"messagesPerShortSummary": None})
    assert (await read(workspace))[0]["summary"] == {**summary, "messagesPerShortSummary": 20}
    await workspace.configure(summary=None)
    assert await read(workspace) == (change(dream={"enabled": False}),) * 2
    await workspace.configure(dream={})
    assert await read(workspace) == (change(dream={"enabled": False}),) * 2


async def test_a_reset_session_inherits_again(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    await workspace.configure("s", reasoning={"enabled": True})
    await workspace.configure(reasoning={"enabled": False})
    assert (await read(workspace))[1]["reasoning"]["enabled"] is True
    await workspace.configure("s", reasoning={"enabled": None})
    assert (await read(workspace))[1]["reasoning"]["enabled"] is False


async def test_it_can_be_given_when_creating_and_only_a_new_one_takes_it(
    workspace: Workspace,
) -> None:
    for enabled in (False, True):
        await workspace.run_input(
            "createSession",
            "created",
            workspace=workspace.name,
            name="s",
            configuration={"reasoning": {"enabled": enabled}},
        )
    assert (await read(workspace))[1] == change(reasoning={"enabled": False})


async def test_metadata_and_configuration_change_apart(workspace: Workspace) -> None:
    await workspace.join("s", "al")
    name = workspace.name
    await workspace.configure("s", dream={"enabled": False})
    changed = await workspace.run_input(
        "updateSession", "session { metadata isActive }",
        workspace=name, session="s", metadata={"a": 1}, isActive=False,
    )  # fmt: skip
    assert changed["session"] == {"metadata": {"a": 1}, "isActive": False}
    await workspace.configure("s", reasoning={"enabled": False})
    same = await workspace.run_input(
        "updateSession", "session { metadata isActive }", workspace=name, session="s"
    )
    assert same["session"] == {"metadata": {"a": 1}, "isActive": False}
    assert (await read(workspace))[1] == change(
        dream={"enabled": False}, reasoning={"enabled": False}
    )
    kept = await workspace.run_input(
        "updateWorkspace", "workspace { metadata }", workspace=name, metadata={"b": 2}
    )
    assert kept["workspace"] == {"metadata": {"b": 2}}


@pytest.mark.parametrize("session", [None, "s"])
@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"summary": {"messagesPerShortSummary": 0}},
         "messagesPerShortSummary is 0, it must be from 1 to 10000"),
        ({"summary": {"messagesPerLongSummary": 10_001}},
         "messagesPerLongSummary is 10001, it must be from 1 to 10000"),
        ({"reasoning": {"customInstructions": "x" * 10_001}},
         "customInstructions is 10001 characters long, at most 10000"),
        ({"reasoning": {"customInstructions": "\x00"}},
         "customInstructions has the character U+0000 at 0, which cannot be stored"),
    ],
)  # fmt: skip
async def test_a_value_out_of_bounds_is_refused_and_changes_nothing(
    workspace: Workspace, pool: Pool, session: str | None, configuration: Any, message: str
) -> None:
    await workspace.join("s", "al")
    kind = "Session" if session else "Workspace"
    given = {"workspace": workspace.name, "configuration": configuration, "metadata": {"a": 1}}
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.client.get_refusal(
            f"mutation($input: Update{kind}Input!) {{ update{kind}(input: $input) {{ created }} }}",
            input=given | ({"session": session} if session else {}),
        )
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize("value", [1, 10_000])
async def test_a_value_at_the_bound_is_taken(workspace: Workspace, value: int) -> None:
    await workspace.join("s", "al")
    await workspace.configure("s", summary={"messagesPerShortSummary": value})
    assert (await read(workspace))[1]["summary"]["messagesPerShortSummary"] == value


async def test_unknown_places_are_refused(workspace: Workspace) -> None:
    update = "mutation($i: Update{0}Input!) {{ update{0}(input: $i) {{ created }} }}"
    refusal = await workspace.client.get_refusal(
        update.format("Workspace"), i={"workspace": "no such"}
    )
    assert (refusal.code, refusal.message) == ("NOT_FOUND", 'workspace "no such" does not exist')
    refusal = await workspace.client.get_refusal(
        update.format("Session"), i={"workspace": workspace.name, "session": "no"}
    )
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        'session "no" does not exist in this workspace',
    )


async def test_messages_keep_what_was_in_effect_when_they_were_written(
    patient_workspace: Workspace,
) -> None:
    """Cards and dreams, like reasoning: what is said later changes nothing about it."""
    workspace = patient_workspace
    await workspace.join("s", "al")
    await workspace.say("s", "al", "I live in Paris.")
    await workspace.configure(peerCard={"create": False}, dream={"enabled": False})
    await workspace.say("s", "al", "I am a vegetarian.", "My name is Al.")
    await workspace.configure(peerCard=None, dream=None)
    await workspace.say("s", "al", "I have a cat.")
    await workspace.derive()
    assert await workspace.list_card("al") == ["al lives in Paris"]
    await workspace.dream("al")
    assert await workspace.list_known("al", levels=["DEDUCTIVE"]) == ["al has a pet"]
