"""Settings come from the environment, once, and are refused before anything starts."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.model_client.purpose import Purpose
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
        "model_base_url": "http://h/v1",
        "model_api_key": "sk",
        "model_name": "m",
        "model_fallback_base_url": "https://f/v1",
        "model_fallback_api_key": "fk",
        "model_fallback_name": "f",
        "model_timeout_s": 1.5,
        "model_calls_at_once": 2,
        "model_daily_tokens": 9,
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
        ("model_base_url", "ftp://h"),
        ("model_timeout_s", 0),
        ("model_calls_at_once", 0),
        ("model_daily_tokens", 0),
        ("model_roles", {"think": "m"}),
        ("log_level", "loud"),
        ("hots", "localhost"),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**{name: value})  # type: ignore[arg-type]
    assert [error["loc"][0] for error in refusal.value.errors()] == [name]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model_name": "m"}, "VANTAGE_MODEL_BASE_URL and VANTAGE_MODEL_NAME need each other"),
        ({"model_base_url": "http://h"}, "VANTAGE_MODEL_BASE_URL and VANTAGE_MODEL_NAME need each"),
        ({"model_roles": {"chat": "m"}}, "VANTAGE_MODEL_ROLES and .* need a model"),
        ({"model_fallback_name": "m"}, "VANTAGE_MODEL_FALLBACK_NAME need a model"),
        ({"model_fallback_api_key": "k"}, "a fallback needs VANTAGE_MODEL_FALLBACK_NAME"),
    ],
)
def test_half_a_model_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings(**given)


def test_roles_are_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_MODEL_BASE_URL", "http://h/v1")
    monkeypatch.setenv("VANTAGE_MODEL_NAME", "m")
    monkeypatch.setenv("VANTAGE_MODEL_ROLES", '{"derive": "small"}')
    assert Settings().model_roles == {Purpose.DERIVE: "small"}


def test_several_values_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_ALLOWED_HOSTS", "memory.example, vantage.internal")
    monkeypatch.setenv("VANTAGE_ALLOWED_ORIGINS", "https://app.example,http://[::1]:3000")
    settings = Settings()
    assert settings.allowed_hosts == ("memory.example", "vantage.internal")
    assert settings.allowed_origins == ("https://app.example", "http://[::1]:3000")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allowed_hosts", ""),
        ("allowed_hosts", "memory.example,"),
        ("allowed_hosts", "memory.example:8000"),
        ("allowed_hosts", "*"),
        ("allowed_origins", "*"),
        ("allowed_origins", "null"),
        ("allowed_origins", "app.example"),
        ("allowed_origins", "https://app.example/"),
        ("allowed_origins", "https://App.example"),
    ],
)
def test_one_of_several_values_that_is_not_valid_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**{name: value})  # type: ignore[arg-type]
    assert {error["loc"][0] for error in refusal.value.errors()} == {name}


def test_settings_do_not_change_once_read() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1
