"""A long conversation for the demo, the same every time."""

_TURNS = (
    ("ada", "Day {day}: I walked {km} kilometres before lunch."),
    ("ben", "I carried the tent today and my shoulders hurt."),
    ("guide", "You did well. The next hut is {next} kilometres away."),
    ("ada", "I saw {birds} eagles above the ridge."),
    ("ben", "My water bottle holds {litres} litres, that was enough."),
    ("guide", "Rest early. We leave at {hour} tomorrow morning."),
)


def list_long_conversation(count: int) -> list[tuple[str, str]]:
    """Returns `count` pairs of peer and content, six a day."""
    return [_create_turn(i) for i in range(count)]


def _create_turn(i: int) -> tuple[str, str]:
    day, turn = divmod(i, len(_TURNS))
    peer, template = _TURNS[turn]
    content = template.format(
        day=day + 1,
        km=8 + day % 7,
        next=11 + day % 5,
        birds=2 + day % 4,
        litres=1 + day % 3,
        hour=5 + day % 3,
    )
    return peer, content
