"""The root of mutations."""

import strawberry

from schema.mutations.conclusion import ConclusionMutation
from schema.mutations.derivation import DerivationMutation
from schema.mutations.file import FileMutation
from schema.mutations.forget import ForgetMutation
from schema.mutations.key import KeyMutation
from schema.mutations.message import MessageMutation
from schema.mutations.peer import PeerMutation
from schema.mutations.scope import ScopeMutation
from schema.mutations.session import SessionMutation
from schema.mutations.workspace import WorkspaceMutation


@strawberry.type(description="Everything that can be changed. Doing it again changes nothing more.")
class Mutation(
    WorkspaceMutation,
    PeerMutation,
    SessionMutation,
    MessageMutation,
    FileMutation,
    ConclusionMutation,
    ScopeMutation,
    DerivationMutation,
    ForgetMutation,
    KeyMutation,
):
    """All mutations, by entity."""
