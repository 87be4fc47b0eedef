"""Who may import a file: whoever may say what is in it."""

import pytest

from tests.access.house import PEER, ROOM, SELF, SESSION, WORKSPACE, House
from tests.client import Refused
from tests.files import import_file


@pytest.mark.parametrize(
    ("kind", "peer", "session", "code"),
    [
        (PEER, SELF, ROOM, None),
        (PEER, "bob", ROOM, "FORBIDDEN"),
        (PEER, SELF, "den", "NOT_FOUND"),
        (SESSION, "bob", ROOM, None),
        (SESSION, SELF, "den", "NOT_FOUND"),
        (WORKSPACE, "bob", "den", None),
    ],
)
async def test_a_key_imports_as_it_sends(
    house: House, kind: str, peer: str, session: str, code: str | None
) -> None:
    given = {"workspace": house.own.name, "session": session, "peer": peer}
    client, refused = house.clients[kind], None
    try:
        told = await import_file(client, b"I ate eggs.", **given)
        assert told["messages"][0]["author"] == {"name": peer}
    except Refused as refusal:
        refused = refusal.code
    assert refused == code
    foreign = {**given, "workspace": house.foreign.name}
    with pytest.raises(Refused) as refusal:
        await import_file(client, b"I ate eggs.", **foreign)
    assert refusal.value.code in ("NOT_FOUND", "FORBIDDEN")
