"""The current time, always aware and in UTC."""

from datetime import UTC, datetime


def get_now() -> datetime:
    return datetime.now(UTC)
