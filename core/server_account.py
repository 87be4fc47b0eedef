"""The system account PostgreSQL runs under, and its way to the files it needs.

PostgreSQL refuses to run as root. Started by root, it runs as the owner of an existing cluster,
else as a system account of its own; started by anyone else, it runs as they do.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from core.errors import SetupError

ACCOUNT_NAME = "vantage-postgres"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ServerAccount:
    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """Arguments of subprocess.Popen for a program that runs under this account.

        It gets a session of its own, so that a Ctrl-C in the terminal reaches only the caller,
        who decides the order of the shutdown. It does not inherit the environment: PG* variables
        would change its settings, and API keys are none of its business.
        """
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "cwd": "/",  # ours may be closed to the account
            "env": {"PATH": os.defpath},
            "start_new_session": True,
        }
        if os.geteuid() == 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def choose_account(cluster: Path) -> ServerAccount:
    """The account for this cluster, which may not exist yet; raises SetupError if none can be."""
    if os.geteuid() != 0:
        account = ServerAccount(os.geteuid(), os.getegid())
    elif cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        account = ServerAccount(owner.st_uid, owner.st_gid)
    else:
        account = _get_system_account()
    if cluster.exists() and cluster.stat().st_uid != account.uid:
        raise SetupError(
            f"{cluster} belongs to user id {cluster.stat().st_uid}, but PostgreSQL would run as "
            f"{account.uid}. Start as its owner, or: chown -R {account.uid}:{account.gid} {cluster}"
        )
    return account


def _get_system_account() -> ServerAccount:
    """The account of our own, made at first use.

    An existing one, nobody for example, would let other programs that run under it read the data.
    """
    failure = ""
    if _find_system_account() is None and (useradd := shutil.which("useradd")):
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/"]
        command += ["--shell", "/bin/false", ACCOUNT_NAME]
        # It may fail because another process adds the account at this moment, which is fine.
        failure = subprocess.run(command, capture_output=True, text=True).stderr  # noqa: S603
    account = _find_system_account()
    if account is None:
        raise SetupError(
            f"PostgreSQL refuses to run as root, and the system account {ACCOUNT_NAME} could not "
            f"be made. Run as an ordinary user. {failure}".rstrip()
        )
    return account


def _find_system_account() -> ServerAccount | None:
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return None
    return ServerAccount(entry.pw_uid, entry.pw_gid)


def open_way_to(directory: Path, account: ServerAccount) -> None:
    """Lets the account pass through a directory and those above it.

    Only root needs it, for it starts a server under another account. A directory is opened only if
    it is closed to the account and belongs to root, and only for passing through (o+x): names in
    it stay unreadable. Another user's closed directory is not ours to open.
    """
    if os.geteuid() != 0:
        return
    for path in (directory, *directory.parents):
        status = path.stat()
        if status.st_uid == account.uid or status.st_mode & stat.S_IXOTH:
            continue
        if status.st_uid != 0:
            raise SetupError(
                f"{path} of user id {status.st_uid} is closed to user id {account.uid}, under "
                "which PostgreSQL would run. Run as that user, or choose another data directory."
            )
        path.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
        log.warning("directory_opened_for_passing", path=str(path), user_id=account.uid)


def open_tree_for_reading(tree: Path) -> None:
    """Lets everyone read what its owner can: programs installed by root under a strict umask."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (mode & 0o500) >> 6)
