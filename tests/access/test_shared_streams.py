"""Streams are shared by who sees the same, never by who merely asks the same."""

from tests.access.house import House

FOLLOW = """
subscription($w: String!) {
  messages(workspace: $w, session: "attic", after: 0) { message { content } }
}
"""
WITNESSED = "I collect stamps."


async def test_the_same_question_of_two_keys_is_answered_by_what_each_may_see(
    house: House,
) -> None:
    workspace = house.own.workspace
    async with (
        house.admin.subscribe(FOLLOW, w=workspace.name) as all_of_it,
        house.peer.subscribe(FOLLOW, w=workspace.name) as carols,
    ):
        contents = [WITNESSED, "I am afraid of carol."]
        assert await all_of_it.take(2) == [{"message": {"content": each}} for each in contents]
        assert await carols.take(1) == [{"message": {"content": WITNESSED}}]
        for i in range(5):
            await workspace.say("attic", "alice", f"She must not hear {i}.")
            assert await all_of_it.take(1) == [{"message": {"content": f"She must not hear {i}."}}]
        await workspace.join("attic", "carol")
        await workspace.say("attic", "alice", "Welcome back.")
        for stream in (all_of_it, carols):
            assert await stream.take(1) == [{"message": {"content": "Welcome back."}}]
