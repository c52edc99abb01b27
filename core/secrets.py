"""Secrets that an installation makes for itself, kept in the state folder."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from core.locks import exclusive_lock
from core.settings import settings


def secret(
    name: str,
    make: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    state_dir: Path | None = None,
) -> str:
    """Return the secret called *name*, made on first use and readable by its owner only."""
    folder = state_dir or settings().state_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secrets.json"
    with exclusive_lock(folder / "secrets.lock"):
        known = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known[name] = make()
            _write_private(path, json.dumps(known, indent=2))
    return str(known[name])


def _write_private(path: Path, text: str) -> None:
    """Replace a file in one step, never readable by others, whole even after a crash."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
