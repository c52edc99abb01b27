"""The application: alive, ready, discreet, and clear about what went wrong."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from core.errors import ConfigurationError, NotFoundError, RetryLaterError
from core.settings import settings


@pytest.fixture
def app(configured: pytest.MonkeyPatch) -> FastAPI:
    return create_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def raising(app: FastAPI, error: Exception) -> None:
    """Add a path that fails with *error*."""

    def fail() -> None:
        raise error

    app.add_api_route("/fails/{secret}", fail)


def test_the_process_lives_whatever_it_depends_on(
    client: TestClient, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    settings.cache_clear()
    assert client.get("/health").json() == {"status": "ok"}


def test_it_is_ready_when_all_it_needs_is_there(database_url: str, client: TestClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok", "redis": "ok"}


def test_a_database_without_our_tables_is_not_ready(database_url: str, client: TestClient) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("delete from schema_migrations")
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"].endswith("missing")


def test_servers_that_are_away_are_named_without_their_addresses(
    client: TestClient, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("DATABASE_URL", "postgresql://someone:password@127.0.0.1:1/nothing")
    configured.setenv("REDIS_URL", "redis://:password@127.0.0.1:1/0")
    settings.cache_clear()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "unreachable", "migrations": "unknown", "redis": "unreachable",
    }  # fmt: skip


def test_nothing_configured_is_said_so(client: TestClient, configured: pytest.MonkeyPatch) -> None:
    configured.delenv("DATABASE_URL", raising=False)
    configured.setenv("REDIS_URL", "")
    settings.cache_clear()
    assert set(client.get("/ready").json().values()) == {"not configured", "unknown"}


@pytest.mark.parametrize("path", ["/health", "/nothing"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (NotFoundError("no such tour"), 404, "no such tour"),
        (ConfigurationError("set DATABASE_URL"), 503, "set DATABASE_URL"),
        (psycopg.OperationalError("password=hunter2"), 503, "the database does not answer now"),
        (ZeroDivisionError("a secret"), 500, "something went wrong here"),
    ],
)
def test_errors_are_problem_documents_of_one_line(
    app: FastAPI, client: TestClient, error: Exception, status: int, detail: str
) -> None:
    raising(app, error)
    answer = client.get("/fails/x")
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(detail)
    assert "secret" not in answer.text
    assert "hunter2" not in answer.text


def test_whoever_should_come_back_later_is_told_when(app: FastAPI, client: TestClient) -> None:
    raising(app, RetryLaterError("busy", after_s=7.4))
    assert client.get("/fails/x").headers["retry-after"] == "7"


def test_an_unknown_path_and_a_wrong_method_are_problems_too(client: TestClient) -> None:
    assert client.get("/nothing").json()["status"] == 404
    assert client.delete("/health").json()["status"] == 405


def test_the_log_names_the_route_and_neither_path_nor_query(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    raising(app, NotFoundError("no"))
    client.get("/fails/+84901234567?token=hunter2")
    ours = [record for record in caplog.records if record.name == "api.middleware"]
    logged = str([record.msg for record in ours])
    assert "/fails/{secret}" in logged
    assert "84901234567" not in logged
    assert "hunter2" not in logged
