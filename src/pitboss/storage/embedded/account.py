"""As whom the server runs: PostgreSQL refuses root, so root lends it a system user."""

import os
import pwd
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pitboss.storage.embedded.errors import EmbeddedPostgresError

_SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The user and group the server's processes get; `lent` is false when they are simply ours."""

    uid: int
    gid: int
    lent: bool

    def process_options(self) -> dict[str, Any]:
        """The arguments of subprocess.Popen that start a process under this account."""
        if not self.lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path | int) -> None:
        """Make the account the owner of a file or folder that we made, given by its path or descriptor."""
        if self.lent:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may reach what is in a folder by its full path."""
        if not self.lent:
            return True
        folder = folder.resolve()
        return all(self._may_search(path.stat()) for path in (folder, *folder.parents))

    def _may_search(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def account_for(pgdata: Path) -> Account:
    """The account that owns an existing cluster, else our own, else (for root) a system user that exists here."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), lent=False)
    if pgdata.exists():
        owner = pgdata.stat()
        if owner.st_uid == 0:
            raise EmbeddedPostgresError(f"{pgdata} belongs to root, as whom PostgreSQL does not run: chown it")
        return Account(owner.st_uid, owner.st_gid, lent=True)
    for entry in _present(_SYSTEM_USERS):
        return Account(entry.pw_uid, entry.pw_gid, lent=True)
    raise EmbeddedPostgresError("PostgreSQL does not run as root, and there is no user postgres or nobody to lend it")


def _present(names: Iterable[str]) -> Iterable[pwd.struct_passwd]:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            yield entry


def path_inside(account: Account, folder: Path) -> str:
    """How a process that starts in `folder` under `account` names that folder.

    Below a folder that only root may enter, a full path is of no use to a lent account. Linux lets every process
    name the folder it stands in without walking there, and no process of PostgreSQL ever leaves its data directory.
    """
    if account.can_enter(folder.parent):
        return str(folder)
    if sys.platform == "linux":
        return "/proc/self/cwd"
    raise EmbeddedPostgresError(f"the system user of the database cannot enter {folder.parent}: choose another place")
