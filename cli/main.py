"""The `travelbuddy` command: everything an operator does from a terminal."""

import importlib
import signal
import sys
from types import FrameType
from typing import NoReturn

import structlog
import typer
from psycopg import OperationalError
from rich.console import Console

from core.errors import TravelBuddyError
from core.logging import configure_logging

_COMMANDS = {
    "demo": "cli.demo",
    "ingest": "cli.ingestion",
    "recommend": "cli.catalogue",
    "understand": "cli.catalogue",
    "evaluate": "cli.evaluation",
    "migrate": "cli.operations",
    "serve": "cli.operations",
    "worker": "cli.operations",
    "beat": "cli.operations",
    "doctor": "cli.operations",
    "reembed": "cli.reembedding",
    "push": "cli.push",
    "retention": "cli.retention",
}
_GROUPS = {
    "bench": "cli.bench",
    "desk": "cli.desk",
    "feeds": "cli.ingestion",
    "token": "cli.tokens",
    "channel": "cli.channel",
    "letters": "cli.letters",
    "templates": "cli.templates",
    "traveller": "cli.traveller",
}

log = structlog.get_logger(__name__)


def main() -> None:
    """Run the command; every foreseen error is one line on standard error and exit status 1."""
    signal.signal(signal.SIGTERM, _end_in_order)
    try:
        configure_logging()
        _application(sys.argv[1] if len(sys.argv) > 1 else "")()
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


def _application(asked: str) -> typer.Typer:
    """Return the command with *asked* alone, or with all: importing the rest takes a second."""
    app = typer.Typer(
        help="A self-hosted WhatsApp concierge for tours.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)
    known = asked in _COMMANDS or asked in _GROUPS
    for name, module in _COMMANDS.items():
        if not known or name == asked:
            app.command(name)(getattr(importlib.import_module(module), name))
    for name, module in _GROUPS.items():
        if not known or name == asked:
            app.add_typer(importlib.import_module(module).app, name=name)
    return app


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
