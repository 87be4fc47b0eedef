"""One living owner per data directory. What is kept in it belongs to other modules."""

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from core.errors import SetupError


class DataDirectoryInUse(SetupError):
    """Another living process owns the data directory."""


class DataDirectoryLock:
    """An flock on `<data_dir>/lock`: the kernel frees it when the owner dies, however it dies.

    The file says who the owner is (pid and start time), for the message and for people. It is
    never deleted: a second process could hold a lock on the deleted file and own nothing.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Makes this process the owner; raises DataDirectoryInUse when there is one already."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {psutil.Process().create_time()}\n".encode(), 0)
        except BlockingIOError:
            owner = os.pread(descriptor, 100, 0).decode()
            os.close(descriptor)
            raise DataDirectoryInUse(
                f"The data directory {self._path.parent} is in use by {_describe_owner(owner)}. "
                "Stop that process, or choose another directory (--data-dir, VANTAGE_DATA_DIR)."
            ) from None
        self._descriptor = descriptor

    def release(self) -> None:
        """Gives the directory up; harmless when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


class VisitLock:
    """An flock on `<data_dir>/visits`, for commands that use a database which another one started.

    Visitors share it. A command that owns the database takes it alone before it ends that.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "visits"
        self._descriptor: int | None = None

    def try_to_share(self) -> bool:
        """Becomes a visitor; False: the owner is about to end the database."""
        return self._try(fcntl.LOCK_SH)

    def try_to_take(self) -> bool:
        """Keeps visitors out; False: there are some."""
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        """Lets it go; harmless when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _try(self, kind: int) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True


def _describe_owner(record: str) -> str:
    # The record is empty for the instant between an owner's flock and its write.
    with suppress(ValueError):
        pid, started = record.split()
        started_at = datetime.fromtimestamp(float(started), UTC)
        return f"process {pid}, running since {started_at:%Y-%m-%d %H:%M:%S} UTC"
    return "another process"
