"""Commands that run and look after an installation: migrate, serve, worker, doctor."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import psycopg
import redis
import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core import migrations
from core.database import unit_of_work
from core.embedded.service import Servers, servers
from core.errors import ConfigurationError, TravelBuddyError
from core.places.service import gazetteer
from core.settings import settings
from core.speech.service import transcriber
from recommender.embedding import embedder
from recommender.models import reembedding
from recommender.models.service import active_embedder
from whatsapp.accounts import account, has_account, number
from whatsapp.outbox import upkeep
from whatsapp.templates import service as template_service

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def migrate(as_json: Json = False) -> None:
    """Bring the database to the current schema. Safe to run twice.

    Example: DATABASE_URL=postgresql://… travelbuddy migrate
    """
    with servers() as started:
        applied = migrations.migrate(started.database_url)
    if as_json:
        print_json({"applied": applied})
    elif applied:
        console.print(f"Applied {', '.join(applied)}")
    else:
        console.print("The database is up to date")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Run the web service: webhooks, status callbacks, health.

    Example: travelbuddy serve --host 0.0.0.0 --port 8000
    """
    import uvicorn

    with ready_database():
        uvicorn.run(
            "api.app:create_app", factory=True, host=host, port=port,
            log_config=None, access_log=False, server_header=False,
        )  # fmt: skip


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    beat: Annotated[
        bool, typer.Option(help="Also send the periodic jobs; exactly one worker should.")
    ] = False,
    pool: Annotated[
        str, typer.Option(help="prefork (processes) or threads (one process, less memory).")
    ] = "prefork",
    nice: Annotated[
        int, typer.Option(min=0, max=19, help="How far to stand back for others on the machine.")
    ] = 0,
) -> None:
    """Run the jobs: answering messages, sending replies, sweeping up.

    Example: travelbuddy worker --concurrency 4 --beat
    """
    from whatsapp.worker import app as jobs  # with Twilio and Celery: half a second

    os.nice(nice)
    with ready_database():
        options = [f"--concurrency={concurrency}", f"--pool={pool}", "--loglevel=INFO"]
        jobs.worker_main(["worker", *options, *(["--beat"] if beat else [])])


def beat() -> None:
    """Send the periodic jobs to the workers; run exactly one.

    Example: travelbuddy beat
    """
    from whatsapp.worker import app as jobs

    with ready_database():
        jobs.start(["beat", "--loglevel=INFO"])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str


def doctor(as_json: Json = False) -> None:
    """Look at everything that Travel Buddy needs, and say which of it is in use.

    Example: travelbuddy doctor
    """
    with servers() as started:
        checks = [
            _check("PostgreSQL", lambda: _look_at_database(started)),
            _check("Redis", lambda: _look_at_redis(started.redis_url)),
            _check("Text model", lambda: _look_at_model(started)),
            _check("Gazetteer", lambda: f"{len(gazetteer()):,} places"),
            _check("Voice notes", _look_at_speech),
            _check("Web pages", _look_at_pages),
            _check("WhatsApp", _look_at_account),
            _check("Outbox", lambda: _look_at_outbox(started)),
            _check("Templates", lambda: _look_at_templates(started)),
            Check("Python", ok=True, found=platform.python_version()),
        ]
    if as_json:
        print_json({each.name: {"ok": each.ok, "found": each.found} for each in checks})
    else:
        table = Table("Part", "", "Found")
        for each in checks:
            table.add_row(each.name, "ok" if each.ok else "[red]fault[/red]", each.found)
        console.print(table)
    if not all(each.ok for each in checks):
        raise typer.Exit(1)


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, found=look())
    except (TravelBuddyError, psycopg.Error, redis.RedisError) as error:
        return Check(name, ok=False, found=str(error).strip().splitlines()[0])


def _look_at_pages() -> str:
    """Say where the web pages are, and how people sign in there."""
    from api.login import facebook  # with Authlib: a third of a second

    ways = [f"WhatsApp ({number()})"]
    if facebook.is_configured():
        ways.insert(0, "Facebook")
    said = f"{settings().public_base_url}; signing in by {' or '.join(ways)}"
    if settings().public_base_url.startswith("https://"):
        return said
    return f"{said}; for this machine only: others need https"


def _look_at_database(started: Servers) -> str:
    with psycopg.connect(started.database_url, connect_timeout=10) as connection:
        version = connection.info.parameter_status("server_version")
        row = connection.execute(
            "select extversion from pg_extension where extname = 'vector'"
        ).fetchone()
        missing = migrations.pending(connection)
    kind = "embedded" if started.embedded else "configured"
    vector = f"pgvector {row[0]}" if row else "no pgvector"
    schema = f"{len(missing)} migrations missing" if missing else "schema up to date"
    return f"{version}, {vector}, {schema} ({kind})"


def _look_at_redis(url: str) -> str:
    with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
        client.ping()
        return str(client.info("server").get("server_name", "redis"))


def _look_at_model(started: Servers) -> str:
    """Load the model that ranks, and say how far a change to another one is."""
    try:
        if not _has_schema(started):
            return embedder().name
    except psycopg.OperationalError:
        return embedder().name  # that there is no database is said in its own line
    with unit_of_work() as unit:
        change = reembedding.look(unit.connection)
        active = active_embedder(unit.connection).name
    if not change.is_due:
        return active
    done = change.standing
    return (
        f"{active}; changing to {change.configured.partition(':')[2]}: {done.ready:,} of "
        f"{done.tours:,} tours encoded, {done.travellers:,} wishes to go"
    )


def _look_at_speech() -> str:
    model = transcriber()
    if model is None:
        return "not heard: set SPEECH_MODEL, and SPEECH_BASE_URL for one on a server"
    return f"{model.name} at {settings().speech_base_url or 'this machine'}"


def _look_at_account() -> str:
    configured = settings()
    if not has_account():
        return "not configured: the webhook is disabled; `travelbuddy demo` uses the simulator"
    if configured.whatsapp_provider == "meta":
        return f"number {configured.meta_phone_number_id} at {configured.meta_base_url}"
    where = configured.twilio_base_url or "Twilio"
    return f"account {str(configured.twilio_account_sid)[:6]}… at {where}"


def _look_at_outbox(started: Servers) -> str:
    """Say what waits; a locked account is a fault, for nothing is sent."""
    if not _has_schema(started):
        return "the schema is not there yet"
    with unit_of_work() as unit:
        found = upkeep.overview(unit.connection)
    if found.halted_at is not None:
        raise ConfigurationError(
            f"nothing is sent since {found.halted_at:%Y-%m-%d %H:%M}: the account was locked "
            f"(code {found.halt_code}); when it is unlocked: travelbuddy channel resume"
        )
    waiting = ", ".join(f"{number:,} {kind}" for kind, number in found.waiting.items())
    return f"{waiting}; {found.letters:,} dead letters"


def _look_at_templates(started: Servers) -> str:
    """Say which templates cannot be sent; one that was taken away is a fault."""
    if not _has_schema(started):
        return "the schema is not there yet"
    with unit_of_work() as unit:
        found = template_service.standings(unit.connection, account())
    wanting = [
        f"{each.variant.name} ({each.variant.language}) "
        + ("changed since it was handed in" if each.changed else each.approval.value)
        for each in found
        if not each.is_ready
    ]
    if any(each.is_lost for each in found):
        raise ConfigurationError("; ".join(wanting))
    if not wanting:
        return f"{len(found)} approved"
    if not has_account():
        return f"{len(found)} to hand in once there is an account"
    return f"{'; '.join(wanting)} (travelbuddy templates submit, sync)"


def _has_schema(started: Servers) -> bool:
    with psycopg.connect(started.database_url, connect_timeout=10) as connection:
        return not migrations.pending(connection)
