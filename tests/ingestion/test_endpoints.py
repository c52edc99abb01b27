"""Feeds over REST: who is let in, what is kept, what is queued, and what is said to the rest."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import errors
from core.access.schemas import Role
from core.access.service import create_token
from core.database import unit_of_work
from core.embedded.service import Servers
from core.settings import settings
from ingestion import endpoints
from ingestion.uploads import uploads_folder

FEED = b'{"id": "1", "title": "Hu\xe1\xba\xbf by boat"}\n'
Headers = dict[str, str]


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    app = FastAPI()
    errors.install(app)
    app.include_router(endpoints.router)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def token(provider: str | None = None, role: Role = Role.CATALOGUE) -> Headers:
    """Make a token, and return the header that shows it."""
    with unit_of_work() as unit:
        made = create_token(unit.connection, f"{role} {provider}", role, provider)
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def lotus(database_url: str) -> Headers:
    """The header of a token for the provider lotus."""
    return token("lotus")


def send(client: TestClient, headers: Headers, provider: str = "lotus") -> int:
    files = [("file", ("tours.jsonl", FEED))]
    answer = client.post(f"/api/feeds/{provider}", files=files, headers=headers)
    assert answer.status_code == 202, answer.text
    return int(answer.json()["run"])


def uploads() -> list[Path]:
    return sorted(uploads_folder().glob("*/*"))


def runs_in(database_url: str) -> list[int]:
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute("select id from ingestion_runs order by id")]


def queued(servers: Servers) -> int:
    with redis.Redis.from_url(servers.redis_url) as client:
        return int(client.llen("celery"))


def test_a_feed_is_kept_and_its_run_is_queued(
    client: TestClient, lotus: Headers, database_url: str, servers: Servers
) -> None:
    before = queued(servers)
    answer = client.post(
        "/api/feeds/lotus",
        files=[("file", ("tours.jsonl", FEED)), ("file", ("more.jsonl", b""))],
        data={"full": "false"},
        headers=lotus,
    )
    assert answer.status_code == 202, answer.text
    [run_id] = runs_in(database_url)
    assert answer.json() == {"run": run_id, "report": f"/api/runs/{run_id}/report.html"}
    assert answer.headers["location"] == f"/api/runs/{run_id}"
    assert [path.name for path in uploads()] == ["more.jsonl", "tours.jsonl"]
    assert uploads()[1].read_bytes() == FEED
    assert queued(servers) == before + 1


def test_a_run_can_be_looked_at_by_those_who_may(client: TestClient, lotus: Headers) -> None:
    run_id = send(client, lotus)
    for headers in (lotus, token(), token(role=Role.ADMIN)):
        report = client.get(f"/api/runs/{run_id}", headers=headers)
        assert report.status_code == 200, report.text
        assert report.json()["provider"] == "lotus"
        page = client.get(f"/api/runs/{run_id}/report.html", headers=headers)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src" not in page.headers["content-security-policy"]
    orchid = token("orchid")
    for path in (f"/api/runs/{run_id}", f"/api/runs/{run_id}/report.html"):
        assert client.get(path, headers=orchid).status_code == 403


def test_runs_are_listed_newest_first_each_provider_its_own(
    client: TestClient, lotus: Headers
) -> None:
    first, second = send(client, lotus), send(client, lotus)
    other = send(client, token(), "orchid")

    def listed(headers: Headers, query: str = "") -> list[int]:
        answer = client.get(f"/api/runs{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["run"] for each in answer.json()]

    assert listed(lotus) == listed(lotus, "?provider=lotus") == [second, first]
    assert listed(token(role=Role.ADMIN)) == [other, second, first]
    assert listed(token("orchid"), "?limit=1") == [other]
    assert client.get("/api/runs?provider=orchid", headers=lotus).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/feeds/lotus"), ("GET", "/api/runs"), ("GET", "/api/runs/1"),
        ("GET", "/api/runs/1/report.html"),
    ],
)  # fmt: skip
def test_nobody_comes_in_without_a_token(client: TestClient, method: str, path: str) -> None:
    body = FEED if method == "POST" else None
    answer = client.request(method, path, content=body, headers={"Authorization": "Bearer tb_x"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert uploads() == []


def test_nothing_of_a_strangers_body_is_kept(client: TestClient) -> None:
    files = {"file": ("tours.jsonl", FEED)}
    assert client.post("/api/feeds/lotus", files=files).status_code == 401
    assert not uploads_folder().exists()


def test_the_feed_of_another_provider_is_out_of_reach(
    client: TestClient, lotus: Headers, database_url: str
) -> None:
    files = {"file": ("tours.jsonl", FEED)}
    answer = client.post("/api/feeds/orchid", files=files, headers=lotus)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "this token is only for the provider lotus"
    assert (uploads(), runs_in(database_url)) == ([], [])


def test_a_feed_that_is_too_large_is_refused(
    client: TestClient, lotus: Headers, configured: pytest.MonkeyPatch, database_url: str
) -> None:
    configured.setenv("FEED_MAX_BYTES", "1000")
    settings.cache_clear()
    files = {"file": ("tours.jsonl", FEED * 100)}
    answer = client.post("/api/feeds/lotus", files=files, headers=lotus)
    assert answer.status_code == 413
    assert "at most 1,000 bytes" in answer.json()["detail"]
    assert (uploads(), runs_in(database_url)) == ([], [])


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/csv", 415), ("multipart/form-data; boundary=B", 422), ("application/json", 422)],
)
def test_what_is_no_feed_is_refused(
    client: TestClient, lotus: Headers, database_url: str, content_type: str, status: int
) -> None:
    head = {**lotus, "Content-Type": content_type}
    answer = client.post("/api/feeds/lotus", content=b"id,title\n", headers=head)
    assert answer.status_code == status
    assert (uploads(), runs_in(database_url)) == ([], [])


@pytest.mark.parametrize("provider", ["%20", "%00", "x" * 101])
def test_a_provider_has_a_name(client: TestClient, provider: str) -> None:
    headers = token(role=Role.ADMIN)
    files = {"file": ("tours.jsonl", FEED)}
    answer = client.post(f"/api/feeds/{provider}", files=files, headers=headers)
    assert answer.status_code == 422
    assert client.get(f"/api/runs?provider={provider}", headers=headers).status_code == 422
    assert uploads() == []


def test_a_provider_without_an_address_must_send_its_feed(
    client: TestClient, lotus: Headers, database_url: str
) -> None:
    answer = client.post("/api/feeds/lotus", json={"full": True}, headers=lotus)
    assert answer.status_code == 422
    assert runs_in(database_url) == []


def test_a_mapping_that_cannot_be_read_is_refused_at_once(
    client: TestClient, lotus: Headers, database_url: str
) -> None:
    answer = client.post(
        "/api/feeds/lotus",
        files={"file": ("tours.jsonl", FEED)},
        data={"mapping": "fields: ["},
        headers=lotus,
    )
    assert answer.status_code == 422
    assert "YAML" in answer.json()["detail"]
    assert (uploads(), runs_in(database_url)) == ([], [])


@pytest.mark.parametrize(("run_id", "status"), [("999999", 404), ("0", 422), ("9" * 30, 422)])
def test_a_run_that_is_not_there_is_said_so(
    client: TestClient, lotus: Headers, run_id: str, status: int
) -> None:
    for path in (f"/api/runs/{run_id}", f"/api/runs/{run_id}/report.html"):
        assert client.get(path, headers=lotus).status_code == status
