"""A server that speaks OpenAI's audio transcriptions, and says that it heard what a test wants."""

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """What the server is to answer next."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request: its path, its key and its form."""

    path: str
    key: str | None
    fields: dict[str, str]
    filename: str
    content_type: str
    audio: bytes


@dataclass
class SpeechServer:
    """Answers in turn, the last answer again and again, and keeps what it was asked."""

    address: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def will_hear(self, *texts: object) -> None:
        self.replies += [Reply(body=json.dumps({"text": text}).encode()) for text in texts]

    def will_fail(self, status: int, body: bytes = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append(Reply(status, body, named))

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def speech_server() -> Iterator[SpeechServer]:
    """Run a server until the block ends."""
    running = SpeechServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(running)) as listening:
        running.address = f"http://127.0.0.1:{listening.server_port}/v1"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            listening.shutdown()
            thread.join()


def opus(length_s: float) -> bytes:
    """Return the first and the last page of an Ogg Opus file that lasts so long."""
    head = b"OggS\0\2" + bytes(8) + bytes(12) + b"\1\x13" + b"OpusHead\1\1" + bytes(9)
    samples = round(length_s * 48_000)
    return head + b"OggS\0\4" + samples.to_bytes(8, "little") + bytes(12) + b"\1\1" + b"\xfc"


def _handler(running: SpeechServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            running.asked.append(_read(self, body))
            reply = running.next()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            return

    return Handler


def _read(request: BaseHTTPRequestHandler, body: bytes) -> Asked:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    fields, filename, content_type, audio = {}, "", "", b""
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        if part.get_filename() is None:
            fields[name] = content.decode()
        else:
            filename, content_type, audio = (
                str(part.get_filename()),
                part.get_content_type(),
                content,
            )
    key = request.headers.get("Authorization")
    return Asked(request.path, key, fields, filename, content_type, audio)
