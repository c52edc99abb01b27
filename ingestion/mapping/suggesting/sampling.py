"""What is looked at of a feed: a few records from all over each file, and every key of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from core.errors import InvalidInputError
from ingestion.normalising.text import unpacked
from ingestion.readers.registry import open_reader
from ingestion.schemas import Record

MOST_SAMPLED = 200
"""Records of a source whose values are read."""
MOST_COUNTED = 10_000
"""Records of a file whose keys are compared."""
MOST_FILES = 50
"""Files of a folder that are looked at; patterns may match further ones."""
_MOST_PATHS = 250
_DEEPEST = 4
_LONGEST_KEY = 300
_LONGEST_NAME = 250
_SAME_FORM = 0.75


@dataclass(slots=True)
class Keys:
    """The values of a column, by which it is told whether they are keys, and whose.

    Attributes:
        filled: how many records have one.
        hashes: of the distinct values.
        longest: characters of the longest.
    """

    filled: int = 0
    hashes: set[int] = field(default_factory=set)
    longest: int = 0

    def add(self, value: str) -> None:
        """Count one value."""
        self.filled += 1
        self.longest = max(self.longest, len(value))
        self.hashes.add(hash(value))

    @property
    def distinct(self) -> float:
        """Share of the values that are not repeats."""
        return len(self.hashes) / self.filled if self.filled else 0.0


@dataclass(slots=True)
class Sample:
    """What is known of a source: one file, or several of the same form.

    Attributes:
        name: what the mapping will call it.
        files: their names.
        records: some of them, from all over.
        read: how many were counted.
        keys: of each top-level column; under its name with "?" those of addresses without query.
        whole: whether all records were counted.
    """

    name: str
    files: list[Path]
    records: list[Mapping[str, Any]] = field(default_factory=list)
    read: int = 0
    keys: dict[str, Keys] = field(default_factory=dict)
    whole: bool = True

    @property
    def columns(self) -> list[str]:
        """Top-level names, in the order of their first use."""
        return list(dict.fromkeys(name for record in self.records for name in record))


def sample_file(path: Path) -> Sample:
    """Read a file as far as is needed.

    Raises:
        InvalidInputError: it cannot be read, or holds no record.
    """
    sample = Sample(path.stem, [path])
    stride, reader = 1, open_reader(path)
    records = (each for each in reader.records() if isinstance(each, Record))
    for record in islice(records, MOST_COUNTED):
        if sample.read % stride == 0:
            sample.records.append(record.values)
        sample.read += 1
        _count(sample, record.values)
        if len(sample.records) >= 2 * MOST_SAMPLED:
            sample.records = sample.records[::2]
            stride *= 2
    sample.whole = sample.read < MOST_COUNTED
    sample.records = _spread(sample.records, MOST_SAMPLED)
    if not sample.records:
        raise InvalidInputError("no record in it can be read")
    return sample


def _count(sample: Sample, values: Mapping[str, Any]) -> None:
    for name, value in islice(values.items(), _MOST_PATHS):
        if value is None or isinstance(value, bool | list | tuple | Mapping):
            continue
        text = str(value).strip()[: _LONGEST_KEY + 1]
        if not text:
            continue
        sample.keys.setdefault(name, Keys()).add(text)
        if text.startswith(("http://", "https://")):
            bare = text.split("?")[0].split("#")[0]
            sample.keys.setdefault(f"{name}?", Keys()).add(bare)


def merge_same_form(samples: list[Sample]) -> list[Sample]:
    """Make one sample of files that have the same columns."""
    groups: list[list[Sample]] = []
    for each in samples:
        alike = (group for group in groups if _same_form(group[0], each))
        group = next(alike, None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return [_merged(group) for group in groups]


def _same_form(one: Sample, other: Sample) -> bool:
    a, b = set(one.columns), set(other.columns)
    suffixes = {each.files[0].suffix.lower() for each in (one, other)}
    return len(suffixes) == 1 and len(a & b) >= _SAME_FORM * len(a | b)


def _merged(group: list[Sample]) -> Sample:
    if len(group) == 1:
        return group[0]
    total = sum(each.read for each in group)
    merged = Sample(group[0].name, [file for each in group for file in each.files])
    for each in group:
        share = max(MOST_SAMPLED * each.read // max(total, 1), 5)
        merged.records += _spread(each.records, share)
        merged.read += each.read
        merged.whole &= each.whole
        for name, keys in each.keys.items():
            into = merged.keys.setdefault(name, Keys())
            into.filled += keys.filled
            into.hashes |= keys.hashes
            into.longest = max(into.longest, keys.longest)
    return merged


def _spread(records: list[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    if len(records) <= most:
        return records
    return [records[number * len(records) // most] for number in range(most)]


def leaves(record: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of a record by the paths at which a mapping reaches them."""
    found: dict[str, list[Any]] = {}
    for name, value in islice(record.items(), _MOST_PATHS):
        _descend(name, value, _DEEPEST, found)
    return found


def _descend(path: str, value: Any, depth: int, found: dict[str, list[Any]]) -> None:
    if len(path) > _LONGEST_NAME or (path not in found and len(found) >= _MOST_PATHS):
        return
    values = list(_elements(value))
    inner = [each for each in _elements(unpacked(value)) if isinstance(each, Mapping)]
    scalars = [each for each in values if not isinstance(each, Mapping)]
    if scalars and not inner:
        found.setdefault(path, []).extend(scalars)
    if not depth:
        return
    for each in inner:
        for name, below in islice(each.items(), _MOST_PATHS):
            _descend(f"{path}.{name}", below, depth - 1, found)


def _elements(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _elements(each)
    elif value is not None and not (isinstance(value, str) and not value.strip()):
        yield value
