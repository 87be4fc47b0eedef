"""What of the OpenAI protocol a model understands: tried from the top, down to plain text."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Format(StrEnum):
    """How an endpoint is asked for JSON, the surest way first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"


_NEXT_FORMAT = {Format.JSON_SCHEMA: Format.JSON_OBJECT, Format.JSON_OBJECT: Format.TEXT}

# The newer name first; models that reason take no other, many servers know only the older.
_NEXT_LIMIT = {"max_completion_tokens": "max_tokens", "max_tokens": None}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way of asking; the first one asks for everything there is."""

    format: Format = Format.JSON_SCHEMA
    has_temperature: bool = True
    """Models that reason refuse it."""
    limit: str | None = "max_completion_tokens"
    """The parameter that bounds the answer."""

    def simplify(self, complaint: str) -> "Dialect | None":
        """Returns what to try after a refusal, or None if nothing is left to leave out.

        A complaint that names a parameter is believed; otherwise the format goes first, since
        that is what most endpoints lack.
        """
        if self.has_temperature and "temperature" in complaint:
            return replace(self, has_temperature=False)
        if self.limit and self.limit in complaint:
            return replace(self, limit=_NEXT_LIMIT[self.limit])
        if self.format in _NEXT_FORMAT:
            return replace(self, format=_NEXT_FORMAT[self.format])
        if self.has_temperature:
            return replace(self, has_temperature=False)
        return replace(self, limit=_NEXT_LIMIT[self.limit]) if self.limit else None
