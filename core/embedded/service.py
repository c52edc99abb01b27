"""Which servers to use: those of the settings, or embedded ones that come and go with us."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.database import close_pool
from core.embedded.postgres import Postgres
from core.embedded.valkey import Valkey
from core.locks import SharedLock, exclusive_lock
from core.secrets import secret
from core.settings import environment, settings


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the servers in use; `embedded` says whose the database is: our own."""

    database_url: str
    redis_url: str
    embedded: bool


class EmbeddedServers:
    """One PostgreSQL and one Valkey, shared by every process that uses the same state folder.

    The first process to come starts them and the last one to leave stops them. What a killed
    process left running is taken over; what it left half-started is started again.
    """

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self._state_dir = state_dir
        self._users: SharedLock | None = None
        password = secret("postgres_password", state_dir=state_dir)
        self.postgres = Postgres(state_dir / "postgres", password)
        self.valkey = Valkey(state_dir / "valkey", secret("valkey_password", state_dir=state_dir))

    def start(self, database_url: str | None = None, redis_url: str | None = None) -> Servers:
        """Start what is needed and does not run yet, and count ourselves among the users.

        Args:
            database_url: a database that makes our own needless.
            redis_url: a Redis that makes our own needless.
        """
        with exclusive_lock(self._state_dir / "start.lock"):
            self._users = SharedLock(self._state_dir / "users.lock")
            self._users.acquire()
            return Servers(
                database_url or self.postgres.start(),
                redis_url or self.valkey.start(),
                embedded=not database_url,
            )

    def stop(self) -> None:
        """Leave; stop the servers if nobody else uses them."""
        with exclusive_lock(self._state_dir / "start.lock"):
            if self._users is not None and self._users.release():
                self.valkey.stop()
                self.postgres.stop()
            self._users = None


@contextmanager
def servers() -> Iterator[Servers]:
    """Provide PostgreSQL and Redis while the block runs, and point the settings at them.

    Child processes started inside the block inherit the addresses through the environment.

    Raises:
        ConfigurationError: an embedded server would not start.
    """
    configured = settings()
    if configured.database_url and configured.redis_url:
        yield Servers(configured.database_url, configured.redis_url, embedded=False)
        return
    embedded = EmbeddedServers(configured.state_dir)
    used = embedded.start(configured.database_url, configured.redis_url)
    with environment(DATABASE_URL=used.database_url, REDIS_URL=used.redis_url):
        try:
            yield used
        finally:
            close_pool()
            embedded.stop()
