"""A small bot to talk to, and an SDK client that talks to the simulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-for-tests"
BUSINESS = "whatsapp:+14155238886"
PHONE = "+84900000001"
PERSON = f"whatsapp:{PHONE}"


@dataclass
class Call:
    """One webhook request as the bot saw it."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    genuine: bool


@dataclass
class Answer:
    """What the bot says to a webhook."""

    status: int = 200
    body: str = ""
    content_type: str = "text/xml"


@dataclass
class Bot:
    """A webhook server that checks every signature with Twilio's own validator."""

    url: str = ""
    public_url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    pause: threading.Event = field(default_factory=threading.Event)
    connections: set[object] = field(default_factory=set)

    def take(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        form = dict(pairs)
        signature = headers.get("X-Twilio-Signature", "")
        genuine = RequestValidator(TOKEN).validate(self.public_url + path, form, signature)
        self.calls.append(Call(path, form, headers, genuine))
        self.pause.wait(5)
        return self.answers.pop(0) if self.answers else Answer()

    def clear(self) -> None:
        """Forget everything, once no request is on its way or being handled any more.

        Connections are accepted in the order in which they were made, so when our own has been
        answered, all that a simulator made before its reset are at least among the open ones.
        """
        self.pause.set()
        httpx.options(self.url, trust_env=False)
        eventually(lambda: not self.connections)
        self.public_url = self.url
        self.calls.clear()
        self.answers.clear()

    def messages(self) -> list[dict[str, str]]:
        return [call.form for call in self.calls if "MessageStatus" not in call.form]

    def statuses(self, sid: str) -> list[str]:
        return [
            call.form["MessageStatus"]
            for call in self.calls
            if call.form["MessageSid"] == sid and "MessageStatus" in call.form
        ]


def _handler(bot: Bot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = bot.take(self.path, body, dict(self.headers.items()))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body.encode())))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay quiet: the test's output is what matters."""

    return Handler


class _PatientServer(ThreadingHTTPServer):
    request_queue_size = 64  # twenty connections at once must not wait for a second try

    def __init__(self, bot: Bot) -> None:
        super().__init__(("127.0.0.1", 0), _handler(bot))
        self._connections = bot.connections

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection from the moment it is accepted, before a thread reads from it."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._connections.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A simulator that was reset has hung up; that is no news."""


@contextmanager
def serving_bot() -> Iterator[Bot]:
    bot = Bot()
    bot.pause.set()
    server = _PatientServer(bot)
    bot.url = bot.public_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        bot.pause.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Rerouted(TwilioHttpClient):  # type: ignore[misc]
    """Sends every Twilio host's requests to one base URL."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self.base}{parts.path}{query}", *args, **kwargs)


@contextmanager
def sdk(base: str, token: str = TOKEN, timeout: float = 10) -> Iterator[Client]:
    transport = _Rerouted(base, timeout)
    try:
        yield Client(ACCOUNT, token, http_client=transport)
    finally:
        if transport.session:
            transport.session.close()


def eventually(check: Callable[[], Any], seconds: float = 5.0) -> Any:
    """The first truthy value of ``check``; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = check()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")
