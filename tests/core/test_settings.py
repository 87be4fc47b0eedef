"""Settings come from the environment, once, and are refused before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import Settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VANTAGE_{name.upper()}", raising=False)


def test_nothing_has_to_be_set() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.data_dir) == (
        "127.0.0.1",
        8000,
        Path(".vantage"),
    )
    assert (settings.database_url, settings.broker_url) == (None, None)


def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "host": "0.0.0.0",  # noqa: S104
        "port": 1234,
        "auth": True,
        "data_dir": Path("/elsewhere"),
        "database_url": "postgresql://u@h/d",
        "database_connections": 3,
        "broker_url": "redis://h",
        "worker_threads": 4,
        "derive_batch_tokens": 5,
        "derive_batch_age_s": 0.5,
        "lease_s": 7.5,
        "sweep_s": 0.25,
        "poll_s": 2.0,
        "log_level": "debug",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"VANTAGE_{name.upper()}", str(value))
    read = Settings().model_dump()
    assert {name: read[name] for name in values} == values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", -1),
        ("port", 65_536),
        ("port", "http"),
        ("auth", "perhaps"),
        ("database_url", "mysql://localhost/vantage"),
        ("database_connections", 1),
        ("database_connections", 501),
        ("worker_threads", 0),
        ("worker_threads", 257),
        ("derive_batch_tokens", 0),
        ("derive_batch_age_s", 0),
        ("lease_s", -1),
        ("sweep_s", 86_401),
        ("poll_s", "nan"),
        ("log_level", "loud"),
        ("hots", "localhost"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**{name: value})  # type: ignore[arg-type]
    assert [error["loc"] for error in refusal.value.errors()] == [(name,)]


def test_settings_do_not_change_once_read() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1
