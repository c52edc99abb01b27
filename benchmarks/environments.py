"""Which Python runs an engine: ours, or one in an environment of the engine's own."""

import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers.base import Entry
from core.errors import ConfigurationError
from core.settings import ROOT

FOLDER = ROOT / ".venv-peers"
_OURS = ("numpy>=2.1,<3",)


def python_for(entry: Entry, *, install: bool) -> Path:
    """Return the Python in which an engine's modules can be imported.

    Args:
        entry: the engine.
        install: make the environment where it is missing; this downloads packages.

    Raises:
        ConfigurationError: they cannot, with what to do about it.
    """
    if all(importlib.util.find_spec(module) for module in entry.modules):
        return Path(sys.executable)
    missing = " and ".join(entry.modules)
    if not entry.requirements:
        raise ConfigurationError(f"{missing} not installed: pip install -e '.[peers]'")
    python = FOLDER / entry.name / "bin" / "python"
    if not (FOLDER / entry.name / "complete").exists():
        if not install:
            raise ConfigurationError(f"{missing} not installed: add --install")
        _make(entry, python)
    return python


def _make(entry: Entry, python: Path) -> None:
    """Make the environment; it counts as made only when all of it is there."""
    folder = FOLDER / entry.name
    venv.create(folder, clear=True, with_pip=True)
    (FOLDER / ".gitignore").write_text("*\n")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run(  # noqa: S603 - our own list, no shell
        [*pip, *_OURS, *entry.requirements],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["pip failed"]
        raise ConfigurationError(f"{entry.name} would not install: {lines[-1]}")
    (folder / "complete").touch()
