"""What arguments are if nothing is said: null means the same as leaving them out."""

CONCLUSIONS = 25
CONTEXT_TOKENS = 4_000
DEAD_ITEMS = 20
GRACE_S = 0
SEARCH_HITS = 10
WAIT_MS = 0


def fill(value: int | None, default: int) -> int:
    """Returns `value`, or the default in place of null."""
    return default if value is None else value
