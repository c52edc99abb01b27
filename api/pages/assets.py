"""The pages' own files: few, small, and read once."""

import functools
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import NotFoundError

FOLDER = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file.

    Attributes:
        content: its bytes.
        version: changes with them.
        media_type: what it is.
    """

    content: bytes
    version: str
    media_type: str


def asset(name: str) -> Asset:
    """Return the file *name*, a path below ``static/``.

    Raises:
        NotFoundError: there is none.
    """
    found = _assets().get(name)
    if found is None:
        raise NotFoundError("there is no such file")
    return found


def address_of(name: str) -> str:
    """Return where browsers fetch a file; it changes with the file, so that they may keep it.

    Raises:
        NotFoundError: there is none.
    """
    return f"/static/{name}?v={asset(name).version}"


def version_of_all() -> str:
    """Return what changes when any file does."""
    return _digest("".join(each.version for each in _assets().values()).encode())


@functools.cache
def _assets() -> Mapping[str, Asset]:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in files}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(content, _digest(content), _TYPES.get(path.suffix, guessed))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
