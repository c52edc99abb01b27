"""`travelbuddy bench pages`: every page's time and weight, and the way to the first tours."""

import re
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from cli.demo import Addresses, everything
from cli.runtime import empty_database, free_ports
from core.errors import ConfigurationError
from core.settings import ROOT
from whatsapp.bench.load import percentile

Tell = Callable[[str], None]

_SAMPLE = ROOT / "examples" / "catalogue.jsonl"
_PHONE = "+84900000777"
_BARE = "/health"
_PATIENCE_S = 60.0
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
_OWN_FILES = re.compile(r'(?:src|href)="(/(?:static|join)/[^"]+)"')
_ANSWERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("places", {"places": "Hội An, Sa Pa"}),
    ("time", {}),
    ("budget", {}),
    ("transport", {}),
    ("food", {}),
    ("activities", {}),
    ("lodging", {}),
)
_PAGES = (
    "/",
    "/login",
    "/privacy",
    "/terms",
    "/offline",
    "/api/docs",
    *(f"/onboarding/{step}" for step, _ in _ANSWERS),
    "/join",
    "/account",
    "/account/importance",
    "/account/history",
    "/account/schedule",
    "/account/consents",
    "/account/security",
    "/account/data",
    "/account/delete",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured.

    Attributes:
        bare_p50_ms: of a handler that answers without asking anything.
        p50_ms: of each page at the server.
        p95_ms: likewise.
        kilobytes: of each page with its own styles, scripts and pictures, as they are sent; the
            pictures of tours come from the operator's own server and are not counted.
        slowest_p95_ms: the slowest page's.
        slowest_ratio: its median over that of the bare handler.
        heaviest_kb: the heaviest page's.
        landing_to_tours_s: from opening the first page to the first tour on WhatsApp, without the
            time that a person reads and types.
    """

    bare_p50_ms: float
    p50_ms: dict[str, float]
    p95_ms: dict[str, float]
    kilobytes: dict[str, float]
    slowest_p95_ms: float
    slowest_ratio: float
    heaviest_kb: float
    landing_to_tours_s: float


def measure(rounds: int, tell: Tell) -> Figures:
    """Start everything on an empty database, walk the whole way, and time each page.

    Args:
        rounds: how often each page is opened.
        tell: is told what is being done.
    """
    addresses = Addresses(*(f"http://127.0.0.1:{port}" for port in free_ports(2)))
    tell("Starting everything on an empty database …")
    with (
        empty_database(),
        everything(addresses, _SAMPLE),
        httpx.Client(base_url=addresses.service, timeout=30, follow_redirects=True) as browser,
    ):
        tell("Walking from the first page to the first tours …")
        way_s = _walk(browser, addresses)
        tell("Timing the pages …")
        times = _times(browser, (_BARE, *_PAGES), rounds)
        return _figures(times, {path: _kilobytes(browser, path) for path in _PAGES}, way_s)


def _figures(times: dict[str, list[float]], kilobytes: dict[str, float], way_s: float) -> Figures:
    p50 = {path: round(statistics.median(each), 1) for path, each in times.items()}
    p95 = {path: round(percentile(each, 0.95), 1) for path, each in times.items()}
    bare, _ = p50.pop(_BARE), p95.pop(_BARE)
    return Figures(
        bare_p50_ms=bare,
        p50_ms=p50,
        p95_ms=p95,
        kilobytes=kilobytes,
        slowest_p95_ms=max(p95.values()),
        slowest_ratio=round(max(p50.values()) / bare, 1),
        heaviest_kb=max(kilobytes.values()),
        landing_to_tours_s=round(way_s, 2),
    )


def _walk(browser: httpx.Client, addresses: Addresses) -> float:
    """Go the whole way as somebody without Facebook; return the seconds that it took."""
    started = time.perf_counter()
    page = browser.get("/")
    page = browser.post("/begin", data={"csrf": _token(page)})
    for step, fields in _ANSWERS:
        page = browser.get(f"/onboarding/{step}")
        form = {"csrf": _token(page), "action": "next", **fields}
        page = browser.post(f"/onboarding/{step}", data=form)
        page.raise_for_status()
    page = browser.get("/join")
    page = browser.post("/join/code", data={"csrf": _token(page)})
    code = _CODE.search(page.text)
    if code is None:
        raise ConfigurationError("the page shows no code to join with")
    thread = f"{addresses.simulator}/simulator/phones/{_PHONE}/messages"
    sent = httpx.post(thread, json={"text": f"Please connect me. Code {code[0]}"})
    _wait_for_a_tour(thread, int(sent.raise_for_status().json()["seq"]))
    took_s = time.perf_counter() - started
    browser.get("/join")  # signs the browser in
    return took_s


def _wait_for_a_tour(thread: str, after: int) -> None:
    """Wait for a message with a link to a tour."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        answer = httpx.get(thread, params={"after": after, "wait": 5}, timeout=20).json()
        for message in answer["messages"]:
            after = max(after, int(message["seq"]))
            if any("/r/" in (button.get("url") or "") for button in message["buttons"] or ()):
                return
            if "/r/" in message["body"]:
                return
    raise ConfigurationError("no tour came on WhatsApp; look at the logs")


def _times(browser: httpx.Client, paths: Iterable[str], rounds: int) -> dict[str, list[float]]:
    """Return each page's times in milliseconds; in turn, so that noise meets all alike."""
    times: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(rounds):
        for path, each in times.items():
            started = time.perf_counter()
            answer = browser.get(path)
            each.append((time.perf_counter() - started) * 1000)
            _insist_on(answer, path)
    return times


def _insist_on(answer: httpx.Response, path: str) -> None:
    """Make sure that it is that page, and not another to which one is sent instead."""
    asked = urlsplit(str(answer.url)).path
    if answer.is_error or (asked != path and not (path == "/login" and asked == "/account")):
        raise ConfigurationError(f"{path} answers {answer.status_code} at {asked}")


def _kilobytes(browser: httpx.Client, path: str) -> float:
    page = browser.get(path)
    files = {name for name in _OWN_FILES.findall(page.text) if not parse_qs(name).get("next")}
    whole = len(page.content) + sum(len(browser.get(name).content) for name in sorted(files))
    return round(whole / 1000, 1)


def _token(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    if found is None:
        raise ConfigurationError(f"{page.url} has no form")
    return found[1]
