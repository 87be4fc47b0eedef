"""The interface every embedder implements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Vector = list[float]
"""Of length 1, so that the cosine of two is their product."""


@dataclass(frozen=True, slots=True)
class Space:
    """Where vectors can be compared: those of one model and one length."""

    model: str
    dimensions: int

    def __str__(self) -> str:
        return f"{self.model}/{self.dimensions}"


class Embedder(Protocol):
    """Places texts so that what is alike lies close together."""

    @property
    def space(self) -> Space:
        """Where its vectors lie."""

    @property
    def least_likeness(self) -> float:
        """The cosine from which on two texts that share no word are taken to be alike."""

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Returns a vector for each text; one with nothing to go by gets zeros."""
