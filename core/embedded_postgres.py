"""The PostgreSQL that lives in a data directory: `lock`, `postgres/` and `postgres.log` in there.

This module decides the order of things. The files are in core/postgres_cluster.py, the process in
core/postmaster.py, the account it runs under in core/server_account.py. POSIX only.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
import structlog

from core.data_directory import DataDirectoryLock
from core.errors import SetupError
from core.postgres_cluster import PORT, choose_socket_dir, create_private_dir, prepare_cluster
from core.postmaster import (
    find_postmaster,
    has_ended,
    is_ready,
    launch_postmaster,
    runs_our_program,
    stop_postmaster,
)
from core.server_account import ServerAccount, choose_account
from core.thread import run_in_thread

DATABASE = "vantage"
# A server that has not answered for this long, not even "not yet", is taken for dead.
SILENCE_LIMIT_S = 10.0
# "Not yet" is believed for this long; after a crash, up to max_wal_size has to be read again.
STARTUP_LIMIT_S = 120.0
POLL_S = 0.03
LOG_TAIL_LINES = 20

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """A private PostgreSQL server with one owner: the process that started it.

    A killed owner leaves the server running, and the next owner adopts it. It could only die with
    its owner by PR_SET_PDEATHSIG, which Linux ties to the thread that forked: ours may end sooner.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._cluster = self._data_dir / "postgres"
        self._log_path = self._data_dir / "postgres.log"
        self._socket_dir = choose_socket_dir(self._cluster)
        self._lock = DataDirectoryLock(self._data_dir)
        self._postmaster: psutil.Process | None = None
        self._stopping = asyncio.Lock()

    @classmethod
    async def start(cls, data_dir: Path) -> "EmbeddedPostgres":
        """Makes this process the directory's owner and the server ready for queries.

        Raises SetupError (DataDirectoryInUse for a second owner) and leaves nothing running then.
        """
        server = cls(data_dir)
        try:
            account = await run_in_thread(server._prepare)
            if not await server._adopt():
                await server._launch(account)
            await server._create_database()
        except BaseException:
            await server.stop()
            raise
        return server

    def dsn(self, database: str = DATABASE) -> str:
        # Without a port in it, clients would look for one in PGPORT.
        socket_dir = quote(str(self._socket_dir))
        return f"postgresql://postgres@/{quote(database)}?host={socket_dir}&port={PORT}"

    async def stop(self) -> None:
        """Ends the server (open transactions roll back) and gives the directory up; idempotent."""
        async with self._stopping:
            await run_in_thread(self._stop)

    def _prepare(self) -> ServerAccount:
        try:
            # Open for passing through, because root's server runs under an account of its own.
            self._data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._lock.acquire()
            account = choose_account(self._cluster)
            prepare_cluster(self._cluster, account)
        except OSError as error:
            raise SetupError(
                f"The data directory {self._data_dir} can't be used: {error}. Choose another one "
                "(--data-dir, VANTAGE_DATA_DIR), or set VANTAGE_DATABASE_URL."
            ) from error
        return account

    async def _adopt(self) -> bool:
        """Takes over the server a killed owner left; False when there is none that can be used.

        The dead owner's connections need no care: their sockets closed with it, so an idle backend
        ends at once and a busy one within client_connection_check_interval.
        """
        postmaster = self._postmaster = await run_in_thread(lambda: find_postmaster(self._cluster))
        if postmaster is None:
            return False
        if runs_our_program(postmaster) and await self._answers(postmaster):
            log.info("embedded_postgres_adopted", pid=postmaster.pid)
            return True
        log.warning("embedded_postgres_replaced", pid=postmaster.pid)
        await run_in_thread(lambda: stop_postmaster(postmaster, immediately=True))
        return False

    async def _launch(self, account: ServerAccount) -> None:
        postmaster = await run_in_thread(lambda: self._spawn(account))
        if not await self._answers(postmaster):
            lines = self._log_path.read_text(errors="replace").splitlines()
            raise SetupError(
                f"PostgreSQL did not start in {self._cluster}. The end of {self._log_path}:\n"
                + "\n".join(lines[-LOG_TAIL_LINES:])
            )

    def _spawn(self, account: ServerAccount) -> psutil.Process:
        create_private_dir(self._socket_dir, account)
        self._postmaster = launch_postmaster(
            self._cluster, socket_dir=self._socket_dir, account=account, log_path=self._log_path
        )
        return self._postmaster

    async def _answers(self, postmaster: psutil.Process) -> bool:
        """Waits for an answer to a query: the one proof that a server is ready."""
        start = last_sign_of_life = time.monotonic()
        while not has_ended(postmaster):
            try:
                async with self._connect("postgres") as connection:
                    await connection.execute("SELECT 1", timeout=SILENCE_LIMIT_S)
                if is_ready(postmaster, self._cluster):
                    return True
            except (asyncpg.OperatorInterventionError, asyncpg.TooManyConnectionsError):
                last_sign_of_life = time.monotonic()  # starting up, shutting down, or full
            except (OSError, TimeoutError, asyncpg.ConnectionDoesNotExistError):
                pass
            now = time.monotonic()
            if now - last_sign_of_life > SILENCE_LIMIT_S or now - start > STARTUP_LIMIT_S:
                break
            await asyncio.sleep(POLL_S)
        return False

    async def _create_database(self) -> None:
        """Makes the database and its extension; does nothing where they are."""
        async with self._connect("postgres") as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = $1"
            if await connection.fetchval(query, DATABASE) is None:
                await connection.execute(f'CREATE DATABASE "{DATABASE}"')
        async with self._connect(DATABASE) as connection:
            await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")

    @asynccontextmanager
    async def _connect(self, database: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.dsn(database), timeout=SILENCE_LIMIT_S)
        try:
            yield connection
        finally:
            await connection.close(timeout=SILENCE_LIMIT_S)

    def _stop(self) -> None:
        postmaster, self._postmaster = self._postmaster, None
        if postmaster is not None:
            stop_postmaster(postmaster)
            if self._socket_dir != self._cluster:
                with suppress(OSError):
                    self._socket_dir.rmdir()
        self._lock.release()
