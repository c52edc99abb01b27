"""Taking a catalogue in: read, check, embed what is new or changed, and store it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.database import Connection, unit_of_work
from core.errors import InvalidInputError
from ingestion import repository
from ingestion.readers import JsonLinesReader
from ingestion.repository import Tour
from ingestion.schemas import Reject, Report, Row
from recommender.embedding import embedder
from recommender.encoding import encode_packages, encoder_name
from recommender.schemas import Package
from recommender.service import CachedEmbedder, note_encoded

_BATCH = 64
_EXAMPLES = 5
_HOPELESS = 1_000
"""A file that begins with so many lines without a tour among them is no catalogue."""

Progress = Callable[[int, int], None]


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def ingest(path: Path, provider: str | None = None, on_progress: Progress = _no_progress) -> Report:
    """Take a JSON Lines catalogue in; run again, it changes nothing that has not changed.

    Every batch is a transaction of its own: a run that was cut short left whole tours, and the
    next run finishes the work.

    Args:
        path: the file.
        provider: whose tours they are, where the rows do not say; the file's name by default.
        on_progress: called with the bytes read so far and the bytes in all.

    Raises:
        InvalidInputError: the file cannot be read, or none of its rows is a tour.
    """
    reader = JsonLinesReader(path)
    with unit_of_work() as unit:
        report = Report(repository.start_run(unit.connection, str(path.name)))
    for batch in _batches(_without_repeats(reader.rows(), provider or path.stem)):
        _take(batch, report)
        on_progress(reader.position, reader.size)
        if report.taken == 0 and report.rejected >= _HOPELESS:
            break
    with unit_of_work() as unit:
        repository.finish_run(unit.connection, report)
    if report.taken == 0:
        raise InvalidInputError(_nothing_in(path, report))
    return report


def _nothing_in(path: Path, report: Report) -> str:
    if not report.examples:
        return f"{path} holds nothing but blank lines"
    first = report.examples[0]
    hint = " (one JSON object a line is expected, not an array)" if first.content[:1] == "[" else ""
    where = f"its first {_HOPELESS:,} lines" if report.rejected >= _HOPELESS else "it"
    return f"{path}: no tour in {where}; line {first.line}: {first.reason}{hint}"


def _without_repeats(rows: Iterable[Row | Reject], provider: str) -> Iterator[Row | Reject]:
    """Set aside a tour whose provider and id came before in the same file."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        package = row.package.model_copy(update={"provider": row.package.provider or provider})
        key = (package.provider or provider, package.id)
        if key in seen:
            reason = f"id: {package.id!r} was used already on line {seen[key]}"
            yield Reject(row.line, reason, package.title)
            continue
        seen[key] = row.line
        yield Row(row.line, package)


def _batches(rows: Iterable[Row | Reject]) -> Iterator[list[Row | Reject]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _take(batch: list[Row | Reject], report: Report) -> None:
    """Store one batch, or nothing of it."""
    rejects = [row for row in batch if isinstance(row, Reject)]
    packages = [row.package for row in batch if isinstance(row, Row)]
    with unit_of_work() as unit:
        stored = _take_packages(unit.connection, packages)
        repository.save_rejects(unit.connection, report.run_id, rejects)
    report.inserted += stored.inserted
    report.updated += stored.updated
    report.unchanged += len(packages) - stored.inserted - stored.updated
    report.rejected += len(rejects)
    report.examples += rejects[: max(_EXAMPLES - len(report.examples), 0)]


@dataclass(frozen=True, slots=True)
class _Stored:
    inserted: int
    updated: int


def _take_packages(connection: Connection, packages: list[Package]) -> _Stored:
    """Embed and store those tours that are new or have changed."""
    encoder = encoder_name(embedder())
    names = sorted({package.provider or "" for package in packages})
    providers = {name: repository.provider_id(connection, name) for name in names}
    keys = [(providers[package.provider or ""], package.id) for package in packages]
    hashes = [_content_hash(package, encoder) for package in packages]
    known = repository.stored_hashes(connection, keys)
    changed = [row for row, key in enumerate(keys) if known.get(key) != hashes[row]]
    encoded = encode_packages(
        [packages[row] for row in changed], CachedEmbedder(connection, embedder())
    )
    tours = [
        Tour(keys[row][0], packages[row], hashes[row], each)
        for row, each in zip(changed, encoded, strict=True)
    ]
    repository.upsert_packages(connection, tours, encoder)
    note_encoded(connection, encoded)
    updated = sum(keys[row] in known for row in changed)
    return _Stored(inserted=len(changed) - updated, updated=updated)


def _content_hash(package: Package, encoder: str) -> bytes:
    """Return what changes when a tour's fields, or what encodes them, change."""
    content = json.dumps(package.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(f"{encoder}\n{content}".encode()).digest()
