"""One run: read everything, judge it, and only then change the catalogue, batch by batch."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any, TypeVar

from accommodation.schemas import Accommodation
from core.database import unit_of_work
from ingestion import gates, repository
from ingestion.building.port import Builder, Built
from ingestion.feeds import Feed
from ingestion.gates import StoppedError
from ingestion.mapping.paths import plain
from ingestion.mapping.schemas import Limits
from ingestion.schemas import Draft, Record, Reject, Remark, Report
from ingestion.scratch.repository import Scratch
from ingestion.storing import repository as catalogue
from ingestion.storing.port import Saved, Store, Stored
from recommender.encoding import Said
from recommender.schemas import Criterion, Package

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Is told the stage ("reading", in bytes, or "storing", in records), how far it is, and of what."""

_READ_AT_ONCE = 64
_HEAVIEST = 4_000_000
"""Characters read at once, give or take a record."""
_STORED_AT_ONCE = 128
_EXAMPLES = 5
_MOST_KEPT = 10_000
"""Rejects kept of one run; they are counted beyond it."""
_HOPELESS = 1_000
"""A feed that begins with so many records without a tour among them is none of ours."""
_NOBODY = 0
_OF_ONE_RECORD = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,]*")


class Run:
    """Takes one feed in.

    Args:
        feed: where the records come from.
        builder: makes items of them.
        store: keeps the items.
        scratch: holds what waits.
        report: is filled while the run goes on.
        on_progress: is told how far it is.
    """

    def __init__(
        self,
        feed: Feed,
        builder: Builder,
        store: Store,
        scratch: Scratch,
        report: Report,
        on_progress: Progress,
    ) -> None:
        self._feed, self._builder, self._store = feed, builder, store
        self._scratch, self._report, self._on_progress = scratch, report, on_progress

    def read(self) -> None:
        """Read and judge every record; nothing of the catalogue is changed.

        Raises:
            InvalidInputError: a file cannot be read.
        """
        with self._timed("reading"):
            try:
                self._read()
            finally:
                self._report.embedded += self._store.settle()

    def _read(self) -> None:
        for batch in _bounded(self._feed.records()):
            self._judge(batch)
            self._on_progress("reading", self._feed.position, self._feed.size)
            if self._is_hopeless():
                return

    def _is_hopeless(self) -> bool:
        return self._report.rejected >= _HOPELESS and self._has_nothing()

    def _has_nothing(self) -> bool:
        return not self._report.unchanged and not self._scratch.count_waiting()

    def _judge(self, batch: Sequence[Record | Reject]) -> None:
        """Sort a batch into what is set aside, what is there already, and what waits."""
        self._report.read += sum(each.merged if isinstance(each, Record) else 1 for each in batch)
        self._report.merged += sum(each.merged - 1 for each in batch if isinstance(each, Record))
        drafts, rejects = self._drafts(batch)
        changed = []
        for draft, known in zip(drafts, self._known(drafts), strict=True):
            if known and known.source_hash == draft.source_hash and not known.retired:
                self._note_unchanged(known)
            else:
                changed.append(draft)
        built = self._builder.build(changed)
        rejects += [each for each in built if isinstance(each, Reject)]
        items = [each for each in built if isinstance(each, Built)]
        self._store.expect(items)
        self._scratch.add_waiting(_packed(each) for each in items)
        for item in items:
            self._note_remarks(item.remarks)
        self._set_aside(rejects)

    def _drafts(self, batch: Sequence[Record | Reject]) -> tuple[list[Draft], list[Reject]]:
        drafts: list[Draft] = []
        rejects: list[Reject] = []
        for each in batch:
            draft = self._builder.draft(each) if isinstance(each, Record) else each
            if isinstance(draft, Draft):
                draft = self._unless_seen(draft)
            if isinstance(draft, Draft):
                drafts.append(draft)
            else:
                rejects.append(draft)
        return drafts, rejects

    def _unless_seen(self, draft: Draft) -> Draft | Reject:
        """Set aside a record whose id came before in the same feed."""
        provider = self._builder.provider(draft)
        before = self._scratch.first_seen(provider, draft.key, draft.line, draft.source)
        if before is None:
            return draft
        where = f"line {before[0]}" + (f" of {before[1]}" if before[1] != draft.source else "")
        reason = f"id: {draft.key!r} was used already on {where}"
        return Reject(draft.line, reason, draft.key, draft.source)

    def _known(self, drafts: Sequence[Draft]) -> list[Stored | None]:
        """Return what is stored of each draft; providers that only a feed names are not added."""
        names = [self._builder.provider(each) for each in drafts]
        with unit_of_work() as unit:
            providers = repository.find_providers(unit.connection, names)
            keys = [
                (providers.get(name, _NOBODY), draft.key)
                for name, draft in zip(names, drafts, strict=True)
            ]
            stored = self._store.known(unit.connection, keys)
        return [stored.get(key) for key in keys]

    def _note_unchanged(self, known: Stored) -> None:
        self._report.unchanged += 1
        self._note_remarks(known.remarks)

    def _note_remarks(self, remarks: Sequence[Remark]) -> None:
        self._report.warned += bool(remarks)
        for each in remarks:
            self._report.remarks.add(each.name, each.value)

    def _set_aside(self, rejects: list[Reject]) -> None:
        report = self._report
        for each in rejects:
            report.reasons.add(_OF_ONE_RECORD.sub("…", each.reason), each.content[:120])
        report.examples += rejects[: max(_EXAMPLES - len(report.examples), 0)]
        kept = rejects[: max(_MOST_KEPT - report.rejected, 0)]
        report.rejected += len(rejects)
        if kept:
            with unit_of_work() as unit:
                repository.save_rejects(unit.connection, report.run_id, kept)

    def check(self, limits: Limits, *, complete: bool) -> list[int]:
        """Return the keys of what is to be retired; stop where the run would do too much.

        Raises:
            StoppedError: too many would be set aside or retired, or the feed holds nothing.
        """
        report = self._report
        if self._has_nothing():
            raise StoppedError(self._nothing(), report)
        gates.check_set_aside(report, limits)
        if not complete:
            return []
        return [key for missing in self._missing(limits) for key in missing]

    def _nothing(self) -> str:
        report = self._report
        if not report.examples:
            return "the feed holds no records"
        first = report.examples[0]
        hopeless = report.rejected >= _HOPELESS
        where = f"its first {_HOPELESS:,} records" if hopeless else "it"
        place = f"line {first.line}" + (f" of {first.source}" if first.source else "")
        return f"no {report.kind} in {where}; {place}: {first.reason}"

    def _missing(self, limits: Limits) -> Iterator[list[int]]:
        """Yield, for each provider in the feed, what is offered and did not come."""
        with unit_of_work() as unit:
            providers = repository.find_providers(unit.connection, self._scratch.providers())
            for name, provider in providers.items():
                live = catalogue.stream_live(unit.connection, self._store.kind, provider)
                missing = list(self._scratch.unseen(name, live))
                offered = catalogue.count_live(unit.connection, self._store.kind, provider)
                gates.check_retired(self._report, limits, name, missing, offered)
                yield missing

    def save(self) -> None:
        """Store what waits, each batch whole or not at all."""
        total = self._scratch.count_waiting()
        done = 0
        with self._timed("storing"):
            for batch in batches(self._scratch.waiting(), _STORED_AT_ONCE):
                self._save([_unpacked(each) for each in batch])
                done += len(batch)
                self._on_progress("storing", done, total)

    def _save(self, items: Sequence[Built]) -> None:
        with unit_of_work() as unit:
            # In the order of their names, so that two runs cannot wait for each other's rows.
            providers = {
                name: repository.provider_id(unit.connection, name)
                for name in sorted({each.provider for each in items})
            }
            keyed = {(providers[each.provider], each.draft.key): each for each in items}
            saved = self._store.save(unit.connection, self._report.run_id, keyed)
            self._count(saved)
            repository.note_progress(unit.connection, self._report)

    def _count(self, saved: Saved) -> None:
        report = self._report
        report.inserted += saved.inserted
        report.updated += saved.updated
        report.unchanged += saved.unchanged
        report.returned += saved.returned
        report.duplicates += saved.duplicates
        report.embedded += saved.embedded
        report.changed.update(saved.changed)

    def finish(self, missing: Sequence[int]) -> None:
        """Retire what is missing, and note that the run is over, in one transaction."""
        report = self._report
        with self._timed("finishing"), unit_of_work() as unit:
            connection = unit.connection
            self._store.retire(connection, report.run_id, missing)
            report.retired = len(missing)
            report.state = "finished"
            providers = repository.find_providers(connection, self._scratch.providers())
            for provider in providers.values():
                report.stated.update(catalogue.coverage(connection, self._store.kind, provider))
            repository.note_progress(connection, report)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self._report.seconds[stage] = round(spent, 3)


def _bounded(records: Iterable[Record | Reject]) -> Iterator[list[Record | Reject]]:
    """Yield records in lists that are neither long nor heavy."""
    batch: list[Record | Reject] = []
    weight = 0
    for each in records:
        batch.append(each)
        weight += _weight(each.values) if isinstance(each, Record) else 0
        if len(batch) == _READ_AT_ONCE or weight > _HEAVIEST:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _weight(value: object) -> int:
    """Return about how many characters a value holds."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_weight, value.values()))
    return sum(map(_weight, value)) if isinstance(value, list | tuple) else 1


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in lists of at most *size*."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _packed(built: Built) -> str:
    """Return an item as text, for the scratch file."""
    draft = built.draft
    content: dict[str, Any] = {
        "provider": built.provider,
        "draft": {
            "line": draft.line,
            "source": draft.source,
            "key": draft.key,
            "values": dict(draft.values),
            "source_hash": draft.source_hash.hex(),
        },
        "remarks": [asdict(each) for each in built.remarks],
        "kind": type(built.item).__name__,
        "item": built.item.model_dump(mode="json"),
        "said": built.said
        and {
            "reduced": dict(built.said.reduced),
            "concepts": sorted(built.said.concepts),
            "words": sorted(built.said.words),
        },
    }
    return json.dumps(content, default=plain)


def _unpacked(content: str) -> Built:
    told = json.loads(content)
    shape = {each.__name__: each for each in (Package, Accommodation)}[told["kind"]]
    draft = {**told["draft"], "source_hash": bytes.fromhex(told["draft"]["source_hash"])}
    return Built(
        provider=told["provider"],
        draft=Draft(**draft),
        item=shape.model_validate(told["item"]),
        remarks=tuple(Remark(**each) for each in told["remarks"]),
        said=told["said"] and _said(**told["said"]),
    )


def _said(reduced: dict[str, str], concepts: list[str], words: list[str]) -> Said:
    by_criterion = {Criterion(key): text for key, text in reduced.items()}
    return Said(by_criterion, frozenset(concepts), frozenset(words))
