"""How much of a feed is looked at: whatever is larger would only fill the memory or the disk."""

from pathlib import Path

from core.errors import InvalidInputError
from core.text import tidy
from ingestion.schemas import Reject

LONGEST_RECORD = 4_000_000
"""Characters or bytes; a tour with a long itinerary has some ten thousand."""
LONGEST_CELL = 1_000_000
"""Characters in one cell of a table."""
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has."""
MOST_UNPACKED = 4 * 1024**3
"""Bytes that a packed feed may unpack to."""
MOST_RATIO = 250
"""Bytes unpacked from a packed one: a sheet of one value over and over has about 150."""
LARGEST_DIRECTORY = 1 << 20
"""Bytes of a zip file's list of contents, which is read as a whole."""
HEAD = 65_536
"""Bytes from which a format, an encoding or a delimiter is told."""
_KEPT_OF_A_REJECT = 2_000

TOO_LONG = f"longer than {LONGEST_RECORD:,} characters"


def reject(number: int, reason: str, content: str = "") -> Reject:
    """Return a reject that keeps the beginning of what it was."""
    return Reject(number, reason, tidy(content[:_KEPT_OF_A_REJECT]))


def checked_size(path: Path) -> int:
    """Return the size of a file in bytes.

    Raises:
        InvalidInputError: it is not there, cannot be read, is a folder or is empty.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a file"
        raise InvalidInputError(f"{path} is {kind}; give the file of a feed")
    if size == 0:
        raise InvalidInputError(f"{path} is empty")
    return size


def head_of(path: Path) -> bytes:
    """Return the beginning of a file.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
