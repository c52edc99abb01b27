"""The whole product behind the phone page: web server, worker, simulator, the sample catalogue."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from playwright.sync_api import Locator, expect

from core.embedded.service import Servers
from tests.browser.echobot import png
from tests.browser.pages import PhonePage
from tests.conftest import copy_database, drop_database
from tests.whatsapp import house

PRIVACY = "https://travelbuddy.example/privacy"
APP, SECRET = "100000000000001", "an app secret of the tests"
FACEBOOK = {"SIMULATOR_FACEBOOK_APP_ID": APP, "SIMULATOR_FACEBOOK_APP_SECRET": SECRET}
STAYS = """id,name,latitude,longitude,stars,rating,price,url
s1,Mist Lodge,22.335,103.843,3,8.7,"650,000 VND",https://stays.example/mist
s2,Stone Church House,22.336,103.845,,9.1,"420,000 VND",https://stays.example/church
"""
MAPPING = """provider: Two Keys
kind: accommodations
fields: {id: id, name: name, latitude: latitude, longitude: longitude, stars: stars,
  rating: {from: rating, out_of: 10}, price: price, url: url}
"""
_PHOTOGRAPHED = """update travel_packages
    set fields = fields || jsonb_build_object('image', %s || id || '.png')"""
_PATIENCE_S = 30.0
_TEXTS = """after => [...document.querySelectorAll('#thread .item:not(.own, .notice-item)')]
  .filter((item) => Number(item.dataset.seq) > after).map((item) => item.innerText)"""
_LAST = """() => Math.max(0, ...[...document.querySelectorAll('#thread .item:not(.own)')]
  .map((item) => Number(item.dataset.seq)))"""


@dataclass
class Concierge:
    """The product as it runs, and how it is reached."""

    simulator: house.Simulator
    environment: dict[str, str]
    database: psycopg.Connection

    def command(self, *arguments: str) -> str:
        """Run a command of the product beside it; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=house.ROOT, env={**os.environ, **self.environment},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


class Talk:
    """A conversation on the page: everything is typed, tapped and read there."""

    def __init__(self, phone: PhonePage) -> None:
        self.phone, self.page = phone, phone.page
        self.thread = phone.page.locator("#thread")

    def say(self, words: str, until: str) -> list[str]:
        """Write something; return the answers, of which the last one matches *until*."""
        with self.answers(until) as said:
            self.phone.say(words)
        return said

    def tap(self, label: str, until: str) -> list[str]:
        """Tap the newest button of this name."""
        with self.answers(until) as said:
            self.button(label).click()
        return said

    def choose(self, row: str, until: str) -> list[str]:
        """Open the newest list, choose the row that begins so, and send it."""
        self.thread.locator("[aria-haspopup=dialog]").last.click()
        dialog = self.phone.dialog()
        dialog.get_by_role("radio", name=re.compile(f"^{re.escape(row)}")).first.check(force=True)
        with self.answers(until) as said:
            dialog.get_by_role("button", name="Send").click()
        return said

    def reply(self, to: str, words: str, until: str) -> list[str]:
        """Answer the newest message with the words *to*, as a swipe does."""
        self.phone.bubble(to).locator(".bubble").click(button="right")
        self.phone.pick("Reply")
        expect(self.page.locator("#quoting")).to_be_visible()
        return self.say(words, until)

    def button(self, label: str) -> Locator:
        return self.thread.get_by_role("button", name=label, exact=True).last

    @contextmanager
    def answers(self, until: str) -> Iterator[list[str]]:
        """Gather what comes while the block runs and after it, until *until* has come."""
        said: list[str] = []
        after = self.page.evaluate(_LAST)
        yield said
        deadline = time.monotonic() + _PATIENCE_S
        while not any(re.search(until, text) for text in said):
            assert time.monotonic() < deadline, f"waited in vain for {until!r}; came: {said}"
            self.page.wait_for_timeout(40)
            said[:] = self.page.evaluate(_TEXTS, after)


@contextmanager
def serving(servers: Servers, template: str, logs: Path) -> Iterator[Concierge]:
    """Run everything for as long as the block does; tours have photos, and there are two stays."""
    web, phone = house.free_port(), house.free_port()
    with ExitStack() as stack:
        photos = stack.enter_context(_photos())
        url = copy_database(servers, template, "concierge")
        stack.callback(drop_database, servers, "concierge")
        database = stack.enter_context(psycopg.connect(url, autocommit=True))
        database.execute(_PHOTOGRAPHED, [photos])
        environment = _environment(servers, url, logs, web, phone)
        webhook = f"{environment['PUBLIC_BASE_URL']}/webhooks/twilio"
        simulator = stack.enter_context(
            house.simulator(logs / "simulator", webhook, phone, **FACEBOOK)
        )
        running = Concierge(simulator, environment, database)
        for arguments in (("serve", "--port", str(web)), ("worker", "--beat", "--pool", "threads")):
            stack.enter_context(
                house.process("cli", *arguments, environment=environment, log=logs / arguments[0])
            )
        _prepare(running, logs)
        sample = simulator.phone()
        sample.says("HELP")
        sample.waits_for(1)
        yield running


def _prepare(running: Concierge, folder: Path) -> None:
    """Hand the templates in, and take in the places to stay."""
    (folder / "stays.csv").write_text(STAYS, "utf-8")
    (folder / "stays.yaml").write_text(MAPPING, "utf-8")
    running.command("templates", "submit")
    running.command("ingest", str(folder / "stays.csv"), "--mapping", str(folder / "stays.yaml"))


def _environment(servers: Servers, url: str, logs: Path, web: int, phone: int) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url.removesuffix("/0") + "/5",
        "STATE_DIR": str(logs / "state"),
        "TWILIO_ACCOUNT_SID": house.ACCOUNT,
        "TWILIO_AUTH_TOKEN": house.TOKEN,
        "TWILIO_BASE_URL": f"http://127.0.0.1:{phone}",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
        "PRIVACY_URL": PRIVACY,
        "WHATSAPP_LINK_BASE": f"http://127.0.0.1:{phone}/wa",
        "FACEBOOK_APP_ID": APP,
        "FACEBOOK_APP_SECRET": SECRET,
        "FACEBOOK_BASE_URL": f"http://127.0.0.1:{phone}/facebook/v23.0",
        "FACEBOOK_DIALOG_URL": f"http://127.0.0.1:{phone}/facebook/v23.0/dialog/oauth",
        "FACEBOOK_KEYS_URL": f"http://127.0.0.1:{phone}/facebook/.well-known/oauth/openid/jwks/",
    }


@contextmanager
def _photos() -> Iterator[str]:
    """Serve a picture under every address that begins with what is yielded."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Photos)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/photo-"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Photos(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        picture = png(60, 140, 120)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)

    def log_message(self, *_: object) -> None:
        """Say nothing: the page's requests are no news."""
