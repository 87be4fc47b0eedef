"""What resolvers work with: one set per server process, made at start, and whom they work for."""

from dataclasses import dataclass, field

from core.hints import Hints
from core.queue import WakeUps
from core.settings import Settings
from models.database import Pool
from models.sight import OPEN, Sight
from representation.embed.embedder import Embedder
from representation.embed.lexical import LexicalEmbedder
from representation.reasoner import Reasoner
from resolvers.key_watch import KeyWatch
from resolvers.live import Tails
from resolvers.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the server that outlive a request, and the sight that the request has."""

    settings: Settings
    pool: Pool
    hints: Hints
    wake_ups: WakeUps
    reasoner: Reasoner
    outbox: Outbox
    tails: Tails
    key_watch: KeyWatch
    sight: Sight = OPEN
    """Whose request it is; each has a copy of its own (schema/context.py)."""
    embedder: Embedder = field(default_factory=LexicalEmbedder)
