"""`vantage export` and `vantage import`: a workspace as lines of JSON, in one stream.

The first line says what follows: the workspace, the columns of each table, and how many rows. Each
further line is a row and its table. The last one says how many there were: a file that was cut off
is not taken for a whole one. Neither asks a model.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import asyncpg
import orjson
from rich.console import Console
from rich.progress import Progress

from core.errors import SetupError
from core.settings import Settings
from models import archive
from models.archive import PARTS, Part
from models.database import Connection, Pool, open_pool, transaction
from models.workspace import find_workspace
from server.database import reach_database

FORMAT = 1
ROWS_PER_WRITE = 500
LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Header:
    workspace: str
    workspace_id: UUID
    columns: dict[str, list[str]]
    counts: dict[str, int]

    def to_line(self) -> bytes:
        told = {
            "vantage": FORMAT,
            "workspace": self.workspace,
            "id": str(self.workspace_id),
            "columns": self.columns,
            "counts": self.counts,
        }
        return orjson.dumps(told) + b"\n"


@dataclass(frozen=True, slots=True)
class _Row:
    place: int
    """The number of its line."""
    table: str
    line: bytes


async def export_to_file(settings: Settings, workspace: str, path: Path, console: Console) -> None:
    """Writes a new file, whole or not at all."""
    with _create(path) as file, Progress(console=console) as progress:
        async with _open_database(settings) as pool:
            count = await export_workspace(pool, workspace, file, progress)
    console.print(f"{count} rows are in {path}.", soft_wrap=True)


async def import_from_file(settings: Settings, path: Path, console: Console) -> None:
    try:
        file = path.open("rb")
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from error
    with file, Progress(console=console) as progress:
        async with _open_database(settings) as pool:
            name, count = await import_workspace(pool, file, progress)
    console.print(f'Workspace "{name}" is there, {count} rows.', soft_wrap=True)


@contextmanager
def _create(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file, and takes it away again if it is not written to the end."""
    try:
        file = path.open("xb")
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with file:
            yield file
    except BaseException:
        path.unlink()
        raise


async def export_workspace(pool: Pool, name: str, file: BinaryIO, progress: Progress) -> int:
    """Writes a workspace as it is at one moment; returns how many rows it has."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        header = await _describe(connection, name)
        bar = progress.add_task("export", total=sum(header.counts.values()))
        file.write(header.to_line())
        for part in PARTS.values():
            async for row in archive.list_rows(connection, part, header.workspace_id):
                file.write(f'{{"table":"{part.table}","row":{row}}}\n'.encode())
                progress.advance(bar)
    count = sum(header.counts.values())
    file.write(orjson.dumps({"end": count}) + b"\n")
    return count


async def import_workspace(pool: Pool, file: BinaryIO, progress: Progress) -> tuple[str, int]:
    """Writes all of a file or nothing; returns the workspace's name and how many rows it has.

    Raises SetupError: it is no whole export, or the workspace is there already.
    """
    header = _read_header(file)
    bar = progress.add_task("import", total=sum(header.counts.values()))
    if await find_workspace(pool, header.workspace) is not None:
        raise SetupError(f'workspace "{header.workspace}" is there already; delete it first')
    async with transaction(pool) as connection:
        columns = {
            part.table: await _check_columns(connection, part, header)
            for part in _list_parts(header)
        }
        count = 0
        for table, rows in groupby(_list_rows(file, header), key=lambda row: row.table):
            for batch in _list_batches(rows):
                await _write(connection, header, PARTS[table], columns[table], batch)
                count += len(batch)
                progress.update(bar, advance=len(batch))
        await archive.finish_import(connection, header.workspace_id)
    return header.workspace, count


async def _describe(connection: Connection, name: str) -> _Header:
    workspace = await find_workspace(connection, name)
    if workspace is None:
        raise SetupError(f'workspace "{name}" does not exist')
    return _Header(
        workspace=name,
        workspace_id=workspace.id,
        columns={
            part.table: await archive.list_columns(connection, part) for part in PARTS.values()
        },
        counts={
            part.table: await archive.count_rows(connection, part, workspace.id)
            for part in PARTS.values()
        },
    )


def _read_header(file: BinaryIO) -> _Header:
    told = _read_line(file, 1)
    if told.get("vantage") != FORMAT:
        raise SetupError(f"line 1 does not begin an export of format {FORMAT}")
    try:
        return _Header(
            workspace=str(told["workspace"]),
            workspace_id=UUID(told["id"]),
            columns={table: list(map(str, names)) for table, names in told["columns"].items()},
            counts={table: int(count) for table, count in told["counts"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SetupError(f"line 1 is no header of an export: {error!r}") from None


def _list_parts(header: _Header) -> list[Part]:
    unknown = header.columns.keys() - PARTS.keys()
    if unknown:
        raise SetupError(f'this version knows no table "{min(unknown)}"; a newer one wrote this')
    return [PARTS[table] for table in header.columns]


async def _check_columns(connection: Connection, part: Part, header: _Header) -> list[str]:
    """Returns the columns of a table in the file; later ones get what they are by default."""
    known = set(await archive.list_columns(connection, part))
    for column in header.columns[part.table]:
        if column not in known:
            raise SetupError(
                f'this version knows no column "{column}" of {part.table}; a newer one wrote this'
            )
    return header.columns[part.table]


def _list_rows(file: BinaryIO, header: _Header) -> Iterator[_Row]:
    """Yields the rows up to the line that ends them; raises SetupError if that never comes."""
    place = 1
    while True:
        place += 1
        line = _take_line(file, place)
        told = _parse(line, place)
        if "end" in told:
            if told["end"] != place - 2:
                raise SetupError(f"{place - 2} rows are there, {told['end']} were written")
            return
        if told.get("table") not in header.columns or not isinstance(told.get("row"), dict):
            raise SetupError(f"line {place} is not a row of a table that line 1 names")
        yield _Row(place, told["table"], line)


def _take_line(file: BinaryIO, place: int) -> bytes:
    line = file.readline(LINE_BYTES)
    if not line.endswith(b"\n"):
        raise SetupError(f"line {place} is cut off or missing; the file is not whole")
    return line


def _read_line(file: BinaryIO, place: int) -> dict[str, Any]:
    return _parse(_take_line(file, place), place)


def _parse(line: bytes, place: int) -> dict[str, Any]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SetupError(f"line {place} is not JSON: {error}") from None
    if not isinstance(told, dict):
        raise SetupError(f"line {place} is not a JSON object")
    return told


def _list_batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_PER_WRITE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _write(
    connection: Connection, header: _Header, part: Part, columns: list[str], batch: list[_Row]
) -> None:
    # As they stand: PostgreSQL keeps numbers that a Python float would round.
    rows = b"[" + b",".join(row.line for row in batch) + b"]"
    lines = f"lines {batch[0].place} to {batch[-1].place}"
    try:
        written = await archive.write_rows(
            connection, part, header.workspace_id, columns, rows.decode()
        )
    except asyncpg.UniqueViolationError as error:
        raise SetupError(f"{lines}: what is in them is there already ({error.detail})") from None
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError) as error:
        raise SetupError(f"{lines} cannot be written: {error}") from None
    if written != len(batch):
        raise SetupError(f"{lines} refer to what is not in this workspace")


@asynccontextmanager
async def _open_database(settings: Settings) -> AsyncIterator[Pool]:
    async with reach_database(settings) as dsn:
        pool = await open_pool(dsn, connections=2)
        try:
            yield pool
        finally:
            pool.terminate()
