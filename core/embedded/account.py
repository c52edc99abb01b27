"""PostgreSQL refuses to run as root: the account it runs under, and folders it can reach."""

import hashlib
import os
import pwd
import shutil
from pathlib import Path
from typing import TypedDict

_ACCOUNTS = ("postgres", "nobody")
_SYSTEM_FOLDER = Path("/var/lib/travelbuddy")
_OTHERS_MAY_ENTER = 0o001
_OTHERS_MAY_READ = 0o005


class ProcessOptions(TypedDict, total=False):
    """What `subprocess` is told about the account."""

    user: int
    group: int
    extra_groups: list[int]


class Account:
    """Ourselves, or an unprivileged account where we are root.

    As root nobody else's permissions are touched: what the account cannot reach in place
    (a checkout under a closed home folder, say) goes under `/var/lib/travelbuddy` instead.
    """

    def __init__(self) -> None:
        self._entry = _unprivileged() if os.geteuid() == 0 else None

    def process_options(self) -> ProcessOptions:
        """Return the arguments that make `subprocess` run a program as this account."""
        if self._entry is None:
            return {}
        return {"user": self._entry.pw_uid, "group": self._entry.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give *path* to the account."""
        if self._entry is not None:
            os.chown(path, self._entry.pw_uid, self._entry.pw_gid)

    def reachable(self, folder: Path) -> Path:
        """Make *folder*, or its stand-in where the account cannot get to it, and return it."""
        if self._entry is not None and not _open_to_others(folder.parent):
            folder = _SYSTEM_FOLDER / hashlib.sha256(bytes(folder)).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        self.own(folder)
        return folder

    def runnable(self, package: Path) -> Path:
        """Return *package*, or a copy of it where the account cannot read it in place.

        The copy has the package's shared libraries beside it, as the wheel lays them out.
        """
        if self._entry is None or _open_to_others(package, _OTHERS_MAY_READ):
            return package
        stamp = f"{package}:{package.stat().st_mtime_ns}"
        folder = _SYSTEM_FOLDER / f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
        if not folder.exists():
            unfinished = folder.with_suffix(f".{os.getpid()}")
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            unfinished.rename(folder)
        return folder / package.name


def _unprivileged() -> pwd.struct_passwd:
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise KeyError("no unprivileged account to run PostgreSQL under")


def _open_to_others(path: Path, needed: int = _OTHERS_MAY_ENTER) -> bool:
    """Tell whether others may enter every folder down to *path*, as far as it exists."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if existing.stat().st_mode & needed != needed:
        return False
    return all(folder.stat().st_mode & _OTHERS_MAY_ENTER for folder in existing.parents)
