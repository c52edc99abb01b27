"""Text files of any encoding, as lines or pieces, whatever bytes they hold."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from charset_normalizer import from_bytes

from core.errors import InvalidInputError
from ingestion.readers.limits import HEAD, LONGEST_RECORD, head_of

UNREADABLE = "\udcff"
"""Stands where a byte could not be decoded; no text that was decoded holds it."""
_MARKING = "ingestion.readers.mark"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("cp1252", "cp1258", "cp1251", "cp932", "gb18030", "cp949", "big5", "cp874")
"""Encodings of feeds from before UTF-8; of those that fit equally well the first is taken."""
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aăâeêioôơuưy")
_NOT_OF_FILES = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
)
_PIECE = 1 << 20


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNREADABLE, error.end


codecs.register_error(_MARKING, _marked)


def text_of(raw: bytes) -> str:
    """Return UTF-8 as text, with a mark for every byte that is none."""
    return raw.decode("utf-8", _MARKING)


def encoding_of(path: Path, asked: str | None = None) -> str:
    """Return the encoding of a text file.

    Args:
        path: the file.
        asked: the encoding that it is said to have.

    Raises:
        InvalidInputError: no such encoding is known, or the file is not text.
    """
    if asked:
        return _known(asked)
    head = head_of(path)
    marked = [name for mark, name in _MARKS if head.startswith(mark)]
    told = marked[0] if marked else _utf16_without_mark(head)
    if told:
        return told
    if b"\0" in head:
        raise InvalidInputError(f"{path.name} holds NUL bytes: it is not a text file")
    return _guessed(_telling_lines(path))


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        b"a".decode(name)
    except (LookupError, UnicodeError, ValueError):
        codec = None
    if codec is None or codec.name in _NOT_OF_FILES:
        raise InvalidInputError(f"{name!r} is no encoding of text files; give one such as utf-8")
    return codec.name


def _utf16_without_mark(head: bytes) -> str | None:
    """Tell by the zeros that stand beside every letter of ASCII."""
    even, odd = head[0::2], head[1::2]
    zeros_even, zeros_odd = even.count(0) / max(len(even), 1), odd.count(0) / max(len(odd), 1)
    if zeros_odd > 0.3 and zeros_even < 0.02:
        return "utf-16-le"
    return "utf-16-be" if zeros_even > 0.3 and zeros_odd < 0.02 else None


def _telling_lines(path: Path) -> bytes:
    """Return lines of a file that are not plain ASCII, about 64 kB of them."""
    found = bytearray()
    with path.open("rb") as file:
        while len(found) < HEAD and (piece := file.read(_PIECE)):
            piece += file.readline(HEAD)
            if not piece.isascii():
                lines = (line for line in piece.splitlines(keepends=True) if not line.isascii())
                for line in lines:
                    found += line[:HEAD]
                    if len(found) >= HEAD:
                        break
    return bytes(found)


def _guessed(sample: bytes) -> str:
    """Take UTF-8 wherever hardly anything speaks against it: chance does not produce it."""
    text = text_of(sample)
    broken = text.count(UNREADABLE)
    if broken * 10 <= sum(not char.isascii() for char in text) - broken:
        return "utf-8"
    if _is_old_vietnamese(sample):
        return "cp1258"
    fits = list(from_bytes(sample, cp_isolation=list(_LEGACY)))
    if not fits:
        return "cp1252"
    return min(
        (fit.chaos, -fit.coherence, _LEGACY.index(fit.encoding), fit.encoding) for fit in fits
    )[3]


def _is_old_vietnamese(sample: bytes) -> bool:
    """Tell by the tones, which windows-1258 writes as marks of their own behind vowels."""
    text = sample.decode("cp1258", "ignore")
    before = [text[at - 1] for at, char in enumerate(text) if at and char in _TONES]
    after_vowels = sum(char.lower() in _VOWELS for char in before)
    return len(_TONES.intersection(text)) > 1 and after_vowels > 0.9 * len(before)


class TextFile:
    """A text file that is read once, in order; what cannot be decoded is marked, never raised.

    Args:
        path: the file.
        encoding: as `encoding_of` tells.
        newline: "" where a line may end in any of the usual ways, a line feed where only in that.

    Attributes:
        number: of the line that was read last.
        position: bytes read so far.
    """

    def __init__(self, path: Path, encoding: str, newline: str = "") -> None:
        self.number = 0
        self.position = 0
        self._path = path
        self._encoding = encoding
        self._newline = newline

    def __enter__(self) -> Self:
        try:
            self._bytes = self._path.open("rb")
        except OSError as error:
            raise InvalidInputError(f"{self._path}: {error.strerror}") from error
        self._file = io.TextIOWrapper(
            self._bytes, encoding=self._encoding, errors=_MARKING, newline=self._newline
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def lines(self) -> Iterator[str | None]:
        """Yield every line with its end, and None for one that is too long."""
        file = self._file
        while line := file.readline(LONGEST_RECORD):
            whole = len(line) < LONGEST_RECORD or line.endswith(("\n", "\r"))
            if not whole:
                self._skip_rest()
            self.number += 1
            self.position = self._bytes.tell()
            if self.number == 1:
                line = line.removeprefix("\ufeff")
            yield line if whole else None

    def _skip_rest(self) -> None:
        while rest := self._file.readline(LONGEST_RECORD):
            if len(rest) < LONGEST_RECORD or rest.endswith(("\n", "\r")):
                return

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of some ten thousand characters."""
        first = True
        while piece := self._file.read(HEAD):
            self.position = self._bytes.tell()
            yield piece.removeprefix("\ufeff") if first else piece
            first = False
