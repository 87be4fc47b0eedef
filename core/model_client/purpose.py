"""What models are asked for."""

from enum import StrEnum


class Purpose(StrEnum):
    """Each may have a model of its own, and has a limit of its own on calls at once."""

    DERIVE = "derive"
    SUMMARISE = "summarise"
    DREAM = "dream"
    CHAT = "chat"
