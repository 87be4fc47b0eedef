"""What resolvers work with: one set per server process, made at start."""

from dataclasses import dataclass

from core.hints import Hints
from core.queue import WakeUps
from core.settings import Settings
from models.database import Pool
from representation.reasoner import Reasoner
from resolvers.live import Tails
from resolvers.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the server that outlive a request."""

    settings: Settings
    pool: Pool
    hints: Hints
    wake_ups: WakeUps
    reasoner: Reasoner
    outbox: Outbox
    tails: Tails
