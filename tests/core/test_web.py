"""Fetching: what is let through, what is refused, and what a server cannot do to us."""

import datetime as dt
import gzip
import socket
import time
from collections.abc import Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from core import web_guard
from core.errors import ConfigurationError, InvalidInputError, RetryLaterError
from core.settings import settings
from core.web import Fetched, Limits, NotModified, fetch
from core.web_guard import is_public, parse, resolve, shown
from tests.core.web_server import Behaviour, Site, answer, certificate, raw, server_tls, site

HEAD = b"HTTP/1.1 200 OK\r\n"


def allow(configured: pytest.MonkeyPatch, *hosts: str) -> None:
    listed = ", ".join(f'"{host}"' for host in hosts)
    configured.setenv("FEED_PRIVATE_HOSTS", f"[{listed}]")
    settings.cache_clear()


def names(configured: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name stand for *addresses*, and return the list of names that are looked up."""
    asked: list[str] = []

    def look_up(host: str, _: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    configured.setattr(web_guard, "resolve", look_up)
    return asked


@pytest.fixture
def here(configured: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that the operator has allowed."""
    with site() as running:
        allow(configured, f"127.0.0.1:{running.port}")
        yield running


@pytest.fixture
def into(tmp_path: Path) -> Iterator[Path]:
    """Where to put what is fetched; whatever happens, nothing else may lie beside it."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    yield folder / "feed"
    assert {path.name for path in folder.iterdir()} <= {"feed"}


def refused(url: str, into: Path, limits: Limits | None = None) -> str:
    with pytest.raises(InvalidInputError) as caught:
        fetch(url, into, limits=limits or Limits())
    return one_line(caught.value.message, into)


def later(url: str, into: Path, limits: Limits | None = None) -> RetryLaterError:
    with pytest.raises(RetryLaterError) as caught:
        fetch(url, into, limits=limits or Limits())
    one_line(caught.value.message, into)
    return caught.value


def one_line(message: str, into: Path) -> str:
    assert len(message.splitlines()) == 1
    assert not into.exists()
    return message


# What is fetched


def test_a_file_is_fetched_with_what_the_server_says_about_it(here: Site, into: Path) -> None:
    here.pages["/tours"] = answer(
        body=b"id,title\n", Content_Type="text/csv; charset=utf-8", ETag='W/"7"',
        Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT",
        Content_Disposition='attachment; filename="../tours.csv"',
    )  # fmt: skip
    got = fetch(here.url("/tours?key=k%2F1#part"), into)
    assert got == Fetched(
        path=into, url=here.url("/tours?key=k%2F1"), size=9,
        content_type="text/csv; charset=utf-8", filename="tours.csv", etag='W/"7"',
        last_modified="Sat, 21 Nov 2026 10:00:00 GMT",
    )  # fmt: skip
    assert into.read_bytes() == b"id,title\n"
    assert here.asked[0][0] == "/tours?key=k%2F1"
    assert here.asked[0][1]["Host"] == f"127.0.0.1:{here.port}"


def test_what_has_not_changed_is_not_fetched_again(here: Site, into: Path) -> None:
    def page(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("If-None-Match") == '"a"'
        answer(304 if known else 200, b"" if known else b"tours", ETag='"a"')(request)

    here.pages["/"] = page
    first = fetch(here.url(), into)
    assert isinstance(first, Fetched)
    again = fetch(here.url(), into, etag=first.etag, last_modified="Sat, 21 Nov 2026 10:00:00 GMT")
    assert again == NotModified(here.url())
    assert into.read_bytes() == b"tours"
    assert here.asked[1][1]["If-Modified-Since"] == "Sat, 21 Nov 2026 10:00:00 GMT"


def test_a_changed_file_replaces_the_old_one(here: Site, into: Path) -> None:
    into.write_bytes(b"the old one, which was longer")
    here.pages["/"] = answer(body=b"new")
    fetch(here.url(), into, etag='"old"')
    assert into.read_bytes() == b"new"


def test_not_modified_without_having_been_asked_is_refused(here: Site, into: Path) -> None:
    here.pages["/"] = answer(304)
    assert "304" in refused(here.url(), into)


def test_a_stored_etag_cannot_add_headers_of_its_own(here: Site, into: Path) -> None:
    here.pages["/"] = answer(body=b"x")
    fetch(here.url(), into, etag='"a"\r\nX-Evil: 1', last_modified="thứ bảy")
    headers = here.asked[0][1]
    assert headers["X-Evil"] is headers["If-None-Match"] is headers["If-Modified-Since"] is None


def test_packed_bodies_are_unpacked_even_in_several_members(here: Site, into: Path) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two ") + gzip.compress(b"")
    here.pages["/"] = answer(body=packed, Content_Encoding="gzip")
    got = fetch(here.url(), into)
    assert isinstance(got, Fetched)
    assert got.size == 8
    assert into.read_bytes() == b"one two "


def test_a_packed_file_stays_a_packed_file(here: Site, into: Path) -> None:
    packed = gzip.compress(b"tours")
    here.pages["/tours.gz"] = answer(body=packed, Content_Type="application/gzip")
    fetch(here.url("/tours.gz"), into)
    assert into.read_bytes() == packed


@pytest.mark.parametrize("packing", ["identity", "gzip"])
def test_an_empty_body_is_an_empty_file(here: Site, into: Path, packing: str) -> None:
    here.pages["/"] = answer(Content_Encoding=packing)
    fetch(here.url(), into)
    assert into.read_bytes() == b""


def test_a_body_in_chunks_without_a_length_is_taken(here: Site, into: Path) -> None:
    here.pages["/"] = raw(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"
    )
    fetch(here.url(), into)
    assert into.read_bytes() == b"abcde"


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "", "tours.csv", "/etc/passwd", "file:///etc/passwd", "ftp://example.com/a",
        "//example.com", "data:text/csv,a", "javascript:alert(1)", "http:///tours", "http://", "http://.",
        "gopher://127.0.0.1:70/_x", "http://[fe80::1%25eth0]/", "http://exa mple.com/",
        "http://example.com:0/", "http://example.com:99999/", "http://example.com:x/",
        "http://①②⑦.⓪.⓪.①/", "http://exam\nple.com/", "http://[::1",
        "https://a.example/" + "x" * 5_000, "http://" + "a" * 300 + ".example/", "http://xn--\udcff.example/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(
    configured: pytest.MonkeyPatch, into: Path, url: str
) -> None:
    refused(url, into)


@pytest.mark.parametrize("trick", ["user:hunter2@", "user@", "example.com\\@", "user%40:hunter2@"])
def test_user_names_in_addresses_are_refused_and_not_repeated(
    configured: pytest.MonkeyPatch, into: Path, trick: str
) -> None:
    assert "hunter2" not in refused(f"https://{trick}example.com/tours", into)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0",
        "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.0.0.1", "172.16.0.1",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "224.0.0.1",
        "255.255.255.255", "[ff02::1]", "%31%32%37.0.0.1", "127。0。0。1",
    ],
)  # fmt: skip
def test_no_spelling_of_an_inner_address_is_fetched(here: Site, into: Path, host: str) -> None:
    allow(pytest.MonkeyPatch())  # nothing
    refused(here.url(host=host), into)
    assert here.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700:4700::1111", True), ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False), ("192.0.0.8", False), ("192.88.99.1", False),
        ("198.18.0.1", False), ("203.0.113.1", False), ("240.0.0.1", False),
        ("2001:0:4136:e378::1", False), ("2001:db8::1", False), ("2002:808:808::1", False),
        ("3fff::1", False), ("fec0::1", False), ("::ffff:8.8.8.8", False), ("::8.8.8.8", False),
        ("64:ff9b:1::1", False), ("100::1", False),
    ],
)  # fmt: skip
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_that_stands_for_an_inner_address_is_refused(
    here: Site, into: Path, configured: pytest.MonkeyPatch
) -> None:
    names(configured, "8.8.8.8", "127.0.0.1")
    message = refused(here.url(host="tours.example"), into)
    assert message.startswith("tours.example is not on the public internet")
    assert here.asked == []


def test_the_connection_goes_to_the_address_that_was_checked(
    here: Site, into: Path, configured: pytest.MonkeyPatch
) -> None:
    allow(configured, "tours.example")
    looked_up = names(configured, "127.0.0.1")
    here.pages["/"] = answer(body=b"x")
    fetch(here.url(host="TOURS.example."), into)
    assert looked_up == ["tours.example"]
    assert here.asked[0][1]["Host"] == f"tours.example:{here.port}"


def test_when_one_address_does_not_answer_the_next_is_tried(
    here: Site, into: Path, configured: pytest.MonkeyPatch
) -> None:
    allow(configured, "tours.example")
    names(configured, "::1", "127.0.0.1")
    here.pages["/"] = answer(body=b"x")
    assert isinstance(fetch(here.url(host="tours.example"), into), Fetched)


def test_another_port_of_an_allowed_host_is_not_allowed(here: Site, into: Path) -> None:
    with site() as other:
        refused(other.url(), into)
        assert other.asked == []


@pytest.mark.parametrize("port", [22, 25, 6667])
def test_ports_of_other_protocols_are_refused(
    into: Path, configured: pytest.MonkeyPatch, port: int
) -> None:
    names(configured, "8.8.8.8")
    assert str(port) in refused(f"http://tours.example:{port}/", into)


def test_a_host_that_does_not_exist_is_said_so(configured: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match=r"there is no host named|cannot be the name"):
        resolve("a" * 70 + ".invalid", 80)


def test_proxies_of_the_environment_are_not_used(
    here: Site, into: Path, configured: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        configured.setenv(name, "http://127.0.0.1:1")
    here.pages["/"] = answer(body=b"x")
    assert isinstance(fetch(here.url(), into), Fetched)


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown(parse("https://tours.example:8443/a%0Ab?key=hunter2#x")) == (
        "https://tours.example:8443/a%0Ab"
    )
    assert shown(parse("http://[2001:db8::1]/x")) == "http://[2001:db8::1]/x"


def test_a_setting_that_is_no_host_is_one_clear_line(configured: pytest.MonkeyPatch) -> None:
    allow(configured, "http://feeds.lan/")
    with pytest.raises(ConfigurationError, match="feed_private_hosts: hosts are expected"):
        settings()


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(here: Site, into: Path, status: int) -> None:
    here.pages["/a"] = answer(status, Location="b?x=1")
    here.pages["/b"] = answer(body=b"x")
    got = fetch(here.url("/a"), into)
    assert got.url == here.url("/b?x=1")


def test_a_redirect_to_an_inner_address_is_refused(here: Site, into: Path) -> None:
    with site() as inner:
        here.pages["/"] = answer(302, Location=inner.url("/secret"))
        assert "not on the public internet" in refused(here.url(), into)
        assert inner.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/",
        "http://[::1",
        "mailto:a@b",
        "",
        "http://\x01/",
    ],
)
def test_a_redirect_to_nowhere_is_refused(here: Site, into: Path, location: str) -> None:
    here.pages["/"] = answer(302, Location=location)
    assert refused(here.url("/?key=hunter2"), into).startswith(here.url())


def test_redirects_in_a_ring_come_to_an_end(here: Site, into: Path) -> None:
    here.pages["/"] = answer(302, Location="/")
    assert "more than 5 times" in refused(here.url(), into)
    assert len(here.asked) == 6


# Size


def test_a_file_that_says_it_is_too_large_is_not_read(here: Site, into: Path) -> None:
    here.pages["/"] = answer(body=b"", Content_Length="9" * 15)
    assert "more than 10 bytes" in refused(here.url(), into, Limits(largest=10))


def test_a_body_without_end_is_cut_off(here: Site, into: Path) -> None:
    here.pages["/"] = raw(HEAD + b"\r\n", b"x" * 65_536, again=lambda: True)
    assert "more than 1,000,000 bytes" in refused(here.url(), into, Limits(largest=1_000_000))


def test_what_a_packed_body_unpacks_to_is_what_counts(here: Site, into: Path) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    here.pages["/"] = answer(body=bomb, Content_Encoding="gzip")
    assert "more than 1,000,000 bytes" in refused(here.url(), into, Limits(largest=1_000_000))


def test_a_packed_body_that_unpacks_to_nothing_has_an_end_too(here: Site, into: Path) -> None:
    nothing = gzip.compress(b"") * 1_000
    here.pages["/"] = raw(HEAD + b"Content-Encoding: gzip\r\n\r\n", nothing, again=lambda: True)
    assert "more than 100,000 bytes" in refused(here.url(), into, Limits(largest=100_000))


# Servers that are slow, broken or gone


def silent() -> bool:
    time.sleep(1)
    return False


def drip(*pieces: bytes) -> Behaviour:
    """Answer with *pieces*, then a byte at a time for ever."""

    def again() -> bool:
        time.sleep(0.02)
        return True

    return raw(*pieces, b"x", again=again)


@pytest.mark.parametrize("head", [HEAD, HEAD + b"\r\n"])
def test_a_server_that_drips_is_left_when_time_is_up(here: Site, into: Path, head: bytes) -> None:
    here.pages["/"] = drip(head)
    error = later(here.url("/?key=hunter2"), into, Limits(total_s=0.3))
    assert error.message == f"{here.url()} does not answer in time"


def test_a_server_that_sends_too_slowly_is_left(here: Site, into: Path) -> None:
    here.pages["/"] = drip(HEAD + b"\r\n")
    assert "too slowly" in later(here.url(), into, Limits(window_s=0.2)).message


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"\r\nabc"])
def test_a_server_that_falls_silent_is_left(here: Site, into: Path, said: bytes) -> None:
    here.pages["/"] = raw(said, again=silent)
    assert "does not answer in time" in later(here.url(), into, Limits(read_s=0.2)).message


@pytest.mark.parametrize(
    "said",
    [
        b"", b"SSH-2.0-OpenSSH_9.9\r\n", HEAD + b"Content-Length: 10\r\n\r\nabc",
        HEAD + b"Content-Length: -1\r\n\r\nabc", HEAD + b"X: " + b"x" * 200_000,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"tours" * 9, mtime=0)[:-4],
    ],
)  # fmt: skip
def test_an_answer_that_breaks_off_leaves_nothing(here: Site, into: Path, said: bytes) -> None:
    here.pages["/"] = raw(said)
    assert "broke off" in later(here.url(), into).message


def test_more_than_was_announced_is_not_taken(here: Site, into: Path) -> None:
    here.pages["/"] = raw(HEAD + b"Content-Length: 3\r\n\r\nabcdef")
    fetch(here.url(), into)
    assert into.read_bytes() == b"abc"


@pytest.mark.parametrize("packing", ["gzip", "br", "gzip, gzip", "zstd"])
def test_a_body_that_cannot_be_unpacked_is_refused(here: Site, into: Path, packing: str) -> None:
    here.pages["/"] = answer(body=b"id,title", Content_Encoding=packing)
    assert "packed" in refused(here.url(), into)


def test_a_server_that_is_away_may_come_back(into: Path, configured: pytest.MonkeyPatch) -> None:
    with site() as running:
        allow(configured, "127.0.0.1")
    assert later(running.url(), into).message == f"{running.url()} cannot be reached"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(here: Site, into: Path, status: int) -> None:
    here.pages["/"] = answer(status, Retry_After="120")
    assert later(here.url("/?key=hunter2"), into).after_s == 120


@pytest.mark.parametrize("said", ["", "soon", "-1", "9" * 5_000, "Sat, 99 Foo 2026", "1e9"])
def test_an_unreadable_wait_is_no_wait(here: Site, into: Path, said: str) -> None:
    here.pages["/"] = answer(503, Retry_After=said)
    assert later(here.url(), into).after_s is None


def test_a_wait_may_be_a_date(here: Site, into: Path) -> None:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    here.pages["/"] = answer(503, Retry_After=format_datetime(then, usegmt=True))
    here.pages["/past"] = answer(503, Retry_After="Sat, 21 Nov 2020 10:00:00 GMT")
    assert later(here.url(), into).after_s == pytest.approx(3_600, abs=60)
    assert later(here.url("/past"), into).after_s == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "wants a log-in"), (403, "does not let us in"), (404, "is not there"),
        (410, "gone for good"), (400, "400"), (204, "204"), (206, "206"), (300, "300"),
    ],
)  # fmt: skip
def test_what_will_not_get_better_is_said_in_a_line(
    here: Site, into: Path, status: int, said: str
) -> None:
    here.pages["/"] = answer(status)
    message = refused(here.url("/?key=hunter2"), into)
    assert said in message
    assert "hunter2" not in message


# HTTPS


def test_a_certificate_nobody_vouches_for_is_refused(
    into: Path, tmp_path: Path, configured: pytest.MonkeyPatch
) -> None:
    with site(server_tls(certificate(tmp_path, "127.0.0.1"))) as running:
        allow(configured, "127.0.0.1")
        assert "certificate is not valid: self-signed" in refused(running.url("/?k=hunter2"), into)
        assert running.asked == []


def test_the_certificate_must_be_for_the_name_that_was_asked(
    into: Path, tmp_path: Path, configured: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, "tours.example")
    configured.setenv("SSL_CERT_FILE", str(pem))
    allow(configured, "tours.example", "other.example")
    names(configured, "127.0.0.1")
    with site(server_tls(pem)) as running:
        running.pages["/"] = answer(body=b"x")
        assert isinstance(fetch(running.url(host="tours.example"), into), Fetched)
        into.unlink()
        assert "mismatch" in refused(running.url(host="other.example"), into)
        assert len(running.asked) == 1


def test_https_does_not_lead_to_http(
    here: Site, into: Path, tmp_path: Path, configured: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, "127.0.0.1")
    configured.setenv("SSL_CERT_FILE", str(pem))
    allow(configured, "127.0.0.1")
    with site(server_tls(pem)) as running:
        running.pages["/"] = answer(301, Location=here.url())
        assert "from https to http" in refused(running.url(), into)
    assert here.asked == []


def test_a_handshake_that_is_never_answered_is_left(
    into: Path, configured: pytest.MonkeyPatch
) -> None:
    allow(configured, "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/"
        assert "does not answer in time" in later(url, into, Limits(read_s=0.2)).message


def test_a_server_without_https_is_said_so(here: Site, into: Path) -> None:
    assert "no HTTPS" in refused(here.url().replace("http:", "https:"), into)
