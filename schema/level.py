"""Levels of conclusions in GraphQL."""

from collections.abc import Sequence
from enum import Enum

import strawberry


@strawberry.enum(description="How a conclusion was arrived at.")
class Level(Enum):
    EXPLICIT = strawberry.enum_value("EXPLICIT", description="Somebody said it.")
    DEDUCTIVE = strawberry.enum_value("DEDUCTIVE", description="It follows from others.")
    INDUCTIVE = strawberry.enum_value("INDUCTIVE", description="A pattern over several.")
    CONTRADICTION = strawberry.enum_value(
        "CONTRADICTION", description="Two statements that cannot both hold."
    )


def to_level_names(levels: Sequence[Level] | None) -> list[str] | None:
    return None if levels is None else [level.name for level in levels]
