"""All SQL of feeds: providers, runs and what was set aside."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from core.database import Connection
from ingestion.schemas import Kind, Reject, Report, State, Trigger


def provider_id(connection: Connection, name: str) -> int:
    """Return the key of a provider, who is added when new."""
    # A provider who is there is only read: an upsert would wait for whoever stores tours of theirs.
    find: LiteralString = "select id from providers where name = %s"
    row = connection.execute(find, [name]).fetchone()
    if row is None:
        connection.execute(
            "insert into providers (name) values (%s) on conflict do nothing", [name]
        )
        row = connection.execute(find, [name]).fetchone()
    assert row is not None, "it is there now"  # noqa: S101
    return int(row["id"])


def find_providers(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """Return the keys of those providers that are known, by their names."""
    rows = connection.execute(
        "select name, id from providers where name = any(%s) order by name", [list(names)]
    )
    return {row["name"]: int(row["id"]) for row in rows}


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is to be noted.

    Attributes:
        provider_id: whose feed it is.
        source: the feed's name, as it may be shown.
        kind: what the feed holds.
        trigger: what set it off.
        state: "queued" where a worker is to do it.
        location, mapping, complete: what the worker must know.
    """

    provider_id: int
    source: str
    kind: Kind
    trigger: Trigger
    state: State
    location: str | None = None
    mapping: str | None = None
    complete: bool | None = None


def add_run(connection: Connection, run: NewRun) -> int:
    """Note a run, and return its key."""
    row = connection.execute(
        """
        insert into ingestion_runs
            (provider_id, source, kind, trigger, state, location, mapping, complete)
        values
            (%(provider_id)s, %(source)s, %(kind)s, %(trigger)s, %(state)s, %(location)s,
             %(mapping)s, %(complete)s)
        returning id
        """,
        asdict(run),
    ).fetchone()
    assert row is not None, "an insert returns its row"  # noqa: S101
    return int(row["id"])


def begin_run(connection: Connection, run_id: int) -> None:
    """Note that a run is at work from now on."""
    connection.execute(
        "update ingestion_runs set state = 'reading', started_at = now() where id = %s", [run_id]
    )


def load_run(connection: Connection, run_id: int) -> dict[str, Any] | None:
    """Return a run with its provider's name, or None."""
    return connection.execute(f"{_RUNS} where run.id = %s", [run_id]).fetchone()


def load_runs(connection: Connection, provider: str | None, limit: int) -> list[dict[str, Any]]:
    """Return the latest runs, of one provider or of all, the newest first."""
    return connection.execute(
        f"{_RUNS} where %s::text is null or provider.name = %s order by run.id desc limit %s",
        [provider, provider, limit],
    ).fetchall()


_RUNS: LiteralString = """
    select run.id, provider.name as provider, run.provider_id, run.source, run.kind, run.state,
           run.trigger, run.location, run.mapping, run.complete, run.started_at, run.finished_at,
           run.read, run.inserted, run.updated, run.unchanged, run.warned, run.rejected,
           run.retired, run.returned, run.report, run.error
    from ingestion_runs as run left join providers as provider on provider.id = run.provider_id
"""


def load_rejects(connection: Connection, run_id: int, limit: int) -> list[Reject]:
    """Return the first of what a run set aside."""
    rows = connection.execute(
        """
        select line, reason, content, source from ingestion_rejects
        where run_id = %s order by id limit %s
        """,
        [run_id, limit],
    )
    return [Reject(**row) for row in rows]


def open_runs(connection: Connection) -> list[dict[str, Any]]:
    """Return the runs that a worker was asked for and that have not come to an end."""
    return connection.execute(
        f"""
        {_RUNS} where run.state in ('queued', 'reading', 'storing') and run.trigger <> 'command'
        order by run.id
        """
    ).fetchall()


def mark_interrupted(connection: Connection, run_id: int) -> None:
    """Note that a run's worker is gone."""
    connection.execute("update ingestion_runs set state = 'interrupted' where id = %s", [run_id])


def fail_open(connection: Connection, run_id: int, error: str) -> None:
    """Note why a run that has not come to an end will not."""
    connection.execute(
        """
        update ingestion_runs set state = 'failed', error = %s, finished_at = now()
        where id = %s and state in ('queued', 'reading', 'storing')
        """,
        [error, run_id],
    )


def save_versions(connection: Connection, provider: int, versions: dict[str, Any]) -> None:
    """Keep what a feed's addresses said of their versions."""
    connection.execute("update providers set etags = %s where id = %s", [Jsonb(versions), provider])


def load_versions(connection: Connection, provider: int) -> dict[str, Any]:
    """Return what a feed's addresses said of their versions the last time."""
    row = connection.execute("select etags from providers where id = %s", [provider]).fetchone()
    return dict(row["etags"]) if row else {}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider whose feed is known.

    Attributes:
        mapping: YAML.
        location: a folder, a file or an address.
        schedule: five cron fields in UTC, or None.
        last_started: when its last scheduled or uploaded run was asked for.
    """

    id: int
    name: str
    mapping: str | None
    location: str | None
    schedule: str | None
    enabled: bool
    last_started: dt.datetime | None
    added: dt.datetime


def save_provider(
    connection: Connection, name: str, mapping: str, location: str | None, schedule: str | None
) -> int:
    """Keep how a provider's feed is to be taken in, and from where and when."""
    row = connection.execute(
        """
        insert into providers (name, mapping, source, schedule) values (%s, %s, %s, %s)
        on conflict (name) do update set mapping = excluded.mapping, source = excluded.source,
            schedule = excluded.schedule, enabled = true
        returning id
        """,
        [name, mapping, location, schedule],
    ).fetchone()
    assert row is not None, "an upsert returns its row"  # noqa: S101
    return int(row["id"])


def disable_provider(connection: Connection, name: str) -> bool:
    """Stop taking a provider's feed in on a schedule; its tours stay. False if there is none."""
    done = connection.execute(
        "update providers set enabled = false where name = %s and mapping is not null", [name]
    )
    return done.rowcount > 0


def load_providers(connection: Connection, name: str | None = None) -> list[Provider]:
    """Return the providers whose feed is known, all or the one of a name."""
    rows = connection.execute(
        """
        select id, name, mapping, source as location, schedule, enabled, created_at as added,
               (select max(started_at) from ingestion_runs as run
                where run.provider_id = providers.id and run.trigger = 'schedule') as last_started
        from providers
        where (mapping is not null or source is not null) and (%s::text is null or name = %s)
        order by name
        """,
        [name, name],
    )
    return [Provider(**row) for row in rows]


def note_interrupted(connection: Connection, provider: int, run_id: int) -> int | None:
    """Note of a provider's earlier runs which were cut short; return the last run, if it was one.

    The caller holds the provider's lock: none of them can still be at work.
    """
    connection.execute(
        """
        update ingestion_runs set state = 'interrupted'
        where provider_id = %s and id <> %s and state in ('reading', 'storing')
        """,
        [provider, run_id],
    )
    row = connection.execute(
        """
        select id, state from ingestion_runs
        where provider_id = %s and id <> %s and state <> 'queued'
        order by started_at desc, id desc limit 1
        """,
        [provider, run_id],
    ).fetchone()
    return int(row["id"]) if row and row["state"] == "interrupted" else None


def count_interrupted(connection: Connection, provider: int) -> int:
    """Return how many runs of a provider have been cut short since one came to an end."""
    row = connection.execute(
        """
        select count(*) as size from ingestion_runs
        where provider_id = %(provider)s and state = 'interrupted' and id > coalesce(
            (select max(id) from ingestion_runs
             where provider_id = %(provider)s and state in ('finished', 'stopped', 'failed')), 0)
        """,
        {"provider": provider},
    ).fetchone()
    return int(row["size"]) if row else 0


def try_lock(connection: Connection, provider: int) -> bool:
    """Take a provider's lock, which the session holds until it ends; False if another has it."""
    row = connection.execute(
        "select pg_try_advisory_lock(hashtext('ingestion'), %s::int) as taken", [provider]
    ).fetchone()
    return bool(row and row["taken"])


def unlock(connection: Connection, provider: int) -> None:
    """Let go of a provider's lock."""
    connection.execute("select pg_advisory_unlock(hashtext('ingestion'), %s::int)", [provider])


def save_rejects(connection: Connection, run_id: int, rejects: Sequence[Reject]) -> None:
    """Keep what was set aside, with the reason."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ingestion_rejects (run_id, line, reason, content, source)
            values (%s, %s, %s, %s, %s)
            """,
            [(run_id, each.line, each.reason, each.content, each.source) for each in rejects],
        )


def note_progress(connection: Connection, report: Report) -> None:
    """Note how far a run has come, or how it ended."""
    ended = report.state in ("finished", "stopped", "failed")
    connection.execute(
        """
        update ingestion_runs set state = %(state)s, read = %(read)s, inserted = %(inserted)s,
            updated = %(updated)s, unchanged = %(unchanged)s, warned = %(warned)s,
            rejected = %(rejected)s, retired = %(retired)s, returned = %(returned)s,
            report = %(report)s, error = %(error)s, fingerprint = %(fingerprint)s,
            finished_at = case when %(ended)s then now() end
        where id = %(run_id)s
        """,
        {
            **{name: getattr(report, name) for name in _COUNTED},
            "report": Jsonb(report.told()),
            "ended": ended,
        },
    )


_COUNTED = (
    "run_id", "state", "read", "inserted", "updated", "unchanged", "warned", "rejected", "retired",
    "returned", "error", "fingerprint",
)  # fmt: skip


def last_finished(
    connection: Connection, provider: int, kind: Kind, but: int
) -> dict[str, Any] | None:
    """Return the last run of a provider, but for one, that could have changed the catalogue."""
    return connection.execute(
        """
        select id, state, fingerprint, report from ingestion_runs
        where provider_id = %s and kind = %s and id <> %s
            and state not in ('queued', 'stopped')
            and not (state = 'failed' and inserted + updated + retired = 0)
        order by started_at desc, id desc limit 1  -- one asked for earlier may be done later
        """,
        [provider, kind, but],
    ).fetchone()
