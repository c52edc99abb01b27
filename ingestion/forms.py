"""Forms with files (multipart/form-data), read piece by piece: files go straight to disk."""

from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from core.errors import InvalidInputError, RetryLaterError
from core.text import tidy
from ingestion.mapping.service import LONGEST_MAPPING

_FILE = "file"
_FIELDS = ("mapping", "full")
_MOST_FILES = 50
_LARGEST_FIELD = 4 * LONGEST_MAPPING  # bytes of UTF-8
_LONGEST_STEM = 60
_LONGEST_SUFFIX = 12


class TooLargeError(InvalidInputError):
    """Send less."""

    http_status = 413


class FormReader:
    """Takes a form in as it comes.

    Args:
        boundary: what stands between the parts.
        folder: where the files go, under their own names.
        largest: bytes of the whole form.
    """

    def __init__(self, boundary: bytes, folder: Path, largest: int) -> None:
        self.folder = folder
        self._largest = largest
        self._came = 0
        self._fields: dict[str, bytearray] = {}
        self._files = 0
        self._header = (bytearray(), bytearray())
        self._disposition = ""
        self._into: IO[bytes] | bytearray | None = None
        self._is_whole = False
        self._parser = self._new_parser(boundary)

    def _new_parser(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_header_field": self._on_header_name,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError:
            raise InvalidInputError("the form's boundary is too long") from None

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the form.

        Raises:
            InvalidInputError: it is no form, not such a form, or too large.
            RetryLaterError: a file cannot be written now.
        """
        self._came += len(chunk)
        if self._came > self._largest:
            raise TooLargeError(f"a feed of at most {self._largest:,} bytes is expected")
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise InvalidInputError("the form is broken") from None
        except OSError as error:
            raise RetryLaterError(f"the feed cannot be stored now: {error.strerror}") from None

    def finish(self) -> dict[str, str]:
        """Return the fields that came along with the files.

        Raises:
            InvalidInputError: the form broke off, has no file, or a field is not text.
        """
        if not self._is_whole:
            raise InvalidInputError("the form broke off")
        if not self._files:
            raise InvalidInputError("the form has no part `file` with the feed in it")
        try:
            return {name: value.decode("utf-8-sig") for name, value in self._fields.items()}
        except UnicodeDecodeError:
            raise InvalidInputError("the form's fields are expected in UTF-8") from None

    def close(self) -> None:
        """Close the file that is being written, if any."""
        if self._into is not None and not isinstance(self._into, bytearray):
            self._into.close()
        self._into = None

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value.decode("latin-1")
        self._header = (bytearray(), bytearray())

    def _on_headers_finished(self) -> None:
        """Find out what the part is that now begins."""
        options = parse_options_header(self._disposition)[1]
        self._disposition = ""
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == _FILE:
            self._into = self._new_file(options.get(b"filename", b""))
            return
        if name not in _FIELDS or name in self._fields:
            what = "twice" if name in self._fields else "not known"
            known = ", ".join((_FILE, *_FIELDS))
            raise InvalidInputError(f"the part {name[:50]!r} is {what}; known are {known}")
        self._into = self._fields[name] = bytearray()

    def _new_file(self, filename: bytes) -> IO[bytes]:
        self._files += 1
        if self._files > _MOST_FILES:
            raise InvalidInputError(f"at most {_MOST_FILES} files are expected")
        path = self.folder / safe_name(filename.decode("utf-8", "replace"))
        try:
            return path.open("xb")
        except FileExistsError:
            raise InvalidInputError(f"two files are called {path.name}") from None

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._into, bytearray):
            self._into += data[start:end]
            if len(self._into) > _LARGEST_FIELD:
                raise TooLargeError(f"a field of at most {_LARGEST_FIELD:,} bytes is expected")
        elif self._into is not None:
            self._into.write(memoryview(data)[start:end])

    def _on_part_end(self) -> None:
        self.close()

    def _on_end(self) -> None:
        self._is_whole = True


def safe_name(name: str) -> str:
    """Return a file's name without folders, and without what a file system may refuse."""
    base = tidy(name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(each for each in base if each.isprintable()).strip(". ")
    path = Path(plain or "feed")
    return path.stem[:_LONGEST_STEM] + path.suffix[:_LONGEST_SUFFIX]
