"""Owners in other processes, and what is running or lying in a data directory."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from core.embedded_postgres import EmbeddedPostgres
from core.postmaster import has_ended

ROOT = Path(__file__).parents[3]

# Another process that owns a data directory, runs a query and waits. After a Ctrl-C it asks the
# server once more before it stops it.
OWNER = """
import asyncio, os, signal, sys
from pathlib import Path
import asyncpg, structlog
from core.embedded_postgres import EmbeddedPostgres

async def main(data_dir, query, user_id):
    await asyncio.to_thread(os.getpid)  # imported while root can still read the interpreter
    if user_id:
        os.setgroups([])
        os.setgid(int(user_id))
        os.setuid(int(user_id))
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    server = await EmbeddedPostgres.start(Path(data_dir))
    connection = await asyncpg.connect(server.dsn())
    await asyncio.wait([asyncio.create_task(connection.execute(query))], timeout=0.2)
    print("ready", flush=True)
    await interrupted.wait()
    print(await connection.fetchval("SELECT 'still there'"), flush=True)
    await connection.close()
    await server.stop()

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main(*sys.argv[1:]))
"""


@contextmanager
def new_data_dir() -> Iterator[Path]:
    # Not tmp_path: pytest closes its directories again whenever another run of it starts.
    parent = Path(tempfile.mkdtemp(prefix="vantage-test-"))
    try:
        yield parent / ".vantage"
    finally:
        kill_processes_below(parent)
        shutil.rmtree(parent)


def kill_processes_below(directory: Path) -> None:
    processes = processes_below(directory)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)


async def start_and_stop(data_dir: Path) -> None:
    async with running(data_dir):
        pass


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = await EmbeddedPostgres.start(data_dir)
    try:
        yield server
    finally:
        await server.stop()


async def fetch(server: EmbeddedPostgres, query: str) -> Any:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@contextmanager
def launched_owner(
    data_dir: Path, query: str = "SELECT 1", user_id: str = ""
) -> "Iterator[subprocess.Popen[str]]":
    """An owner that may not be ready yet; leaving the block kills it (-9) if it still lives."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data_dir), query, user_id],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield owner
    finally:
        owner.kill()
        owner.communicate()


@contextmanager
def ready_owner(
    data_dir: Path, query: str = "SELECT 1", user_id: str = ""
) -> "Iterator[subprocess.Popen[str]]":
    with launched_owner(data_dir, query, user_id) as owner:
        assert read_line(owner) == "ready"
        yield owner


def read_line(owner: "subprocess.Popen[str]") -> str:
    assert owner.stdout is not None
    return owner.stdout.readline().strip()


def wait_for(directory: Path, pattern: str) -> None:
    deadline = time.monotonic() + 10
    while not list(directory.glob(pattern)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def processes_below(directory: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(directory):
                found.append(process)
    return found


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and not has_ended(psutil.Process(pid))


def write_stale_pid_files(data_dir: Path, pid: int) -> None:
    """What a crash of the machine leaves, once the postmaster's pid belongs to someone else."""
    cluster = data_dir / "postgres"
    content = f"{pid}\n{cluster}\n1700000000\n5432\n{cluster}\n\n0 0\nready\n"
    (cluster / "postmaster.pid").write_text(content)
    (cluster / ".s.PGSQL.5432.lock").write_text(content)


@contextmanager
def moved(source: Path, target: Path) -> Iterator[Path]:
    target.parent.mkdir()
    source.rename(target)
    try:
        yield target
    finally:
        target.rename(source)


def list_names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def snapshot(directory: Path) -> dict[Path, tuple[int, ...]]:
    return {
        path: (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns, status.st_ino)
        for path in (directory, *directory.rglob("*"))
        for status in [path.stat()]
    }
