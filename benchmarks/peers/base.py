"""What every engine looks like to the benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from benchmarks.job import Job, Wish

THREADS = 2
"""No engine may use more at a time."""


class Peer(Protocol):
    """An engine with its index; made with an empty folder that it may write to.

    Attributes:
        ways: each way of asking it that is measured, by name, and how it is configured.
    """

    ways: ClassVar[Mapping[str, str]]

    def build(self, job: Job) -> None:
        """Take in all packages; package i is known by the number i."""
        ...

    def search(self, way: str, wish: Wish, limit: int) -> list[int]:
        """Return the numbers of the best *limit* packages, best first, asked in one of its ways."""
        ...

    def stored_bytes(self) -> int:
        """Return what the index takes on disk; 0 where it lives in memory alone."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an engine is found and what it needs.

    Attributes:
        name: how it is asked for on the command line.
        target: `module:class` of its `Peer`.
        modules: what must be importable for it to run.
        requirements: what to install in an environment of its own, where it does not agree with
            ours; empty where the `peers` extra brings it.
        needs_database: whether it runs in the PostgreSQL of the settings.
    """

    name: str
    target: str
    modules: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    needs_database: bool = False


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below *folder*, as the disk counts them."""
    # Blocks, not lengths: some engines reserve files that stay mostly empty.
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
