"""Browsers with sessions, as the tests of the REST interface open them."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.sessions import tokens
from api.sessions.service import open_guest
from api.sessions.visit import SESSION
from core.access.schemas import Role
from core.access.service import create_token
from core.database import unit_of_work

API = "/api/v1"
_numbers = itertools.count(1)


class Browser:
    """A traveller with a session."""

    def __init__(self, client: TestClient, user_id: int) -> None:
        self.client, self.user_id = client, user_id
        self.csrf = client.get(f"{API}/me").json()["csrf_token"]

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{API}{path}", headers=headers)

    def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str
    ) -> Any:
        """Send a write with the CSRF token, and under a key where one is given."""
        sent = {"X-CSRF-Token": self.csrf, **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.client.request(method, f"{API}{path}", json=body, headers=sent)


@contextmanager
def browser(app: FastAPI, language: str = "en") -> Iterator[Browser]:
    """Open a session for somebody new."""
    with unit_of_work() as unit:
        opened = open_guest(unit.connection, "Firefox on Linux", language)
    visitor = opened.visitor
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        client.cookies.set(SESSION, tokens.sign(visitor.user_id, visitor.session_id))
        yield Browser(client, visitor.user_id)


def with_token(role: Role = Role.CATALOGUE) -> dict[str, str]:
    """Return the headers of a program that may do the work of *role*."""
    with unit_of_work() as unit:
        token = create_token(unit.connection, f"a program {next(_numbers)}", role)
    return {"Authorization": f"Bearer {token}"}
