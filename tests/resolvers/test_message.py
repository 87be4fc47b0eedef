"""Messages: sent whole or not at all, kept as they were sent, read by who witnessed them."""

import uuid
from typing import Any

import pytest

from models.database import Pool
from tests.client import Client, Workspace
from tests.snapshot import nothing_changes, take_snapshot

NOBODY_YET: dict[str, list[str]] = {
    "session": [],
    "peer": [],
    "membership": [],
    "message": [],
    "event": [],
}


async def test_sending_creates_the_session_the_peers_and_their_stays(
    workspace: Workspace,
) -> None:
    sent = await workspace.send(
        "s", {"peer": "al", "content": "Hello!"}, {"peer": "bo", "content": "Hi!"}
    )
    assert [(each["sequence"], each["author"]["name"]) for each in sent["messages"]] == [
        (1, "al"),
        (2, "bo"),
    ]
    assert sorted(await workspace.list_members("s")) == [("al", 1, None), ("bo", 1, None)]
    assert await workspace.list_contents("s") == ["Hello!", "Hi!"]


async def test_a_message_is_kept_as_it_was_sent(workspace: Workspace) -> None:
    content = "Line 1\r\n\tLine 2 \x01 'quoted' \"twice\" \\u0000 {}; 😀 e\u0301 \u202e $1 %s"
    metadata = {"b": [1, 2.5, None, True], "a": {"": "é\u2028"}}
    sent = await workspace.send(
        "s",
        {
            "peer": "al",
            "content": content,
            "metadata": metadata,
            "createdAt": "2026-03-02T23:30:00.123456-05:00",
            "clientMessageId": "m-1",
        },
    )
    (message,) = await workspace.list_messages("s")
    assert {key: value for key, value in message.items() if key != "recordedAt"} == {
        "id": sent["messages"][0]["id"],
        "sequence": 1,
        "content": content,
        "metadata": metadata,
        "tokenCount": message["tokenCount"],
        "createdAt": "2026-03-03T04:30:00.123456Z",
        "clientMessageId": "m-1",
        "author": {"name": "al"},
        "session": {"name": "s"},
    }


async def test_what_is_left_out_is_empty_and_dated_as_it_is_written(workspace: Workspace) -> None:
    await workspace.send("s", {"peer": "al", "content": "I love tea"})
    await workspace.send(
        "s",
        {
            "peer": "al",
            "content": "I love tea",
            "metadata": None,
            "createdAt": None,
            "clientMessageId": None,
            "reasoning": None,
        },
    )
    for message in await workspace.list_messages("s"):
        assert (message["metadata"], message["clientMessageId"]) == ({}, None)
        assert message["createdAt"] == message["recordedAt"]
        assert message["tokenCount"] == 3


async def test_messages_keep_the_order_of_the_batch_whatever_their_dates(
    workspace: Workspace,
) -> None:
    batch = [
        {"peer": f"p{i % 3}", "content": f"{i}", "createdAt": f"{2099 - i}-01-01T00:00:00Z"}
        for i in range(100)
    ]
    sent = await workspace.send("s", *batch)
    assert [each["sequence"] for each in sent["messages"]] == list(range(1, 101))
    assert [each["content"] for each in sent["messages"]] == [str(i) for i in range(100)]
    assert await workspace.list_contents("s") == [str(i) for i in range(100)]


async def test_the_payload_has_the_session_as_it_is_now(workspace: Workspace) -> None:
    data = await workspace.client.run(
        """
        mutation($input: SendMessagesInput!) {
          sendMessages(input: $input) { session { name lastSequence } }
        }
        """,
        input={
            "workspace": workspace.name,
            "session": "s",
            "messages": [{"peer": "al", "content": "Hello!"}] * 2,
        },
    )
    assert data["sendMessages"]["session"] == {"name": "s", "lastSequence": 2}


async def test_an_author_witnesses_its_own_message_even_after_it_left(
    workspace: Workspace,
) -> None:
    await workspace.join("s", "bo")
    await workspace.say("s", "bo", "Before.")
    await workspace.say("s", "al", "Mine.")
    await workspace.leave("s", "al")
    await workspace.say("s", "bo", "Between.")
    await workspace.say("s", "al", "Mine again.")
    assert await workspace.list_contents("s", "al") == ["Mine.", "Mine again."]
    assert [stay for stay in await workspace.list_members("s") if stay[0] == "al"] == [
        ("al", 2, 3),
        ("al", 4, None),
    ]


async def test_everybody_reads_what_was_said_while_it_was_there(workspace: Workspace) -> None:
    await workspace.create_peers("never")
    await workspace.join("s", "al", "early")
    await workspace.say("s", "al", "One.")
    await workspace.join("s", "late")
    await workspace.say("s", "al", "Two.")
    await workspace.leave("s", "early")
    await workspace.say("s", "al", "Three.")
    assert await workspace.list_contents("s") == ["One.", "Two.", "Three."]
    assert await workspace.list_contents("s", "al") == ["One.", "Two.", "Three."]
    assert await workspace.list_contents("s", "early") == ["One.", "Two."]
    assert await workspace.list_contents("s", "late") == ["Two.", "Three."]
    assert await workspace.list_contents("s", "never") == []


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-03-02T23:30:00-05:00", "2026-03-02"),  # in UTC it is the 3rd already
        ("2026-03-03T01:00:00+02:00", "2026-03-03"),  # in UTC it is still the 2nd
        ("2026-03-02T12:00:00Z", "2026-03-02"),
    ],
)
async def test_today_is_the_senders_day(workspace: Workspace, time: str, day: str) -> None:
    await workspace.send("s", {"peer": "al", "content": "I ate eggs today.", "createdAt": time})
    await workspace.derive()
    assert await workspace.list_known("al") == [f"al ate eggs on {day}"]


async def test_a_year_nobody_can_date_does_not_stop_derivation(workspace: Workspace) -> None:
    await workspace.send(
        "s",
        {
            "peer": "al",
            "content": "I saw Rome 2025 years ago. I love tea.",
            "createdAt": "2026-03-02T12:00:00+14:00",
        },
    )
    await workspace.derive()
    assert await workspace.list_known("al") == ["al loves tea", "al saw Rome 2025 years ago"]


async def test_nothing_is_concluded_from_a_message_sent_without_reasoning(
    workspace: Workspace,
) -> None:
    await workspace.send(
        "s",
        {"peer": "al", "content": "I love tea.", "reasoning": False},
        {"peer": "al", "content": "I love cake.", "reasoning": True},
    )
    await workspace.derive()
    assert await workspace.list_known("al") == ["al loves cake"]
    assert await workspace.list_contents("s") == ["I love tea.", "I love cake."]


GOOD = {"peer": "al", "content": "Hello!"}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"peer": ""}, "messages[1].peer is empty, at least 1 character is needed"),
        ({"peer": "x" * 513}, "messages[1].peer is 513 characters long, at most 512"),
        ({"peer": "a\nb"}, "messages[1].peer 'a\\nb' has a control character"),
        ({"content": ""}, "messages[1].content is empty, at least 1 character is needed"),
        ({"content": "x" * 25_001}, "messages[1].content is 25001 characters long, at most 25000"),
        ({"content": "a\x00"},
         "messages[1].content has the character U+0000 at 1, which cannot be stored"),
        ({"content": "\ud83d"},
         "messages[1].content has the character U+D83D at 0, which cannot be stored"),
        ({"metadata": []}, "messages[1].metadata is a JSON array, it must be an object"),
        ({"metadata": {"a": {"b": {"c": {"d": {"e": {}}}}}}},
         "messages[1].metadata is nested deeper than 5 levels"),
        ({"metadata": {str(i): 1 for i in range(101)}},
         "messages[1].metadata has 101 keys, at most 100"),
        ({"metadata": {"a": float("inf")}},
         "messages[1].metadata has the number inf, which JSON does not know"),
        ({"metadata": {"a": 10**30}},
         "messages[1].metadata cannot be written as JSON: Integer exceeds 64-bit range"),
        ({"clientMessageId": ""},
         "messages[1].clientMessageId is empty, at least 1 character is needed"),
        ({"clientMessageId": "x" * 513},
         "messages[1].clientMessageId is 513 characters long, at most 512"),
        ({"createdAt": "2026-03-02T09:30:00"},
         'DateTime "2026-03-02T09:30:00" has no offset; end it with Z or +02:00, say'),
        ({"createdAt": "yesterday"},
         '"yesterday" is not a DateTime; write it as in 2026-03-02T09:30:00Z'),
        ({"createdAt": 5}, "5 is not a DateTime; write it as in 2026-03-02T09:30:00Z"),
        ({"createdAt": "0001-01-01T00:00:00+14:00"},
         'DateTime "0001-01-01T00:00:00+14:00" is out of range, it must be from'
         " 0001-01-02T00:00:00Z to before 9999-12-31T00:00:00Z"),
        ({"createdAt": "9999-12-31T23:59:59-05:00"},
         'DateTime "9999-12-31T23:59:59-05:00" is out of range, it must be from'
         " 0001-01-02T00:00:00Z to before 9999-12-31T00:00:00Z"),
    ],
)  # fmt: skip
async def test_a_batch_with_one_bad_message_writes_nothing(
    workspace: Workspace, pool: Pool, bad: dict[str, Any], message: str
) -> None:
    refusal = await workspace.get_send_refusal("s", GOOD, {**GOOD, **bad}, GOOD)
    assert (refusal.code, refusal.message, len(refusal.errors)) == ("BAD_USER_INPUT", message, 1)
    snapshot = await take_snapshot(pool, workspace.name)
    assert {table: snapshot[table] for table in NOBODY_YET} == NOBODY_YET


@pytest.mark.parametrize("count", [0, 101])
async def test_a_batch_has_1_to_100_messages(workspace: Workspace, pool: Pool, count: int) -> None:
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.get_send_refusal("s", *[GOOD] * count)
    assert (refusal.code, refusal.message) == (
        "BAD_USER_INPUT",
        f"messages has {count} entries, 1 to 100 are allowed",
    )


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ("", "session name is empty, at least 1 character is needed"),
        ("x" * 513, "session name is 513 characters long, at most 512"),
        ("\x9f", "session name '\\x9f' has a control character"),
    ],
)
async def test_a_session_that_cannot_be_is_not_created(
    workspace: Workspace, pool: Pool, session: str, message: str
) -> None:
    async with nothing_changes(pool, workspace.name):
        refusal = await workspace.get_send_refusal(session, GOOD)
    assert (refusal.code, refusal.message) == ("BAD_USER_INPUT", message)


async def test_a_missing_workspace_is_not_created_by_sending(client: Client, pool: Pool) -> None:
    name = f"w-{uuid.uuid4().hex[:12]}"
    refusal = await Workspace(client, name).get_send_refusal("s", GOOD)
    assert (refusal.code, refusal.message) == ("NOT_FOUND", f'workspace "{name}" does not exist')
    assert not await pool.fetchval("SELECT count(*) FROM workspace WHERE name = $1", name)


async def test_the_largest_message_fits(workspace: Workspace) -> None:
    content = "🥚" * 25_000
    await workspace.send("s", {"peer": "al", "content": content})
    assert await workspace.list_contents("s") == [content]
    await workspace.derive()


@pytest.mark.parametrize(
    "operation",
    [
        'session(name: "s") { messages(vantage: "no") { totalCount } }',
        'session(name: "s") { context(vantage: "no") { tokenCount } }',
    ],
)
async def test_a_vantage_that_does_not_exist_is_refused(
    workspace: Workspace, operation: str
) -> None:
    await workspace.say("s", "al", "Hello!")
    refusal = await workspace.client.get_refusal(
        f"query($name: String!) {{ workspace(name: $name) {{ {operation} }} }}",
        name=workspace.name,
    )
    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        'peer "no" does not exist in this workspace',
    )
