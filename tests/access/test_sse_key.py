"""Server-sent events under keys: asked for, obeyed, and ended with the key."""

import httpx
import pytest

from tests.access.house import PEER, House
from tests.access.test_key import FOLLOW, revoke
from tests.server_sent import EVENTS, ask
from tests.sockets import FOLLOW as FOLLOW_SESSION


async def test_without_a_key_nothing_is_followed(house: House) -> None:
    async with httpx.AsyncClient() as http:
        asked = {"query": FOLLOW, "variables": {"w": house.own.name}}
        answer = await http.post(f"{house.admin.url}/graphql", json=asked, headers=EVENTS)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_peer_follows_what_it_witnesses(house: House) -> None:
    name = house.own.workspace.name
    variables = {"workspace": name, "session": "attic", "after": 0}
    async with ask(house.admin, FOLLOW_SESSION, **variables) as body:
        assert [sequence for _, sequence in await body.take_sequences(2)] == [1, 2]
    async with ask(house.peer, FOLLOW_SESSION, **variables) as body:
        assert [sequence for _, sequence in await body.take_sequences(1)] == [1]


async def test_the_stream_ends_with_its_key(house: House) -> None:
    async with ask(house.peer, FOLLOW, w=house.own.name) as body:
        name, _, _ = await body.get_next()
        assert name == "next"
        await revoke(house.admin, house.keys[PEER])
        _, _, payload = await body.get_next()
        (error,) = payload["errors"]
        assert (error["message"], error["extensions"]["code"]) == (
            "the key was revoked or has expired",
            "UNAUTHENTICATED",
        )
        assert await body.get_next() == ("complete", None, None)
        with pytest.raises(EOFError):
            await body.get_next()
