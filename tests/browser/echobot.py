"""A bot that answers in every shape a phone can show: what it is told decides which."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-for-tests"
BUSINESS = "whatsapp:+14155238886"
MARKS = "*bold* _italic_ ~strike~ ```mono``` <b>no markup</b> https://example.org/a?b=1."
ROWS = [
    {"id": "row-1", "item": "Hà Nội", "description": "The old quarter on foot"},
    {"id": "row-2", "item": "Hạ Long", "description": "Two days on the bay"},
    {"id": "row-3", "item": "Sa Pa"},
]
BUTTONS = [{"type": "QUICK_REPLY", "title": name, "id": name.lower()} for name in ("Yes", "No")]
CARD = {
    "title": "*Mekong by boat*\n2 days · $120",
    "actions": [
        {"type": "URL", "title": "See it", "url": "https://example.org/mekong"},
        BUTTONS[0],
    ],
}
PIN = {"latitude": "21.0287", "longitude": "105.8524", "label": "Hồ Gươm"}
HOSTILE = "<img src=x onerror=document.title='taken'> *<script>* javascript:alert(1) [a](b)"
BAD_ROWS = [{"id": "<b>", "item": "<i>row</i>", "description": "<a href=x>y</a>"}]


def png(red: int, green: int, blue: int, size: int = 48) -> bytes:
    """A small picture: two shades of one colour."""
    rows = b"".join(
        b"\0"
        + b"".join(
            bytes((red, green, blue)) if (x + y) % 24 < 12 else bytes((red // 2, green, blue))
            for x in range(size)
        )
        for y in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@dataclass
class EchoBot:
    """Answers each webhook through the REST API, as a bot with an own job queue would."""

    url: str = ""
    api: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)

    def take(self, form: dict[str, str]) -> None:
        if "MessageStatus" in form:
            return
        self.seen.append(form)
        self.answer(form)

    def answer(self, form: dict[str, str]) -> None:
        word = form.get("Body", "").strip().lower()
        shapes: dict[str, dict[str, Any]] = {
            "buttons": {"quick-reply": {"body": "Do you like it?", "actions": BUTTONS}},
            "list": {"list-picker": {"body": "Where to?", "button": "Choose", "items": ROWS}},
            "card": {"card": {**CARD, "media": [f"{self.url}/photo.png"]}},
            "pin": {"location": PIN},
            "hostile": {"list-picker": {"body": HOSTILE, "button": "<u>Go", "items": BAD_ROWS}},
            "carousel": {"carousel": {"body": "Three ideas", "cards": self.cards()}},
        }
        if word in shapes:
            self.send(form["From"], ContentSid=self.content(word, shapes[word]))
        elif word in {"photo", "broken"}:
            self.send(form["From"], Body=f"A {word} picture", MediaUrl=f"{self.url}/{word}.png")
        elif word == "silence":
            self.call("POST", "/v2/Indicators/Typing.json", messageId=form["MessageSid"])
        else:
            self.send(form["From"], Body=MARKS if word == "marks" else said(form))

    def cards(self) -> list[dict[str, Any]]:
        return [
            {
                "title": f"Idea {number}",
                "body": "Two days",
                "media": f"{self.url}/photo.png",
                "actions": [{"type": "QUICK_REPLY", "title": f"Take {number}", "id": f"{number}"}],
            }
            for number in (1, 2, 3)
        ]

    def content(self, name: str, types: dict[str, Any]) -> str:
        if name not in self.contents:
            body = {
                "friendly_name": name,
                "language": "en",
                "types": {f"twilio/{kind}": shape for kind, shape in types.items()},
            }
            answer = httpx.post(f"{self.api}/v1/Content", json=body, auth=(ACCOUNT, TOKEN))
            self.contents[name] = answer.json()["sid"]
            if name == "carousel":  # sent only with approval, even while the window is open
                self.hand_in(name)
        return self.contents[name]

    def hand_in(self, name: str, category: str = "MARKETING") -> int:
        """Ask for a content's approval as a template."""
        path = f"/v1/Content/{self.contents[name]}/ApprovalRequests/whatsapp"
        asked = {"name": name, "category": category}
        return httpx.post(self.api + path, json=asked, auth=(ACCOUNT, TOKEN)).status_code

    def send(self, to: str, **fields: str) -> int:
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        return self.call("POST", path, To=to, From=BUSINESS, **fields)

    def call(self, method: str, path: str, **fields: str) -> int:
        form = {"channel": "whatsapp", **fields} if path.startswith("/v2") else fields
        try:
            answer = httpx.request(
                method, self.api + path, data=form, auth=(ACCOUNT, TOKEN), timeout=5
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code


def said(form: dict[str, str]) -> str:
    """What was understood of a message, in words that a test can look for."""
    if form.get("ButtonPayload"):
        return f"You tapped {form['ButtonPayload']}"
    if form.get("ListId"):
        return f"You chose {form['ListId']}"
    if form.get("Latitude"):
        return f"You are at {form['Latitude']}, {form['Longitude']} {form.get('Label', '')}"
    if form.get("NumMedia", "0") != "0":
        return f"Got {form['MediaContentType0']} {form['Body']}".strip()
    answered = " in answer" if form.get("OriginalRepliedMessageSid") else ""
    return f"You said: {form['Body']}{answered}"


def _handler(bot: EchoBot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(200, "text/xml", b"")
            bot.take(dict(parse_qsl(body.decode(), keep_blank_values=True)))

        def do_GET(self) -> None:
            if self.path == "/photo.png":
                self.reply(200, "image/png", png(40, 140, 160))
            else:
                self.reply(404, "text/plain", b"")

        def reply(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay quiet: the test's output is what matters."""

    return Handler


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that has seen enough hangs up; that is no news."""


@contextmanager
def serving_echo() -> Iterator[EchoBot]:
    bot = EchoBot()
    server = _QuietServer(("127.0.0.1", 0), _handler(bot))
    bot.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
