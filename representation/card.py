"""Peer cards: which claims are stable facts about who a peer is."""

from representation.claim import Claim

CARD_LINES = 20

_IDENTITY_TOPICS = frozenset(
    {
        "name",
        "age",
        "birthday",
        "home",
        "hometown",
        "origin",
        "nationality",
        "native language",
        "job",
        "employer",
        "school",
        "relationship",
        "email",
        "phone",
    }
)
_FAVORITE = "favorite "


def is_identity(claim: Claim) -> bool:
    """Tells whether a statement belongs on a card: what holds one value, and for long."""
    topic = claim.topic or ""
    return topic in _IDENTITY_TOPICS or topic.startswith(_FAVORITE)
