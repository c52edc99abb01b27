"""The real servers under every test: PostgreSQL with pgvector, and Valkey."""

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import hypothesis
import psycopg
import pytest
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.rows import dict_row

from core.database import Connection, close_pool
from core.embedded.service import EmbeddedServers, Servers
from core.migrations import migrate
from core.settings import ROOT, settings
from ingestion.service import ingest

# The same cases every time: a gate must not close by chance. HYPOTHESIS_PROFILE=wide looks further.
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.register_profile("wide")
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# Thousands of collected tests stay until the end: walking through them again and again would take
# a second each time, in the middle of whatever is being tested.
gc.disable()

TEMPLATE = "travelbuddy_template"
_numbers = itertools.count(1)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later collection of garbage."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Embedded servers with a folder of their own, which goes when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="travelbuddy tests "))  # a blank in it, on purpose
    folder.chmod(0o711)
    embedded = EmbeddedServers(folder)
    try:
        yield embedded.start()
    finally:
        embedded.stop()
        shutil.rmtree(folder)


def in_database(url: str, name: str) -> str:
    """Return *url* with another database's name."""
    return f"{url.rsplit('/', 1)[0]}/{name}"


def copy_database(servers: Servers, template: str, name: str) -> str:
    """Make database *name* as a copy of *template*, and return its address."""
    with psycopg.connect(in_database(servers.database_url, "postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return in_database(servers.database_url, name)


def drop_database(servers: Servers, name: str) -> None:
    """Drop database *name*, whoever is connected to it."""
    with psycopg.connect(in_database(servers.database_url, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """Name of a database that our own migrations have built."""
    copy_database(servers, "template1", TEMPLATE)
    migrate(in_database(servers.database_url, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def configured(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Settings of this test alone: nothing of the developer's own `.env` comes in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "a-token-for-tests")
    settings.cache_clear()
    yield monkeypatch
    close_pool()
    settings.cache_clear()


@contextmanager
def own_database(servers: Servers, template: str, configured: pytest.MonkeyPatch) -> Iterator[str]:
    """Copy *template* for one test and point the settings at the copy."""
    name = f"test_{next(_numbers)}"
    url = copy_database(servers, template, name)
    configured.setenv("DATABASE_URL", url)
    settings.cache_clear()
    yield url
    close_pool()
    drop_database(servers, name)


@contextmanager
def rolled_back(url: str, configured: pytest.MonkeyPatch) -> Iterator[Connection]:
    """Open a connection whose transaction is rolled back, and point the settings there."""
    configured.setenv("DATABASE_URL", url)
    settings.cache_clear()
    with psycopg.connect(url, row_factory=dict_row) as connection:
        register_vector(connection)
        yield connection
        connection.rollback()


@pytest.fixture
def database_url(servers: Servers, template: str, configured: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh database for this test, to which the settings point."""
    with own_database(servers, template, configured) as url:
        yield url


@pytest.fixture(scope="session")
def _shared_database(servers: Servers, template: str) -> str:
    return copy_database(servers, template, "shared")


@pytest.fixture
def connection(_shared_database: str, configured: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection whose transaction is rolled back when the test ends."""
    with rolled_back(_shared_database, configured) as connection:
        yield connection


def rows_of(url: str, query: LiteralString) -> list[dict[str, Any]]:
    """Return the rows of a query in a database that others write to."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


SAMPLE = ROOT / "examples" / "catalogue.jsonl"
WITH_TOURS = "travelbuddy_with_tours"


@pytest.fixture(scope="session")
def template_with_tours(servers: Servers, template: str) -> str:
    """Name of a database that also holds the sample catalogue."""
    url = copy_database(servers, template, WITH_TOURS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        ingest(SAMPLE)
        close_pool()
    settings.cache_clear()
    return WITH_TOURS


@pytest.fixture
def catalogue_url(
    servers: Servers, template_with_tours: str, configured: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database for this test alone that holds the sample catalogue."""
    with own_database(servers, template_with_tours, configured) as url:
        yield url


@pytest.fixture(scope="session")
def _shared_catalogue(servers: Servers, template_with_tours: str) -> str:
    return copy_database(servers, template_with_tours, "shared_catalogue")


@pytest.fixture
def catalogue(_shared_catalogue: str, configured: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection to the sample catalogue whose transaction is rolled back."""
    with rolled_back(_shared_catalogue, configured) as connection:
        yield connection
