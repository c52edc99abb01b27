"""What commands share: a database that is ready to use, and output for people and programs."""

import json
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from rich.console import Console

from core.embedded.service import Servers, servers
from core.errors import ConfigurationError
from core.migrations import migrate, pending
from core.settings import environment

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@contextmanager
def ready_database() -> Iterator[Servers]:
    """Provide servers whose database has the current schema.

    The embedded database is brought up to date; somebody else's is not touched unasked.

    Raises:
        ConfigurationError: the configured database lacks migrations, or is out of reach.
    """
    with servers() as started:
        if started.embedded:
            migrate(started.database_url)
        else:
            _insist_on_schema(started.database_url)
        yield started


@contextmanager
def empty_database() -> Iterator[Servers]:
    """Provide servers with an empty database, which go when the block ends."""
    with tempfile.TemporaryDirectory(prefix="travelbuddy-bench-") as folder:
        Path(folder).chmod(0o711)  # started by root, PostgreSQL runs under another account
        with (
            environment(STATE_DIR=folder, DATABASE_URL="", REDIS_URL=""),
            ready_database() as started,
        ):
            yield started


def _insist_on_schema(database_url: str) -> None:
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            missing = pending(connection)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"cannot reach DATABASE_URL: {reason}") from error
    if missing:
        raise ConfigurationError(
            f"the database lacks {len(missing)} migrations; run `travelbuddy migrate`"
        )


def free_ports(count: int) -> list[int]:
    """Return *count* different ports that nobody listens on now."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def print_json(value: object) -> None:
    """Print one JSON object for a program to read."""
    console.out(json.dumps(value, ensure_ascii=False, indent=2))
