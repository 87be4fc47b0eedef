"""What is left of a text in a database: `pg_dump` holds every row of every table."""

from core.postgres_cluster import find_binary
from tests.programs import run_program


async def find_traces(dsn: str, *texts: str) -> list[str]:
    """Returns the lines of a dump that hold one of the texts, however they are written."""
    dump = await run_program(find_binary("pg_dump"), "--data-only", "--inserts", dsn)
    wanted = [text.casefold() for text in texts]
    return [line for line in dump.splitlines() if any(text in line.casefold() for text in wanted)]
