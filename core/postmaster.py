"""The process of the embedded PostgreSQL: finding, launching and stopping it."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from core.postgres_cluster import PORT, find_binary
from core.server_account import ServerAccount

LOG_LIMIT_BYTES = 4 * 1024 * 1024
# The ways to end a postmaster, gentlest first, and how long each may take. SIGINT (fast) writes a
# checkpoint first; SIGQUIT (immediate) leaves recovery to the next start and gives its children
# five seconds; SIGKILL is for one that no longer reacts. None of them loses a commit.
STOP_SIGNALS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 5.0))
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # No standbys: less to write ahead.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",  # costs more than it saves on short queries
    # Parallel index builds share their memory through /dev/shm, which has 64 MB in a container.
    "max_parallel_maintenance_workers": "0",
    # A query of a client that died ends within this time, and lets go of its locks.
    "client_connection_check_interval": "2s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Only what concerns the server. A failed statement is told to its client; in the log its
    # details would keep what people wrote after they had it deleted.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}


def find_postmaster(cluster: Path) -> psutil.Process | None:
    """The process that serves this cluster, if postmaster.pid names one that lives.

    It does when it runs a program called postgres in this very directory, which every postmaster
    makes its own. Its start time would prove less: it moves when the clock is set.
    """
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if Path(process.exe()).name == "postgres" and Path(process.cwd()).samefile(cluster):
            return process
    except (OSError, ValueError, psutil.Error):
        pass  # no file, half a file, or a process that ended or is another user's
    return None


def runs_our_program(postmaster: psutil.Process) -> bool:
    """False when it comes from an environment since rebuilt, whose libraries may be gone."""
    try:
        return Path(postmaster.exe()) == find_binary("postgres")
    except psutil.Error:
        return False


def is_ready(postmaster: psutil.Process, cluster: Path) -> bool:
    """Whether this very process says, in postmaster.pid, that it serves the cluster.

    An answered query alone does not prove that: it may come from an older postmaster whose file
    someone deleted, while the one just launched is about to give up.
    """
    try:
        words = (cluster / "postmaster.pid").read_text().split()
    except FileNotFoundError:
        return False
    # The pid comes first, the status last; in between are paths and numbers.
    return words[:1] == [str(postmaster.pid)] and words[-1] == "ready"


def launch_postmaster(
    cluster: Path, *, socket_dir: Path, account: ServerAccount, log_path: Path
) -> psutil.Popen:
    """Starts a postmaster; it is not ready yet. The caller knows that none is running."""
    # Stale files that name a living process of the same user would stop the new postmaster. It
    # still finds leftovers of the old one by their shared memory, whose key is the directory.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    (socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    if log_path.exists() and log_path.stat().st_size > LOG_LIMIT_BYTES:
        log_path.replace(log_path.with_name(f"{log_path.name}.1"))
    settings = SETTINGS | {"unix_socket_directories": str(socket_dir)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with open(log_path, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as log_file:
        return psutil.Popen(
            [str(find_binary("postgres")), "-D", str(cluster), *options],
            stdout=log_file,
            stderr=log_file,
            **account.process_options(),
        )


def has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone, or a zombie that waits for its parent."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def stop_postmaster(process: psutil.Process, *, immediately: bool = False) -> None:
    """Ends a postmaster with all its processes, and waits; idempotent."""
    with suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        for stop_signal, patience_s in STOP_SIGNALS[immediately:]:
            # A postmaster ends its children itself, unless it is killed.
            targets = family if stop_signal == signal.SIGKILL else [process]
            _send_signal(targets, stop_signal)
            if _wait_for_end(targets, patience_s):
                break
    with suppress(psutil.TimeoutExpired):
        process.wait(timeout=0)  # collects it if it was a child of ours


def _send_signal(processes: list[psutil.Process], stop_signal: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)


def _wait_for_end(processes: list[psutil.Process], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not all(has_ended(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
