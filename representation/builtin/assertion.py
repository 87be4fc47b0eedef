"""What an English sentence states, without what only greets, asks or tells others what to do."""

from representation.builtin.command import is_command
from representation.builtin.filler import is_filler, strip_opening
from representation.builtin.question import find_stated_part, is_question


def find_assertion(sentence: str) -> str | None:
    """Returns the part that states something; None if there is none."""
    stated: str | None = strip_opening(sentence)
    if stated and is_question(stated):
        stated = find_stated_part(stated)
    if not stated or is_filler(stated) or is_command(stated):
        return None
    return stated
