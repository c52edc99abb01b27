"""A web server on the loopback interface that behaves as a test tells it to."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A running server: its pages by path, and what it was asked for."""

    port: int
    scheme: str
    pages: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[tuple[str, Message]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextmanager
def site(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a server until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    server.block_on_close = False
    running = Site(server.server_port, "https" if tls else "http")
    server.RequestHandlerClass = _handler(running)
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(running: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            running.asked.append((self.path, self.headers))
            page = running.pages.get(urlsplit(self.path).path, answer(404))
            try:
                page(self)
            except OSError:
                return  # the visitor has gone, as some tests expect

        def finish(self) -> None:
            try:
                super().finish()
            except OSError:
                return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # a handshake that was broken off

        def log_message(self, *_: object) -> None:
            return

    return Handler


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with *body*; in the names of *headers*, underscores stand for hyphens."""

    def page(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return page


def raw(*pieces: bytes, again: Callable[[], bool] = lambda: False) -> Behaviour:
    """Write *pieces* as they are, the last of them again for as long as *again* says so."""

    def page(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
        while again():
            request.wfile.write(pieces[-1])

    return page


def certificate(folder: Path, name: str) -> Path:
    """Make a self-signed certificate for *name*, and return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_tls(pem: Path) -> ssl.SSLContext:
    """Return what a server needs to show the certificate in *pem*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
