"""The `travelbuddy` command: everything an operator does from a terminal."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import structlog
import typer
from psycopg import OperationalError
from rich.console import Console

from cli import (
    bench,
    catalogue,
    channel,
    demo,
    desk,
    evaluation,
    ingestion,
    letters,
    operations,
    push,
    reembedding,
    templates,
    tokens,
)
from core.errors import TravelBuddyError
from core.logging import configure_logging

app = typer.Typer(
    help="A self-hosted WhatsApp concierge for tours.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo.demo)
app.command()(ingestion.ingest)
app.command()(catalogue.recommend)
app.command()(catalogue.understand)
app.command()(evaluation.evaluate)
app.command()(operations.migrate)
app.command()(operations.serve)
app.command()(operations.worker)
app.command()(operations.beat)
app.command()(operations.doctor)
app.command()(reembedding.reembed)
app.command()(push.push)
app.add_typer(bench.app, name="bench")
app.add_typer(desk.app, name="desk")
app.add_typer(ingestion.app, name="feeds")
app.add_typer(tokens.app, name="token")
app.add_typer(channel.app, name="channel")
app.add_typer(letters.app, name="letters")
app.add_typer(templates.app, name="templates")

log = structlog.get_logger(__name__)


def main() -> None:
    """Run the command; every foreseen error is one line on standard error and exit status 1."""
    signal.signal(signal.SIGTERM, _end_in_order)
    try:
        configure_logging()
        app()
    except TravelBuddyError as error:
        _fail(error.message)
    except OperationalError as error:
        _fail(f"the database does not answer: {_first_line(error)}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        log.debug("unforeseen_error", exc_info=True)
        _fail(
            f"a fault of ours, {type(error).__name__}: {_first_line(error)} "
            "(LOG_LEVEL=DEBUG shows where)"
        )


def _end_in_order(number: int, _: FrameType | None) -> None:
    """Leave through every `finally` on the way out: servers of ours are to be stopped."""
    sys.exit(128 + number)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "no message")


def _fail(message: str) -> NoReturn:
    # Markup is off: a message may quote whatever a file or a person has written.
    console = Console(stderr=True, highlight=False)
    console.print(f"travelbuddy: {message}", markup=False, soft_wrap=True)
    sys.exit(1)
