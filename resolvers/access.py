"""Who may do what: the one place that decides, for every transport, before a field resolves.

What is denied here is denied by the kind of the key and by what the caller names. What a key sees
of what exists is decided in models/visibility.py; resolvers/find.py turns names into rows by it.
Whatever has no rule in resolvers/access_rules.py is refused to every key but an ADMIN's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.errors import Forbidden, NotFound
from core.limits import check_name
from models.sight import KeyKind, Sight
from models.visibility import Vantage

Arguments = Mapping[str, Any]
"""As GraphQL names them; those of a mutation are in its `input`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A field that is about to be resolved for a key of one workspace."""

    sight: Sight
    field: str
    """As in `Peer.chat`."""
    source_id: UUID | None
    """Which row the field is of, if it is of one."""
    arguments: Arguments

    @property
    def told(self) -> Arguments:
        """What the caller says, wherever it says it."""
        given = self.arguments.get("input")
        return given if isinstance(given, Mapping) else self.arguments


Decision = Callable[[Call], Arguments]
"""Returns the arguments to go on with; raises Forbidden or NotFound."""


def allow(call: Call) -> Arguments:
    return call.arguments


def refuse(call: Call) -> Arguments:
    name = call.field.removeprefix("Mutation.").removeprefix("Query.")
    raise Forbidden(f"{name} is not for {call.sight.kind} keys")


@dataclass(frozen=True, slots=True)
class Rule:
    """What each kind of key may do with a field."""

    workspace: Decision = allow
    peer: Decision = refuse
    session: Decision = refuse

    def decide(self, call: Call) -> Arguments:
        if call.sight.kind is KeyKind.WORKSPACE:
            return self.workspace(call)
        return self.peer(call) if call.sight.kind is KeyKind.PEER else self.session(call)


def check_access(
    rules: Mapping[str, Rule],
    sight: Sight,
    field: str,
    *,
    source_id: UUID | None,
    arguments: Arguments,
) -> Arguments:
    """Returns the arguments to resolve the field with; raises what the caller is told."""
    if sight.is_everywhere:
        return arguments
    call = Call(sight, field, source_id, arguments)
    _check_workspace(call)
    return rules.get(field, NOBODY).decide(call)


def _check_workspace(call: Call) -> None:
    """Another workspace is told to be none at all, whatever the field."""
    name = call.told.get("workspace")
    if name is not None and check_name("workspace name", name) != call.sight.workspace:
        raise NotFound(f'workspace "{name}" does not exist')


def reads_as_itself(argument: str) -> Decision:
    """A peer is its own observer, whether it says so or not; it names no other and not nobody."""

    def decide(call: Call) -> Arguments:
        check_observer(call.sight, call.arguments.get(argument) or call.sight.peer)
        return {**call.arguments, argument: call.sight.peer}

    return decide


def sees_as_itself(call: Call) -> Arguments:
    """As reads_as_itself, of a field that takes two names for it."""
    return reads_as_itself("observer")(
        Call(call.sight, call.field, call.source_id, reads_as_itself("vantage")(call))
    )


def of_itself(call: Call) -> Arguments:
    """Only of the peer that the key is."""
    if call.source_id != call.sight.peer_id:
        raise Forbidden(f'{call.field} of another peer is not for the key of "{call.sight.peer}"')
    return call.arguments


def names_itself(argument: str) -> Decision:
    """The peer named in an argument is the one that the key is."""

    def decide(call: Call) -> Arguments:
        _check_itself(call.sight, call.told.get(argument))
        return call.arguments

    return decide


def writes_as_itself(call: Call) -> Arguments:
    for message in call.told["messages"]:
        _check_itself(call.sight, message["peer"])
    return call.arguments


def leaves_itself(call: Call) -> Arguments:
    for name in call.told["peers"]:
        _check_itself(call.sight, name)
    return call.arguments


def lets_others_in(call: Call) -> Arguments:
    """Its own flags in a session are a peer's to set, not those of others."""
    for member in call.told["peers"]:
        if member.get("observeMe") is not None or member.get("observeOthers") is not None:
            _check_itself(call.sight, member["name"])
    return call.arguments


def names_its_session(call: Call) -> Arguments:
    """The session named is the one that the key is for; any other is told to be none."""
    name = call.told.get("session")
    if name is not None and check_name("session name", name) != call.sight.session:
        raise NotFound(f'session "{name}" does not exist in this workspace')
    return call.arguments


def without(argument: str, decide: Decision) -> Decision:
    """As `decide`, but the argument is refused: what it names is not for this kind of key."""

    def decide_without(call: Call) -> Arguments:
        if call.told.get(argument) is not None:
            raise Forbidden(f"{argument} is not for {call.sight.kind} keys")
        return decide(call)

    return decide_without


def creates_only_its_own(call: Call) -> Arguments:
    if call.told.get("name") != call.sight.workspace:
        raise Forbidden(f'this key is for workspace "{call.sight.workspace}" alone')
    return call.arguments


def _check_itself(sight: Sight, name: str | None) -> None:
    if name != sight.peer:
        raise Forbidden(f'this key is peer "{sight.peer}" and acts as that peer, not as "{name}"')


def check_observer(sight: Sight, observer: str | None) -> None:
    """Raises Forbidden unless the sight may read as that observer; None is the global view."""
    if sight.peer is None or observer == sight.peer:
        return
    told = "the global view" if observer is None else f'the view of "{observer}"'
    raise Forbidden(f'this key is peer "{sight.peer}" and reads as that peer; {told} is not for it')


def get_own_vantage(sight: Sight, workspace_id: UUID) -> Vantage:
    """Returns the widest vantage that a sight has: everything of the workspace, for most."""
    return Vantage(
        workspace_id, sight.peer_id, None if sight.session_id is None else (sight.session_id,)
    )


NOBODY = Rule(workspace=refuse)
ANYBODY = Rule(peer=allow, session=allow)
OWNER = Rule()
"""Who has the key of the workspace."""
