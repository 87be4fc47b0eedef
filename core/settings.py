"""Settings, read once from the environment (prefix `VANTAGE_`) and validated at start."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PositiveSeconds = Annotated[float, Field(gt=0, le=86_400)]


class Settings(BaseSettings):
    """Every knob of the server. docs/operating.md lists them; a test keeps the two equal."""

    model_config = SettingsConfigDict(env_prefix="VANTAGE_", frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    auth: bool = False
    """Whether callers need a key; if not, whoever reaches the server may do everything."""
    data_dir: Path = Path(".vantage")
    """Where the embedded PostgreSQL lives."""
    database_url: Annotated[str, Field(pattern="^postgres(ql)?://")] | None = None
    """An external PostgreSQL; none: the embedded one."""
    database_connections: Annotated[int, Field(ge=2, le=500)] = 20
    """Connections of this process, at most: for requests; workers have as many of their own."""
    broker_url: str | None = None
    """redis://… or amqp://…, carrying wake-ups to workers; none: workers in this process."""
    worker_threads: Annotated[int, Field(ge=1, le=256)] = 8
    """How many subjects one process works on at once."""
    derive_batch_tokens: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    """A session's unread messages are derived once they hold this many tokens ..."""
    derive_batch_age_s: PositiveSeconds = 1.0
    """... or the oldest of them is this old."""
    lease_s: PositiveSeconds = 30.0
    """How long a worker may be silent before another takes its work."""
    sweep_s: PositiveSeconds = 0.5
    """How often due work is looked for; the bound on what a lost wake-up costs."""
    poll_s: PositiveSeconds = 1.0
    """How often live readers look for news that no hint told them of."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
