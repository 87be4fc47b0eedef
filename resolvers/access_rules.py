"""The rules of who may do what, by field; docs/access.md has them in words.

Every field that does more than return what its object already has is here, and fields of objects
that are reached only through what was allowed: those are ANYBODY's. tests/access walks them all.
"""

from collections.abc import Mapping

from resolvers.access import (
    ANYBODY,
    OWNER,
    Rule,
    allow,
    creates_only_its_own,
    leaves_itself,
    lets_others_in,
    names_its_session,
    names_itself,
    of_itself,
    reads_as_itself,
    sees_as_itself,
    without,
    writes_as_itself,
)

_VIEW = Rule(
    peer=without("scope", reads_as_itself("observer")),
    session=without("scope", allow),
)
_WITNESSED = Rule(peer=reads_as_itself("vantage"), session=allow)
_FOLLOWED_VIEW = Rule(peer=without("scope", reads_as_itself("observer")))

_QUERY = {
    "Query.viewer": ANYBODY,
    # What an id stands for is looked up under the sight: resolvers/node.py.
    "Query.node": ANYBODY,
    "Query.nodes": ANYBODY,
    "Query.workspace": ANYBODY,
    "Query.workspaces": ANYBODY,
}

_WORKSPACE = {
    "Workspace.position": ANYBODY,
    "Workspace.peer": ANYBODY,
    "Workspace.peers": ANYBODY,
    "Workspace.session": ANYBODY,
    "Workspace.sessions": ANYBODY,
    "Workspace.search": Rule(
        peer=without("scope", reads_as_itself("vantage")), session=without("scope", allow)
    ),
    "Workspace.scope": OWNER,
    "Workspace.scopes": OWNER,
    "Workspace.derivation": OWNER,
    "Workspace.usage": OWNER,
    "Workspace.keys": OWNER,
    "Scope.sessions": OWNER,
    "Derivation.deadItems": OWNER,
    "Derivation.pausedUntil": OWNER,
}

_PEER = {
    # Whom else it meets, and where, is not for others to know.
    "Peer.sessions": Rule(peer=of_itself, session=allow),
    "Peer.messages": Rule(peer=of_itself),
    "Peer.representation": _VIEW,
    "Peer.conclusions": _VIEW,
    "Peer.card": _VIEW,
    "Peer.chat": Rule(peer=without("scope", of_itself), session=without("scope", allow)),
    "Peer.search": Rule(peer=of_itself, session=allow),
    # Who holds a model of whom is a matter of the other one's view.
    "Peer.observers": OWNER,
    "Peer.observes": Rule(peer=of_itself),
}

_SESSION = {
    "Session.configuration": ANYBODY,
    "Session.members": ANYBODY,
    "Session.messages": _WITNESSED,
    "Session.search": _WITNESSED,
    "Session.summaries": _WITNESSED,
    "Session.context": Rule(peer=sees_as_itself, session=allow),
}

# Reached only through what was allowed, and read under the vantage that it was read under.
_INSIDE = dict.fromkeys(
    (
        "Membership.peer",
        "Membership.session",
        "Message.author",
        "Message.session",
        "Message.witnesses",
        "Message.conclusions",
        "Conclusion.observed",
        "Conclusion.observer",
        "Conclusion.messages",
        "Conclusion.premises",
        "Conclusion.supersededBy",
        "Representation.observer",
        "Representation.observed",
        "PeerCard.observer",
        "PeerCard.observed",
        "Context.openai",
        "Context.anthropic",
        "Event.session",
        "Event.peer",
        "SummaryHit.session",
        "SendMessagesPayload.session",
        "Connection.totalCount",
    ),
    ANYBODY,
)

_MUTATION = {
    "Mutation.createWorkspace": Rule(workspace=creates_only_its_own),
    "Mutation.updateWorkspace": OWNER,
    "Mutation.deleteWorkspace": OWNER,
    "Mutation.createPeer": OWNER,
    "Mutation.updatePeer": Rule(peer=names_itself("peer")),
    "Mutation.deletePeer": OWNER,
    "Mutation.createSession": OWNER,
    "Mutation.updateSession": Rule(session=names_its_session),
    "Mutation.deleteSession": OWNER,
    "Mutation.cloneSession": OWNER,
    "Mutation.joinSession": Rule(peer=lets_others_in, session=names_its_session),
    "Mutation.leaveSession": Rule(peer=leaves_itself, session=names_its_session),
    "Mutation.sendMessages": Rule(peer=writes_as_itself, session=names_its_session),
    "Mutation.importFile": Rule(peer=names_itself("peer"), session=names_its_session),
    "Mutation.updateMessage": OWNER,
    "Mutation.deleteMessages": OWNER,
    "Mutation.createConclusions": OWNER,
    "Mutation.deleteConclusion": OWNER,
    "Mutation.setPeerCard": OWNER,
    "Mutation.createScope": OWNER,
    "Mutation.updateScope": OWNER,
    "Mutation.deleteScope": OWNER,
    "Mutation.derive": OWNER,
    "Mutation.retryDeadWork": OWNER,
    "Mutation.dream": OWNER,
    "Mutation.createKey": OWNER,
    # A key may always end itself: resolvers/key.py.
    "Mutation.revokeKey": ANYBODY,
}

_SUBSCRIPTION = {
    "Subscription.messages": Rule(peer=reads_as_itself("vantage"), session=names_its_session),
    "Subscription.representation": _VIEW,
    "Subscription.events": OWNER,
    "Subscription.derivation": OWNER,
}

RULES: Mapping[str, Rule] = {
    **_QUERY,
    **_WORKSPACE,
    **_PEER,
    **_SESSION,
    **_INSIDE,
    **_MUTATION,
    **_SUBSCRIPTION,
}
