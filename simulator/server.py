"""Runs a simulator beside other Python code, for tests and demonstrations."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.app import create_app
from simulator.settings import Settings
from simulator.world import World

START_SECONDS = 10.0


class Server(uvicorn.Server):
    """A server that sends open pages and waiting clients home before it stops."""

    def __init__(self, settings: Settings, host: str, port: int, log_level: str) -> None:
        app = create_app(settings)
        self._world: World = app.state.world
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            access_log=False,
            ws="none",
            http=Connection,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell the simulator where it can be reached."""
        await super().startup(sockets)
        if self.started and not self._world.base_url:
            self._world.base_url = f"http://{_reachable(self.config.host)}:{self.port}"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams that would otherwise keep the server waiting."""
        self._world.end_streams()
        await super().shutdown(sockets)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        number: int = self.servers[0].sockets[0].getsockname()[1]
        return number


class Connection(H11Protocol):
    """A connection that those who answer on it may break."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the connection to whoever serves its requests."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _reachable(host: str) -> str:
    """An address to call, for one to listen on."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - replaced here
    return f"[{name}]" if ":" in name else name


@contextmanager
def running(settings: Settings, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve in a thread while the block runs.

    Args:
        settings: The simulator's configuration.
        port: The port, or 0 for any that is free.
        host: The address to bind.

    Yields:
        The base URL, such as ``http://127.0.0.1:4010``.

    Raises:
        RuntimeError: If the server does not come up, for instance because the port is taken.
    """
    server = Server(settings, host, port, "error")
    thread = threading.Thread(target=_serve, args=(server,), name="simulator", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{_port_of(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _serve(server: uvicorn.Server) -> None:
    with contextlib.suppress(SystemExit):  # it could not bind; started stays False
        server.run()


def _port_of(server: Server, thread: threading.Thread) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the simulator did not start; is its port taken?")
        time.sleep(0.01)
    return server.port
