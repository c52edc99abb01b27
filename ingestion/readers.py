"""Reading catalogues: each line of a file becomes a tour or a reject, whatever it holds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from core.errors import InvalidInputError
from core.text import tidy
from core.validation import faults
from ingestion.schemas import Reject, Row
from recommender.schemas import Package

LONGEST_LINE = 1_000_000
"""Bytes; a tour is a few thousand, and a longer line would only fill the memory."""
_KEPT_OF_A_REJECT = 2_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class JsonLinesReader:
    """Reads JSON Lines: one tour a line, as a JSON object. Needs no more memory than a line.

    Args:
        path: the file.

    Attributes:
        size: bytes in the file.
        position: bytes read so far.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.position = 0
        self.size = _checked_size(path)

    def rows(self) -> Iterator[Row | Reject]:
        """Yield every line that is not blank, in order.

        Raises:
            InvalidInputError: the file cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(self._lines(file), 1):
                    if line is None or line.strip():
                        yield _parse(number, line)
        except OSError as error:
            raise InvalidInputError(f"{self._path}: {error.strerror}") from error

    def _lines(self, file: IO[bytes]) -> Iterator[bytes | None]:
        """Yield lines, and None for one that is too long to be a tour."""
        while line := file.readline(LONGEST_LINE):
            whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
            start = self.position
            self.position += len(line)
            if not whole:
                self._skip_rest(file)
            elif start == 0:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            yield line if whole else None

    def _skip_rest(self, file: IO[bytes]) -> None:
        while rest := file.readline(LONGEST_LINE):
            self.position += len(rest)
            if rest.endswith(b"\n"):
                return


def _checked_size(path: Path) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    if path.is_dir():
        raise InvalidInputError(f"{path} is a folder; give a JSON Lines file")
    if size == 0:
        raise InvalidInputError(f"{path} is empty")
    return size


def _parse(number: int, line: bytes | None) -> Row | Reject:
    if line is None:
        return Reject(number, f"longer than {LONGEST_LINE:,} bytes", "")
    try:
        return Row(number, Package.model_validate(_object(line)))
    except ValidationError as error:
        reason = faults(error, whole="not a JSON object")
    except ValueError as error:
        reason = str(error)
    return Reject(number, reason, tidy(line.decode("utf-8", "replace"))[:_KEPT_OF_A_REJECT])


def _object(line: bytes) -> object:
    """Return the JSON value of a line.

    Raises:
        ValueError: it is not UTF-8, not JSON, or nested too deeply to be a tour.
    """
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from None
    except ValueError:
        raise ValueError("not JSON: a number of too many digits") from None
    except RecursionError:
        raise ValueError("not a tour: nested too deeply") from None
