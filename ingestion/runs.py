"""Runs that a worker does: asked for by an upload or a schedule, done later, seen at any time."""

import datetime as dt
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import ParseException, crontab

from core.database import Connection, pool, unit_of_work
from core.errors import InvalidInputError, NotFoundError, TravelBuddyError
from core.web_guard import parse
from ingestion import repository
from ingestion.fetching import is_address, names_addresses
from ingestion.mapping.schemas import Mapping
from ingestion.mapping.service import read_mapping
from ingestion.report.page import report_page
from ingestion.repository import NewRun, Provider
from ingestion.schemas import Kind, Report, Trigger
from ingestion.scratch.repository import discard_old_scratch
from ingestion.service import Wanted, ingest, shown
from ingestion.uploads import discard, discard_old, uploads_folder

log = structlog.get_logger(__name__)

_SHOWN_REJECTS = 200
_MOST_TRIES = 3
_GIVEN_UP = (
    f"its worker died {_MOST_TRIES + 1} times at it; see the worker's log, then send it again"
)
_OLD_S = 7 * 86_400.0
"""An upload that no open run names is deleted after so long."""


def register(connection: Connection, mapping_yaml: str, location: str | None = None) -> Mapping:
    """Keep how a provider's feed is to be taken in, and from where and when.

    Args:
        connection: an open transaction.
        mapping_yaml: the mapping file's content.
        location: the feed's address or folder; as the mapping says by default.

    Raises:
        InvalidInputError: the mapping or its schedule is not right, or it names no location.
    """
    mapping = read_mapping(mapping_yaml)
    place = location or mapping.location
    if mapping.schedule and not place:
        raise InvalidInputError("the mapping has a schedule but no location to fetch from")
    if mapping.schedule:
        parse_schedule(mapping.schedule)
    if place and is_address(place):
        parse(place)
    repository.save_provider(connection, mapping.provider, mapping_yaml, place, mapping.schedule)
    return mapping


def parse_schedule(text: str) -> crontab:
    """Return when a feed is to be taken in.

    Raises:
        InvalidInputError: these are not five cron fields.
    """
    try:
        return crontab.from_string(text)
    except (ParseException, ValueError, TypeError) as error:
        raise InvalidInputError(
            f"schedule: {text!r} is not five cron fields, such as '0 3 * * *' ({error})"
        ) from None


def request_run(
    connection: Connection,
    provider: str,
    folder: Path | None,
    mapping_yaml: str | None,
    *,
    full: bool = False,
) -> int:
    """Note that an uploaded feed, or a provider's own, is to be taken in; return the run's key.

    Args:
        connection: an open transaction.
        provider: whose feed it is.
        folder: where the uploaded files lie; None takes the provider's own feed.
        mapping_yaml: how its columns become our fields; the provider's own by default.
        full: whether what is missing from it is retired.

    Raises:
        InvalidInputError: the mapping is not right, or of another provider, or there is neither
            an upload nor a known feed.
    """
    known = _known(connection, provider)
    text = mapping_yaml or (known.mapping if known else None)
    mapping = read_mapping(text) if text else None
    if mapping and mapping.provider != provider:
        raise InvalidInputError(f"the mapping is of {mapping.provider}, not of {provider}")
    if mapping_yaml and mapping and names_addresses(mapping):
        # Who may upload may not make us read what our own network shows to nobody else.
        raise InvalidInputError("a mapping that is sent along may not name addresses to fetch")
    location = str(folder) if folder else known and known.location
    if not location:
        raise InvalidInputError(f"no feed of {provider} is known; send one, or add its address")
    kind: Kind = mapping.kind if mapping else "tours"
    return _add(connection, location, text, kind, provider, "upload", complete=full or None)


def _known(connection: Connection, provider: str) -> Provider | None:
    found = repository.load_providers(connection, provider)
    return found[0] if found else None


def _add(
    connection: Connection,
    location: str,
    text: str | None,
    kind: Kind,
    provider: str,
    trigger: Trigger,
    *,
    complete: bool | None,
) -> int:
    return repository.add_run(
        connection,
        NewRun(
            provider_id=repository.provider_id(connection, provider),
            source=shown(location),
            kind=kind,
            trigger=trigger,
            state="queued",
            location=location,
            mapping=text,
            complete=complete,
        ),
    )


def do_run(run_id: int) -> Report | None:
    """Do a run that was asked for; None where it has been done.

    Raises:
        RetryLaterError: another run of the provider is at work, or an address does not answer.
    """
    with unit_of_work() as unit:
        row = repository.load_run(unit.connection, run_id)
    if row is None or row["state"] != "queued":
        return None
    upload = row["trigger"] == "upload"
    try:
        wanted = _wanted(row)
        report = ingest(_single(row["location"], wanted.mapping), wanted)
    except InvalidInputError as error:
        _note_refusal(run_id, error)
        report = None
    if upload:
        _discard_upload(row["location"])
    return report


def _wanted(row: dict[str, Any]) -> Wanted:
    mapping = read_mapping(row["mapping"]) if row["mapping"] else None
    return Wanted(
        mapping=mapping,
        provider=row["provider"],
        complete=row["complete"],
        trigger=row["trigger"],
        run_id=row["id"],
    )


def _single(location: str, mapping: Mapping | None) -> str:
    """Return the one file of a folder whose files no mapping names."""
    folder = Path(location)
    named = mapping and any(source.file for source in mapping.sources.values())
    if named or not folder.is_dir():
        return location
    files = sorted(each for each in folder.iterdir() if each.is_file())
    return str(files[0]) if len(files) == 1 else location


def _note_refusal(run_id: int, error: TravelBuddyError) -> None:
    """Note why a run could not even begin; one that began has noted it itself."""
    with unit_of_work() as unit:
        repository.fail_open(unit.connection, run_id, error.message)


def _discard_upload(location: str) -> None:
    folder = Path(location)
    if folder.parent == uploads_folder():
        discard(folder)


def due_runs(connection: Connection, now: dt.datetime) -> list[int]:
    """Note the runs that a schedule asks for by now, and return their keys."""
    due = []
    for each in repository.load_providers(connection):
        try:
            if each.enabled and each.schedule and each.location and _is_due(each, now):
                due.append(_add_scheduled(connection, each, each.location))
        except InvalidInputError as error:
            # It was right when it was registered; what has become of it must not hold up others.
            log.warning("feed_cannot_be_scheduled", provider=each.name, reason=error.message)
    return due


def _add_scheduled(connection: Connection, provider: Provider, location: str) -> int:
    kind: Kind = read_mapping(provider.mapping).kind if provider.mapping else "tours"
    return _add(
        connection, location, provider.mapping, kind, provider.name, "schedule", complete=None
    )


def _is_due(provider: Provider, now: dt.datetime) -> bool:
    schedule = parse_schedule(provider.schedule or "")
    schedule.nowfun = lambda: now
    since = provider.last_started or provider.added
    return bool(schedule.remaining_estimate(since) <= dt.timedelta(0))


def lost_runs(connection: Connection) -> list[int]:
    """Return the runs that nobody is at work on: their worker died, or never heard of them.

    One that had begun is noted as interrupted, and asked for anew: the new one completes its work.
    """
    lost = []
    for row in repository.open_runs(connection):
        if not _is_idle(row["provider_id"]):
            continue
        if row["state"] == "queued":
            lost.append(row["id"])
        elif repository.count_interrupted(connection, row["provider_id"]) < _MOST_TRIES:
            lost.append(_asked_again(connection, row))
        else:
            repository.fail_open(connection, row["id"], _GIVEN_UP)
    return lost


def _is_idle(provider: int) -> bool:
    """Tell whether no run of a provider is at work, by trying to take its lock."""
    with pool().connection() as own:
        taken = repository.try_lock(own, provider)
        if taken:
            repository.unlock(own, provider)
        return taken


def _asked_again(connection: Connection, row: dict[str, Any]) -> int:
    repository.mark_interrupted(connection, row["id"])
    return _add(
        connection,
        row["location"],
        row["mapping"],
        row["kind"],
        row["provider"],
        row["trigger"],
        complete=row["complete"],
    )


def tidy(connection: Connection) -> int:
    """Delete uploads and scratch files that no open run needs; return how many folders."""
    needed = [Path(row["location"]) for row in repository.open_runs(connection) if row["location"]]
    return discard_old(_OLD_S, needed) + discard_old_scratch(_OLD_S)


def list_runs(connection: Connection, provider: str | None, limit: int) -> list[dict[str, Any]]:
    """Return the latest runs in short, the newest first."""
    wanted = ("provider", "source", "kind", "state", "trigger", "read", "inserted",
              "updated", "unchanged", "warned", "rejected", "retired", "error")  # fmt: skip
    return [
        {"run": row["id"], **{name: row[name] for name in wanted}, **_times(row)}
        for row in repository.load_runs(connection, provider, limit)
    ]


def run_report(connection: Connection, run_id: int) -> dict[str, Any]:
    """Return a run's report.

    Raises:
        NotFoundError: there is no such run.
    """
    row = repository.load_run(connection, run_id)
    if row is None:
        raise NotFoundError(f"no run {run_id}")
    told = dict(row["report"] or {})
    known = ("provider", "source", "kind", "state", "trigger", "error", "read", "rejected")
    return {**told, "run_id": run_id, **{name: row[name] for name in known}, **_times(row)}


def _times(row: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: row[name].isoformat() if row[name] else None for name in ("started_at", "finished_at")
    }


def run_report_html(connection: Connection, run_id: int) -> str:
    """Return a run's report as a page.

    Raises:
        NotFoundError: there is no such run.
    """
    told = run_report(connection, run_id)
    return report_page(told, repository.load_rejects(connection, run_id, _SHOWN_REJECTS))
