"""Relay's global object identification: every node's id says what it is and which."""

from typing import TypeVar
from uuid import UUID

import strawberry

from core.errors import BadInput


@strawberry.interface(description="Anything with a global id, for `node(id:)`.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Global and opaque; never reused. Stays the same as long as the thing exists."
    )


NodeType = TypeVar("NodeType", bound=Node)


def to_node_id(prefix: str, id_: UUID) -> strawberry.ID:
    """Writes a global id, as in `peer_0190…`."""
    return strawberry.ID(f"{prefix}_{id_.hex}")


def from_node_id(node_id: str) -> tuple[str, UUID]:
    """Returns the prefix and the row id; raises BadInput if it is no id of ours."""
    prefix, underscore, tail = node_id.rpartition("_")
    try:
        if not underscore or len(tail) != 32:
            raise ValueError
        return prefix, UUID(hex=tail)
    except ValueError:
        raise BadInput(f'"{node_id[:80]}" is not an id; use one this API returned') from None


def from_node_id_of(prefix: str, node_id: str) -> UUID:
    """Returns the row id; raises BadInput if it is the id of something else."""
    found, id_ = from_node_id(node_id)
    if found != prefix:
        raise BadInput(f'"{node_id[:80]}" is the id of a {found}, not of a {prefix}')
    return id_
