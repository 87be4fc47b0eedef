"""Terms as the numbers that the database finds them by."""

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID


def to_term_keys(workspace_id: UUID, terms: Iterable[str]) -> list[int]:
    """Returns a signed 64-bit digest of each term, another one in each workspace.

    What is looked up in the index of one workspace so never meets the entries of another.
    """
    key = workspace_id.bytes
    return [
        int.from_bytes(blake2b(term.encode(), digest_size=8, key=key).digest(), signed=True)
        for term in terms
    ]
