"""`vantage keys`: keys made, listed and revoked where the database is, with or without a server.

It needs no key itself: whoever can reach the database can do everything anyway.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from rich.console import Console
from rich.table import Table

from core.clock import get_now
from core.errors import NotFound, SetupError, VantageError
from core.settings import Settings
from models.database import AWAY, Pool, open_pool
from models.key import KeyRow, find_key, list_keys, revoke_key
from models.sight import KeyKind
from models.workspace import find_workspace
from resolvers.key import ANYBODY, WantedKey, create_key
from schema.key import PREFIX
from schema.node import from_node_id_of, to_node_id
from server.database import reach_database

_COLUMNS = ("id", "name", "kind", "for", "created", "expires", "last used", "revoked")


async def make_key(
    settings: Settings, wanted: WantedKey, *, days: float | None, console: Console
) -> None:
    """Makes a key, for so many days, and prints its secret alone, so that it can be piped."""
    if days is not None:
        wanted = replace(wanted, expires_at=get_now() + timedelta(days=days))
    async with _open_database(settings) as pool:
        row, secret = await create_key(pool, ANYBODY, wanted)
        if secret is None:
            raise SetupError(f'key "{row.name}" is there already; its secret was told once')
        console.print(secret, soft_wrap=True, highlight=False, markup=False)


async def print_keys(settings: Settings, workspace: str | None, console: Console) -> None:
    """Prints the keys of a workspace, or those that are for all of them."""
    async with _open_database(settings) as pool:
        workspace_id = None if workspace is None else await _get_workspace_id(pool, workspace)
        table = Table(*_COLUMNS)
        for row in await list_keys(pool, workspace_id):
            table.add_row(*_to_cells(row))
        console.print(table)


async def end_key(settings: Settings, node_id: str, *, grace_s: int, console: Console) -> None:
    """Revokes a key by its id; running servers find out within VANTAGE_POLL_S."""
    async with _open_database(settings) as pool:
        id_ = from_node_id_of(PREFIX, node_id)
        await revoke_key(pool, id_, grace_s=grace_s)
        row = await find_key(pool, id_)
        if row is None or row.revoked_at is None:
            raise NotFound(f"key {node_id} does not exist")
        console.print(f'Key "{row.name}" is refused from {row.revoked_at.isoformat()} on.')


@asynccontextmanager
async def _open_database(settings: Settings) -> AsyncIterator[Pool]:
    async with reach_database(settings) as dsn:
        pool = await open_pool(dsn, connections=2)
        try:
            yield pool
        except VantageError as error:
            raise SetupError(str(error)) from error
        except AWAY as error:
            raise SetupError(f"the database went away ({type(error).__name__})") from error
        finally:
            pool.terminate()


async def _get_workspace_id(pool: Pool, name: str) -> UUID:
    workspace = await find_workspace(pool, name)
    if workspace is None:
        raise NotFound(f'workspace "{name}" does not exist')
    return workspace.id


def _to_cells(row: KeyRow) -> list[str]:
    subject = [name for name in (row.workspace, row.peer, row.session) if name is not None]
    times = (row.created_at, row.expires_at, row.last_used_at, row.revoked_at)
    return [
        to_node_id(PREFIX, row.id),
        row.name,
        KeyKind(row.kind).value.lower(),
        " / ".join(subject),
        *("" if time is None else time.isoformat(timespec="seconds") for time in times),
    ]
