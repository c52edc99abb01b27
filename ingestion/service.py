"""Taking a feed in: any operator's, clean, and as often as one likes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.ai import language_model
from core.database import Connection, pool, unit_of_work
from core.errors import InvalidInputError, RetryLaterError, TravelBuddyError
from core.text import tidy
from core.web_guard import parse
from ingestion import repository
from ingestion.building.accommodations import MappedAccommodations
from ingestion.building.own import OwnTours
from ingestion.building.port import Builder
from ingestion.building.tours import MappedTours
from ingestion.feeds import Feed, SourceFiles, digest
from ingestion.fetching import Obtained, is_address, obtain
from ingestion.gates import StoppedError
from ingestion.mapping.schemas import Limits, Mapping
from ingestion.mapping.service import fingerprint
from ingestion.mapping.standard import OWN_FORMATS, standard_mapping
from ingestion.repository import NewRun
from ingestion.run import Progress, Run
from ingestion.schemas import Kind, Report, Trigger
from ingestion.scratch.repository import Scratch
from ingestion.storing import repository as catalogue
from ingestion.storing.accommodations import AccommodationStore
from ingestion.storing.port import Store
from ingestion.storing.tours import TourStore
from recommender.models.service import active_embedder, encoder_in_use


def _no_progress(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a feed is to be taken in.

    Attributes:
        mapping: how its columns become our fields; None where they are called as ours.
        provider: whose feed it is; as the mapping says by default, else the name of the file.
        complete: whether what is missing from it is retired; as the mapping says by default.
        limits: when to stop rather than go on; as the mapping says by default.
        again: whether files that have not changed are read all the same.
        trigger: what set the run off.
        run_id: of a run that was asked for earlier; a new one by default.
    """

    mapping: Mapping | None = None
    provider: str | None = None
    complete: bool | None = None
    limits: Limits | None = None
    again: bool = False
    trigger: Trigger = "command"
    run_id: int | None = None


def ingest(
    location: Path | str, wanted: Wanted | None = None, on_progress: Progress = _no_progress
) -> Report:
    """Take a feed in; run again, it changes nothing that has not changed.

    The whole feed is read and judged before the catalogue is touched. Then every batch is a
    transaction of its own: a run that was cut short left whole tours, and the next one completes
    its work.

    Args:
        location: a file, the folder of the files that the mapping names, or an address.
        wanted: how it is to be taken in.
        on_progress: is told how far the run is.

    Raises:
        InvalidInputError: the feed cannot be read; `StoppedError`, which has the report, where
            too much would be set aside or retired, or nothing is in it.
        RetryLaterError: another run of the same provider is at work, or an address does not
            answer.
    """
    told = str(location)
    if is_address(told):
        parse(told)
    elif not Path(told).exists():
        raise InvalidInputError(f"{told}: no such file or folder")
    with Scratch() as scratch:
        return _Ingestion(told, wanted or Wanted(), scratch, on_progress).run()


class _Ingestion:
    """One call of `ingest`."""

    def __init__(
        self, location: str, wanted: Wanted, scratch: Scratch, on_progress: Progress
    ) -> None:
        self._location, self._wanted = location, wanted
        self._scratch, self._on_progress = scratch, on_progress
        mapping = wanted.mapping
        self._provider = wanted.provider or (mapping.provider if mapping else _stem(location))
        self._mapping = mapping and mapping.model_copy(update={"provider": self._provider})

    def run(self) -> Report:
        with unit_of_work() as unit:
            provider = repository.provider_id(unit.connection, self._provider)
        with _locked(provider, self._provider):
            report = self._started(provider)
            try:
                return self._taken_in(report, provider)
            except TravelBuddyError as error:
                _note_failure(report, error)
                raise
            except BaseException:
                report.state = "interrupted"
                _note(report)
                raise

    def _started(self, provider: int) -> Report:
        """Note that the run is at work, and which earlier ones were cut short."""
        kind: Kind = self._mapping.kind if self._mapping else "tours"
        wanted = self._wanted
        with unit_of_work() as unit:
            run_id = wanted.run_id or repository.add_run(
                unit.connection,
                NewRun(provider, shown(self._location), kind, wanted.trigger, "reading"),
            )
            repository.begin_run(unit.connection, run_id)
            cut_short = repository.note_interrupted(unit.connection, provider, run_id)
        report = Report(run_id, self._provider, kind)
        report.continues = cut_short
        return report

    def _taken_in(self, report: Report, provider: int) -> Report:
        obtained = self._obtained(report, provider)
        if obtained.unchanged or self._is_same(obtained.sources, report, provider):
            _note(report)
            return report
        run = self._run(obtained.sources, report)
        run.read()
        missing = run.check(self._limits(), complete=self._is_complete())
        report.state = "storing"
        _note(report)
        run.save()
        run.finish(missing)
        with unit_of_work() as unit:
            versions = {"of": self._version, "addresses": obtained.versions}
            repository.save_versions(unit.connection, provider, versions)
            repository.note_progress(unit.connection, report)  # with the time that finishing took
        return report

    def _obtained(self, report: Report, provider: int) -> Obtained:
        """Find or fetch the files; what has not changed only where something else has."""
        folder = self._scratch.folder / "fetched"
        folder.mkdir()
        known = {} if self._wanted.again else self._versions(provider)
        obtained = obtain(self._location, self._mapping, folder, known)
        if obtained.unchanged and not _recall(report, provider):
            return obtain(self._location, self._mapping, folder, {})
        return obtained

    def _versions(self, provider: int) -> dict[str, Any]:
        with unit_of_work() as unit:
            kept = repository.load_versions(unit.connection, provider)
        return dict(kept.get("addresses", {})) if kept.get("of") == self._version else {}

    def _is_same(self, sources: list[SourceFiles], report: Report, provider: int) -> bool:
        report.fingerprint = digest(sources, self._version)
        return not self._wanted.again and _recall(report, provider)

    def _run(self, sources: list[SourceFiles], report: Report) -> Run:
        feed = Feed(sources, self._mapping, self._scratch)
        mapping = self._mapping
        if mapping is None and not feed.formats <= OWN_FORMATS:
            mapping = standard_mapping(self._provider)
        return Run(
            feed, self._builder(mapping), _store(report.kind), self._scratch, report,
            self._on_progress,
        )  # fmt: skip

    def _builder(self, mapping: Mapping | None) -> Builder:
        if mapping is None:
            return OwnTours(self._provider, only=self._wanted.trigger == "upload")
        if mapping.kind == "accommodations":
            return MappedAccommodations(mapping)
        with unit_of_work() as unit:
            return MappedTours(mapping, active_embedder(unit.connection), language_model())

    @cached_property
    def _version(self) -> str:
        """Return what decides, besides the files, what the catalogue is like after the run."""
        with unit_of_work() as unit:
            encoder = encoder_in_use(unit.connection).name
        return f"{fingerprint(self._mapping)} {encoder} {self._is_complete()}"

    def _limits(self) -> Limits:
        return self._wanted.limits or (self._mapping.limits if self._mapping else Limits())

    def _is_complete(self) -> bool:
        if self._wanted.complete is not None:
            return self._wanted.complete
        return self._mapping.complete if self._mapping else False


def _stem(location: str) -> str:
    """Return the name of a feed that has no other: that of its file, or of its server."""
    if is_address(location):
        return urlsplit(location).hostname or location
    return tidy(Path(location).resolve().stem)


def shown(location: str) -> str:
    """Return where a feed lies as it may be shown: without folders, log-ins or keys."""
    if not is_address(location):
        return tidy(Path(location).resolve().name)
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"


def _store(kind: Kind) -> Store:
    return AccommodationStore() if kind == "accommodations" else TourStore()


@contextmanager
def _locked(provider: int, name: str) -> Iterator[None]:
    """Hold a provider's lock in a session of its own, which lets go of it if this process dies."""
    with pool().connection() as connection:
        if not _try_lock(connection, provider):
            raise RetryLaterError(f"another run of {name} is at work; wait until it has ended")
        try:
            yield
        finally:
            repository.unlock(connection, provider)


def _try_lock(connection: Connection, provider: int) -> bool:
    taken = repository.try_lock(connection, provider)
    connection.commit()  # the session holds the lock, not a transaction that stays open
    return taken


def _recall(report: Report, provider: int) -> bool:
    """Take over the report of the last run, if it was of the same files and nothing came since.

    Returns:
        Whether it was, so that nothing is left to do.
    """
    with unit_of_work() as unit:
        last = repository.last_finished(unit.connection, provider, report.kind, report.run_id)
        offered = catalogue.count_live(unit.connection, report.kind, provider)
    if last is None or last["state"] != "finished":
        return False
    report.fingerprint = report.fingerprint or bytes(last["fingerprint"] or b"")
    told = last["report"]
    if last["fingerprint"] != report.fingerprint or told["stated"].get("all") != offered:
        return False
    report.state, report.same_as = "finished", told["same_as"] or last["id"]
    report.read, report.unchanged, report.merged = told["read"], told["taken"], told["merged"]
    report.warned, report.rejected = told["warned"], told["rejected"]
    report.stated.update(told["stated"])
    report.reasons.recall(told["reasons"])
    report.remarks.recall(told["remarks"])
    return True


def _note(report: Report) -> None:
    with unit_of_work() as unit:
        repository.note_progress(unit.connection, report)


def _note_failure(report: Report, error: TravelBuddyError) -> None:
    report.state = "stopped" if isinstance(error, StoppedError) else "failed"
    report.error = error.message
    _note(report)
