"""What a process takes of the memory."""

import sys
from pathlib import Path


def resident_bytes() -> int:
    """Return the resident memory of this process and its children; 0 where it cannot be told."""
    if sys.platform != "linux":
        return 0
    return sum(
        _resident(process) for process in [Path("/proc/self"), *_children(Path("/proc/self"))]
    )


def _resident(process: Path) -> int:
    try:
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    except FileNotFoundError:  # it has just ended
        return 0
    return 0


def _children(process: Path) -> list[Path]:
    """Return all processes below one, however deep."""
    try:
        lists = [path.read_text() for path in process.glob("task/*/children")]
    except FileNotFoundError:
        return []
    found = [Path("/proc") / number for text in lists for number in text.split()]
    return found + [below for child in found for below in _children(child)]
