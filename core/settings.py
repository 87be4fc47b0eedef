"""Settings, read once from the environment (prefix `VANTAGE_`) and validated at start."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.model_client.purpose import Purpose

HttpUrl = Annotated[str, Field(pattern="^https?://")]
PositiveSeconds = Annotated[float, Field(gt=0, le=86_400)]
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
Origin = Annotated[str, Field(pattern=r"^https?://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[0-9]+)?$")]


def _split(value: object) -> object:
    """Reads `a, b` from the environment."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Several = BeforeValidator(_split)


class Settings(BaseSettings):
    """Every knob of the server. docs/operating.md lists them; a test keeps the two equal."""

    model_config = SettingsConfigDict(env_prefix="VANTAGE_", frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    auth: bool = False
    """Whether callers need a key; if not, whoever reaches the server may do everything."""
    allowed_hosts: Annotated[tuple[HostName, ...], NoDecode, Several] = ()
    """Names that lead here; none: on loopback its own names, elsewhere any."""
    allowed_origins: Annotated[tuple[Origin, ...], NoDecode, Several] = ()
    """Origins whose pages may use the API, beside its own."""
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
    hints: bool = True
    """Whether processes on one external database tell each other of news at once."""
    bus_url: Annotated[str, Field(pattern="^rediss?://")] | None = None
    """What carries these hints; none: the database."""
    model_base_url: HttpUrl | None = None
    """Where a language model is asked, over the OpenAI protocol; none: the built-in reasoner."""
    model_api_key: str | None = None
    model_name: Annotated[str, Field(min_length=1)] | None = None
    """The model that is asked for everything ..."""
    model_roles: dict[Purpose, Annotated[str, Field(min_length=1)]] = {}
    """... but for what other models of the same endpoint are named for here."""
    model_fallback_base_url: HttpUrl | None = None
    """Where the fallback is asked; none: at the same endpoint."""
    model_fallback_api_key: str | None = None
    model_fallback_name: Annotated[str, Field(min_length=1)] | None = None
    """The model that is asked when the others fail."""
    model_timeout_s: PositiveSeconds = 60.0
    """How long one call may take, from the first byte sent to the last one read."""
    model_calls_at_once: Annotated[int, Field(ge=1, le=1_000)] = 8
    """Calls in flight per purpose and process."""
    model_daily_tokens: Annotated[int, Field(ge=1)] | None = None
    """Tokens that a workspace may use in a day (UTC), in and out; none: as many as it needs."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @model_validator(mode="after")
    def _check_model(self) -> "Settings":
        """A model is given whole or not at all; half of one would be silently no model."""
        if (self.model_base_url is None) != (self.model_name is None):
            raise ValueError("VANTAGE_MODEL_BASE_URL and VANTAGE_MODEL_NAME need each other")
        has_more = bool(self.model_roles) or self.model_fallback_name is not None
        if has_more and self.model_name is None:
            raise ValueError("VANTAGE_MODEL_ROLES and VANTAGE_MODEL_FALLBACK_NAME need a model")
        has_place = self.model_fallback_base_url or self.model_fallback_api_key
        if has_place and self.model_fallback_name is None:
            raise ValueError("a fallback needs VANTAGE_MODEL_FALLBACK_NAME")
        return self
