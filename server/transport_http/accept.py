"""Which of our two media types a client gets, by its Accept header."""

from functools import lru_cache

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
MEDIA_TYPES = (JSON, RESPONSE_JSON)
"""The first for clients that take either and say no more: all of them can read it."""

_EXACT, _OF_ITS_KIND, _ANY = 2, 1, 0


@lru_cache(maxsize=256)
def choose_media_type(accept: str | None) -> str | None:
    """Returns the type that the client likes best; None: it takes neither.

    Of what it likes alike, the type that it names first.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [_read_range(part) for part in accept.split(",")]
    liked = [_rate(media_type, ranges) for media_type in MEDIA_TYPES]
    best = max(liked)
    return MEDIA_TYPES[liked.index(best)] if best[0] > 0 else None


def _read_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8"):
            return name, 0.0
        if key.strip() == "q":
            quality = _read_quality(value.strip())
    return name, quality


def _read_quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _rate(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int, int]:
    """Returns quality, how closely it was named, and how early; RFC 9110, 12.5.1."""
    found = [
        (closeness, quality, -place)
        for place, (name, quality) in enumerate(ranges)
        if (closeness := _match(media_type, name)) is not None
    ]
    if not found:
        return (0.0, 0, 0)
    closeness, quality, place = max(found)
    return (quality, closeness, place)


def _match(media_type: str, name: str) -> int | None:
    if name == media_type:
        return _EXACT
    if name == "application/*":
        return _OF_ITS_KIND
    return _ANY if name in ("*/*", "*") else None
