"""What a statement claims, in a form that two statements can be compared by.

Everything in a claim comes from its one statement: what a reader cannot see never changes which
of the statements it can see are told to be the same (semantics.md, rules 7 and 12).
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from representation.attribute import find_attribute, is_denied_by, is_replaced_by
from representation.clause import read_clause
from representation.stance import find_stance, is_opposed, is_stance
from representation.words import to_plain

_GIST_BYTES = 16


class Relation(StrEnum):
    """What a later statement does to an earlier one about the same peer."""

    REPEATS = "REPEATS"
    SUPERSEDES = "SUPERSEDES"
    CONTRADICTS = "CONTRADICTS"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement, reduced to what it can be compared by."""

    gist: str
    """Equal for statements that say the same; a digest of bounded length."""
    topic: str | None
    """What the statement takes a position on; only claims of one topic can exclude each other."""
    value: str | None
    """The position; see attribute.py, and stance.py for topics with a colon."""
    is_change: bool
    """The statement itself says that something is no longer as it was."""


def read_claim(observed: str, content: str) -> Claim:
    """What `content`, in the third person or in the peer's own words, claims about `observed`."""
    clause = read_clause(observed, content)
    position = find_attribute(clause) or find_stance(clause) if clause.is_certain else None
    topic, value = position or (None, None)
    return Claim(_to_gist(clause.normal or to_plain(content)), topic, value, clause.is_change)


def find_relation(earlier: Claim, later: Claim) -> Relation | None:
    """How `later` relates to `earlier`, if it does; both are about one peer."""
    if earlier.gist == later.gist:
        return Relation.REPEATS
    if earlier.topic is None or earlier.topic != later.topic:
        return None
    one, other = earlier.value or "", later.value or ""
    if not is_stance(earlier.topic) and is_replaced_by(one, other):
        return Relation.SUPERSEDES
    excludes = is_opposed if is_stance(earlier.topic) else is_denied_by
    if not excludes(one, other):
        return None
    return Relation.SUPERSEDES if later.is_change else Relation.CONTRADICTS


def _to_gist(normal: str) -> str:
    encoded = normal.encode(errors="surrogatepass")
    return blake2b(encoded, digest_size=_GIST_BYTES).hexdigest()
