"""Which of several files holds the tours, and how the others are joined to it."""

import fnmatch
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import InvalidInputError
from core.text import fold
from ingestion.mapping.suggesting.lexicon import PLACES_TO_STAY, TOURS
from ingestion.mapping.suggesting.names import fit, names_a_key, words_of
from ingestion.mapping.suggesting.sampling import (
    MOST_FILES,
    Keys,
    Sample,
    merge_same_form,
    sample_file,
)

_JOINS = 0.5
"""Least share of a column's values that must be keys of another source."""
_UNIQUE = 0.98
_TELLING = 6
"""Characters from which on an equal value is hardly a coincidence."""
_HOLDERS = (
    "tour|tours|package|packages|product|products|trip|trips|activity|activities|experience"
    "|experiences|hotel|hotels|property|properties|listing|listings|catalogue|catalog|goi"
    "|san pham|khach san"
)
_NOT_A_FEED = re.compile(r"(?:readme|license|licence|source|changelog|notice)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Join:
    """How a source belongs to the first one.

    Attributes:
        sample: the source.
        column: its column.
        path: the column of the first source, or "other.column" of one that is joined already.
        share: of its values that are found there.
    """

    sample: Sample
    column: str
    path: str
    share: float


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a feed, and which of them are of use.

    Attributes:
        main: the source whose records are the tours.
        joins: of the others, in the order in which they can be made.
        unused: names of files that play no part, each with the reason.
        folder: whether the feed is a folder.
    """

    main: Sample
    joins: tuple[Join, ...]
    unused: tuple[tuple[str, str], ...]
    folder: bool


def find_sources(location: Path) -> Sources:
    """Sample the files of a feed, and tell how they belong together.

    Raises:
        InvalidInputError: no file can be read.
    """
    if not location.is_dir():
        return Sources(sample_file(location), (), (), folder=False)
    samples, unused = _sampled(location)
    if not samples:
        why = f": {unused[0][0]}: {unused[0][1]}" if unused else ""
        raise InvalidInputError(f"{location}: no file in it can be read{why}")
    groups = merge_same_form(samples)
    main = max(groups, key=lambda each: _rank(each, groups))
    _name(main, groups)
    joins = _joined(main, [each for each in groups if each is not main])
    joined = {id(each.sample) for each in joins}
    for each in groups:
        if each is not main and id(each) not in joined:
            unused += [(file.name, "no column of it refers to the others") for file in each.files]
    return Sources(main, joins, tuple(unused), folder=True)


def of_use(sources: Sources, paths: Collection[str]) -> Sources:
    """Leave out the joined sources that nothing is taken from, directly or through another."""
    needed: list[Join] = []
    for join in reversed(sources.joins):
        name = f"{join.sample.name}."
        if any(path.startswith(name) for path in (*paths, *(each.path for each in needed))):
            needed.append(join)
    left = [each for each in sources.joins if each not in needed]
    unused = [(file.name, "nothing in it is of use") for each in left for file in each.sample.files]
    return replace(sources, joins=tuple(reversed(needed)), unused=(*sources.unused, *unused))


def _sampled(folder: Path) -> tuple[list[Sample], list[tuple[str, str]]]:
    samples: list[Sample] = []
    unused: list[tuple[str, str]] = []
    files = _files(folder)
    for path in files[:MOST_FILES]:
        if _NOT_A_FEED.match(path.name):
            unused.append((path.name, "about the feed, not of it"))
            continue
        try:
            samples.append(sample_file(path))
        except InvalidInputError as error:
            unused.append((path.name, error.message.removeprefix(f"{path}: ")))
    if len(files) > MOST_FILES:
        unused.append((f"{len(files) - MOST_FILES} more files", "not looked at"))
    return samples, unused


def _files(folder: Path) -> list[Path]:
    files = (path for path in folder.iterdir() if path.is_file())
    return sorted(path for path in files if not path.name.startswith("."))


def _rank(sample: Sample, groups: Sequence[Sample]) -> tuple[int, float, int]:
    """Say how probably a source holds the tours: others refer to it, and its names say so."""
    referring = sum(
        1 for other in groups if other is not sample and _reference(other, sample) is not None
    )
    return referring, _holds_tours(sample), len(sample.columns)


def _holds_tours(sample: Sample) -> float:
    named = fit(words_of(sample.files[0].stem), _HOLDERS)
    columns = [words_of(name) for name in sample.columns]
    told = sum(
        max(max((fit(words, names[field]) for words in columns), default=0.0) for names in both)
        for field, both in (
            ("price", (TOURS, PLACES_TO_STAY)),
            ("url", (TOURS, PLACES_TO_STAY)),
            ("description", (TOURS, PLACES_TO_STAY)),
        )
    )
    titled = max((fit(words, TOURS["title"]) for words in columns), default=0.0)
    return named + told + titled


def _reference(other: Sample, to: Sample) -> Join | None:
    """Return by which column, with repeats, a source refers to a key of another."""
    found = [
        Join(other, column, key, share)
        for key, keys in to.keys.items()
        if not key.endswith("?") and keys.distinct >= _UNIQUE
        for column, values in other.keys.items()
        if values.distinct < 1
        and (share := _shared(column, values, keys)) >= _JOINS
        and _may_join(column, key, to, values)
    ]
    return max(found, key=lambda each: (each.share, _alike(each)), default=None)


def _shared(column: str, values: Keys, keys: Keys) -> float:
    """Return the share of a column's distinct values that are keys of another source."""
    if column.endswith("?") or not values.hashes:
        return 0.0
    return len(values.hashes & keys.hashes) / len(values.hashes)


def _may_join(column: str, key: str, to: Sample, values: Keys) -> bool:
    """Tell keys from numbers that are equal by coincidence: by their length or their names."""
    if values.longest >= _TELLING and not _is_word(values):
        return True
    words, target = set(words_of(column)), set(words_of(key))
    owner = {word.removesuffix("s") for word in words_of(to.name) if not names_a_key((word,))}
    return names_a_key(tuple(words)) and bool(words & owner or words == target)


def _is_word(values: Keys) -> bool:
    return len(values.hashes) < 3


def _alike(join: Join) -> int:
    return len(set(words_of(join.column)) & set(words_of(join.path)))


def _joined(main: Sample, others: list[Sample]) -> tuple[Join, ...]:
    """Join one source after the other to the first, or to one that is joined already."""
    joins: list[Join] = []
    left = list(others)
    while left:
        found = [join for each in left if (join := _best_join(each, main, joins)) is not None]
        if not found:
            break
        best = max(found, key=lambda each: each.share)
        _name(best.sample, [main, *(each.sample for each in joins)], set(main.columns))
        joins.append(best)
        left = [each for each in left if each is not best.sample]
    return tuple(joins)


def _best_join(sample: Sample, main: Sample, joins: Sequence[Join]) -> Join | None:
    found = _any_reference(sample, main)
    for each in joins:
        further = _any_reference(sample, each.sample)
        if further and (found is None or further.share > found.share + 0.1):
            found = replace(further, path=f"{each.sample.name}.{further.path}")
    return found


def _any_reference(sample: Sample, to: Sample) -> Join | None:
    """Return how a source belongs to another: it refers to it, or shares its id."""
    return _reference(sample, to) or _shared_key(sample, to)


def _shared_key(sample: Sample, to: Sample) -> Join | None:
    """Return the key that two sources have in common: one record here for each there."""
    found = [
        Join(sample, column, key, share)
        for key, keys in to.keys.items()
        if not key.endswith("?") and keys.distinct >= _UNIQUE
        for column, values in sample.keys.items()
        if (share := _shared(column, values, keys)) >= _JOINS
        and names_a_key(words_of(column))
        and _may_join(column, key, to, values)
    ]
    return max(found, key=lambda each: (each.share, _alike(each)), default=None)


def _name(sample: Sample, taken: Sequence[Sample], columns: set[str] | None = None) -> None:
    """Give a source a name of its own, by which it can be reached into."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(sample.files[0].stem)).strip("_")[:40]
    if len(sample.files) > 1:
        plain = _common(sample.files) or "records"
    name, used = plain or "source", {each.name for each in taken if each is not sample}
    number = 2
    while name in used or name in (columns or set()):
        name, number = f"{plain or 'source'}_{number}", number + 1
    sample.name = name


def _common(files: Sequence[Path]) -> str:
    """Return what the names of several files begin with."""
    stems = [re.sub(r"[^a-z0-9]+", "_", fold(each.stem)) for each in files]
    first, last = min(stems), max(stems)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    prefix = first if length is None else first[:length]
    return prefix.strip("_0123456789") if len(prefix.strip("_0123456789")) > 2 else ""


def patterns(sample: Sample, folder: Path) -> list[str]:
    """Return the names of a source's files, as one pattern where there is one that fits."""
    names = [each.name for each in sample.files]
    if len(names) == 1:
        return [_literal(names[0])]
    prefix = _shared_start(names)
    suffix = _shared_start([name[::-1] for name in names])[::-1]
    every = [path.name for path in _files(folder)[:MOST_FILES]]
    for ending in (suffix, sample.files[0].suffix):
        pattern = f"{_literal(prefix)}*{_literal(ending)}"
        if prefix and sorted(fnmatch.filter(every, pattern)) == sorted(names):
            return [pattern]
    return [_literal(name) for name in names]


def _shared_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))]


def _literal(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
