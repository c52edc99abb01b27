"""Feeds at addresses: fetched only when they have changed, and from nowhere they should not be."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInputError, RetryLaterError
from core.settings import settings
from ingestion.fetching import obtain
from ingestion.mapping.service import read_mapping
from ingestion.service import Wanted, ingest
from tests.conftest import rows_of
from tests.core.web_server import Behaviour, Site, answer, site

FIELDS = "provider: Lotus\nfields: {id: code, title: name}\n"
CSV = b"code,name\n1,One\n2,Two\n"


@pytest.fixture
def server(configured: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server of our own network, from which feeds may be fetched."""
    with site() as running:
        configured.setenv("FEED_PRIVATE_HOSTS", json.dumps([f"127.0.0.1:{running.port}"]))
        settings.cache_clear()
        yield running


def page(body: bytes, **headers: str) -> Behaviour:
    """Answer with a body and its version; with 304 to whoever has it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:8]}"'

    def behave(request: BaseHTTPRequestHandler) -> None:
        has_it = request.headers.get("If-None-Match") == etag
        answer(304 if has_it else 200, b"" if has_it else body, ETag=etag, **headers)(request)

    return behave


def dated(body: bytes) -> Behaviour:
    """Answer with a body and its date alone."""
    date = "Sat, 21 Nov 2026 10:00:00 GMT"

    def behave(request: BaseHTTPRequestHandler) -> None:
        has_it = request.headers.get("If-Modified-Since") == date
        answer(304 if has_it else 200, b"" if has_it else body, Last_Modified=date)(request)

    return behave


def asked(server: Site) -> list[str]:
    """Return what was asked for since the last time."""
    paths = [path for path, _ in server.asked]
    server.asked.clear()
    return paths


@pytest.mark.parametrize("behaviour", [page(CSV), dated(CSV)])
def test_what_has_not_changed_is_not_fetched_again(
    database_url: str, server: Site, behaviour: Behaviour
) -> None:
    server.pages["/tours.csv"] = behaviour
    url, wanted = server.url("/tours.csv"), Wanted(read_mapping(FIELDS))
    first, second = ingest(url, wanted), ingest(url, wanted)
    assert (first.inserted, first.same_as) == (2, None)
    assert (second.unchanged, second.same_as, second.state) == (2, first.run_id, "finished")
    assert len(asked(server)) == 2
    assert ingest(url, Wanted(read_mapping(FIELDS), again=True)).same_as is None
    other = read_mapping(FIELDS.replace("name", "code"))
    assert ingest(url, Wanted(other)).updated == 2, "another mapping needs the file"
    server.pages["/tours.csv"] = page(CSV + b"3,Three\n")
    assert ingest(url, Wanted(other)).inserted == 1
    sources = rows_of(database_url, "select distinct source from ingestion_runs")
    assert sources == [{"source": "http://127.0.0.1/tours.csv"}]


def test_what_was_done_by_hand_since_is_undone(
    database_url: str, server: Site, tmp_path: Path
) -> None:
    server.pages["/tours.csv"] = page(CSV)
    url, wanted = server.url("/tours.csv"), Wanted(read_mapping(FIELDS), complete=True)
    ingest(url, wanted)
    by_hand = tmp_path / "tours.csv"
    by_hand.write_bytes(CSV.replace(b"Two", b"Deux"))
    assert ingest(by_hand, wanted).updated == 1
    assert ingest(url, wanted).updated == 1


def test_where_one_of_two_has_changed_the_other_is_fetched_too(
    database_url: str, server: Site
) -> None:
    server.pages["/tours"] = page(CSV, Content_Type="text/csv")
    server.pages["/stops"] = page(b'[{"tour": 1, "place": "Vinh"}]')
    addresses = f"{{file: '{server.url('/tours')}'}}, s: {{file: '{server.url('/stops')}', on: "
    mapping = read_mapping(
        f"provider: Lotus\nsources: {{t: {addresses}{{tour: code}}}}}}\n"
        "fields: {id: code, title: name, locations: s.place}\n"
    )
    wanted = Wanted(mapping)
    assert ingest(server.url("/"), wanted).inserted == 2
    assert sorted(asked(server)) == ["/stops", "/tours"]
    assert ingest(server.url("/"), wanted).same_as is not None
    assert sorted(asked(server)) == ["/stops", "/tours"]
    server.pages["/stops"] = page(b'[{"tour": 1, "place": "Vinh"}, {"tour": 2, "place": "Vinh"}]')
    report = ingest(server.url("/"), wanted)
    assert (report.updated, report.unchanged) == (1, 1)
    assert sorted(asked(server)) == ["/stops", "/tours", "/tours"]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/tours.csv", {}, "tours.csv"),
        ("/export", {"Content_Type": "text/csv; charset=utf-8"}, "export.csv"),
        ("/export", {"Content_Type": XLSX}, "export.xlsx"),
        ("/", {"Content_Type": "application/json"}, "feed.json"),
        ("/", {}, "feed"),
        ("/export", {"Content_Disposition": 'attachment; filename="my tours.csv"'}, "my_tours.csv"),
        ("/export", {"Content_Disposition": 'attachment; filename="../../x.csv"'}, "x.csv"),
        ("/export", {"Content_Disposition": "attachment; filename*=UTF-8''..."}, "export"),
        (
            "/export",
            {"Content_Disposition": f"attachment; filename*=UTF-8''{'%E6%B8%B8' * 200}.csv"},
            "export",
        ),
        ("/" + "x" * 400 + ".csv", {}, ""),
    ],
)  # fmt: skip
def test_a_fetched_file_is_called_as_the_server_says(
    server: Site, tmp_path: Path, path: str, headers: dict[str, str], name: str
) -> None:
    server.pages[path] = answer(200, CSV, **headers)
    folder = tmp_path / "fetched"
    folder.mkdir()
    (source,) = obtain(server.url(path), read_mapping(FIELDS), folder, {}).sources
    (file,) = source.files
    assert file.read_bytes() == CSV
    assert file.parent.parent == folder
    assert file.name == name if name else file.suffix == ".csv"


def test_a_redirect_is_followed(database_url: str, server: Site) -> None:
    server.pages["/old"] = answer(301, Location="/new/tours.csv")
    server.pages["/new/tours.csv"] = page(CSV)
    wanted = Wanted(read_mapping(FIELDS))
    assert ingest(server.url("/old"), wanted).inserted == 2
    assert ingest(server.url("/old"), wanted).same_as is not None


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, RetryLaterError), (503, RetryLaterError), (429, RetryLaterError),
     (404, InvalidInputError), (403, InvalidInputError)],
)  # fmt: skip
def test_a_feed_that_is_not_to_be_had_fails_and_changes_nothing(
    database_url: str, server: Site, status: int, error: type[Exception]
) -> None:
    url, wanted = server.url("/tours.csv?key=secret"), Wanted(read_mapping(FIELDS), complete=True)
    server.pages["/tours.csv"] = page(CSV)
    ingest(url, wanted)
    server.pages["/tours.csv"] = answer(status)
    with pytest.raises(error):
        ingest(url, wanted)
    run = rows_of(database_url, "select state, error from ingestion_runs order by id")[-1]
    assert run["state"] == "failed"
    assert "secret" not in run["error"]
    offered = rows_of(database_url, "select from travel_packages where retired_at is null")
    assert len(offered) == 2
    server.pages["/tours.csv"] = page(CSV)
    assert ingest(url, wanted).same_as is not None


def test_a_server_that_is_down_is_tried_again_later(database_url: str, server: Site) -> None:
    with site() as down:
        url = down.url("/tours.csv")
    hosts = json.dumps([f"127.0.0.1:{down.port}"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEED_PRIVATE_HOSTS", hosts)
        settings.cache_clear()
        with pytest.raises(RetryLaterError):
            ingest(url, Wanted(read_mapping(FIELDS)))
    settings.cache_clear()
    assert rows_of(database_url, "select state from ingestion_runs") == [{"state": "failed"}]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/tours.csv", "http://localhost/tours.csv", "http://169.254.169.254/latest",
     "http://[::1]/tours.csv", "http://10.1.2.3/tours.csv", "http://[broken", "https://"],
)  # fmt: skip
def test_an_address_of_the_own_network_or_of_none_is_refused(
    configured: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    with pytest.raises(InvalidInputError) as error:
        obtain(url, read_mapping(FIELDS), tmp_path, {})
    assert len(error.value.message.splitlines()) == 1


def test_a_redirect_into_the_own_network_is_refused(database_url: str, server: Site) -> None:
    with site() as inside:
        inside.pages["/tours.csv"] = page(CSV)
        server.pages["/tours.csv"] = answer(302, Location=inside.url("/tours.csv"))
        with pytest.raises(InvalidInputError):
            ingest(server.url("/tours.csv"), Wanted(read_mapping(FIELDS)))
        assert inside.asked == []


@pytest.mark.parametrize(
    "sources",
    ["t: {}, s: {on: {a: b}}", "t: {file: 'x_*.csv'}", "t: {file: x.csv}, s: {on: {a: b}}"],
)
def test_a_mapping_that_names_no_address_does_not_fit_one(
    database_url: str, server: Site, sources: str
) -> None:
    server.pages["/tours.csv"] = page(CSV)
    mapping = read_mapping(f"{FIELDS}sources: {{{sources}}}")
    with pytest.raises(InvalidInputError, match=r"sources|no file") as error:
        ingest(server.url("/tours.csv"), Wanted(mapping))
    assert len(error.value.message.splitlines()) == 1


def test_a_stopped_run_does_not_keep_the_version_that_it_saw(
    database_url: str, server: Site
) -> None:
    mapping = read_mapping(FIELDS)
    rows = b"".join(b"%d,T\n" % number for number in range(25))
    server.pages["/t.csv"] = page(b"code,name\n" + rows)
    ingest(server.url("/t.csv"), Wanted(mapping, complete=True))
    server.pages["/t.csv"] = page(CSV)
    for _ in range(2):
        with pytest.raises(InvalidInputError, match="missing from this feed"):
            ingest(server.url("/t.csv"), Wanted(mapping, complete=True))


def test_what_was_fetched_is_deleted(
    database_url: str, server: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    server.pages["/tours.csv"] = page(CSV)
    seen: list[Any] = []

    def look(*_: object) -> None:
        seen.extend((tmp_path / "temporary").rglob("tours.csv"))

    ingest(server.url("/tours.csv"), Wanted(read_mapping(FIELDS)), look)
    assert seen
    assert list((tmp_path / "temporary").iterdir()) == []
