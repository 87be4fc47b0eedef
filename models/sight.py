"""Who looks: what a caller's key lets it see, as a value. The rules are in resolvers/access.py."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class KeyKind(StrEnum):
    """What a caller is."""

    OPEN = "OPEN"
    """Anybody: authentication is switched off. No key has it."""
    ADMIN = "ADMIN"
    WORKSPACE = "WORKSPACE"
    PEER = "PEER"
    SESSION = "SESSION"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen with a key. Equal for two keys of one peer, say: nothing else tells them apart.

    Of OPEN and ADMIN all ids and names are None; the others have their workspace, and PEER and
    SESSION what they are named for.
    """

    kind: KeyKind
    workspace_id: UUID | None = None
    workspace: str | None = None
    peer_id: UUID | None = None
    peer: str | None = None
    session_id: UUID | None = None
    session: str | None = None

    @property
    def is_everywhere(self) -> bool:
        """Whether it sees every workspace."""
        return self.workspace_id is None

    @property
    def is_narrow(self) -> bool:
        """Whether it sees only a part of its workspace."""
        return self.peer_id is not None or self.session_id is not None

    def reaches(self, workspace_id: UUID) -> bool:
        """Tells whether it sees anything of a workspace."""
        return self.is_everywhere or self.workspace_id == workspace_id


OPEN = Sight(KeyKind.OPEN)
"""Sees everything: nobody is asked for a key, or it is the server's own work."""
