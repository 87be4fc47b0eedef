"""What workers work with: one set per worker process, bound to its event loop."""

from dataclasses import dataclass, field

from core.hints import Hints
from core.settings import Settings
from models.database import Pool
from representation.embed.embedder import Embedder
from representation.embed.lexical import LexicalEmbedder
from representation.reasoner import Reasoner


@dataclass(frozen=True, slots=True)
class Workshop:
    """The parts of a worker process that outlive a work item."""

    settings: Settings
    pool: Pool
    hints: Hints
    reasoner: Reasoner
    embedder: Embedder = field(default_factory=LexicalEmbedder)
