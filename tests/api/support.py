"""What tests of the web share."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.sessions import tokens
from core.settings import environment

KEY = "a secret of the tests that is long enough"


@contextmanager
def fresh_keys(*keys: str) -> Iterator[None]:
    """Sign sessions with these keys, newest first, while the block runs."""
    with environment(SESSION_KEYS=json.dumps(keys or [KEY])):
        forget_keys()
        yield
    forget_keys()


def forget_keys() -> None:
    """Read the keys of the settings anew."""
    tokens._secrets.cache_clear()
    tokens._keys.cache_clear()


TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Browser:
    """A browser without JavaScript: it keeps cookies, and sends forms with what they hide.

    Args:
        app: what answers.
        base_url: under which address.
        agent: what it calls itself.
    """

    def __init__(
        self,
        app: FastAPI,
        base_url: str = "http://127.0.0.1:8000",
        agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ) -> None:
        self.client = TestClient(
            app,
            base_url=base_url,
            follow_redirects=False,
            headers={"Accept": "text/html", "User-Agent": agent, "Accept-Language": "en"},
        )

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """Open a page."""
        return self.client.get(path, **options)

    def follow(self, path: str) -> httpx2.Response:
        """Open a page, and whatever it redirects to."""
        return self.client.get(path, follow_redirects=True)

    def token(self, path: str = "/login") -> str:
        """Return what the forms of a page carry."""
        found = TOKEN.search(self.client.get(path, follow_redirects=True).text)
        assert found, f"{path} has no form"
        return found[1]

    def post(self, path: str, page: str = "/login", **fields: Any) -> httpx2.Response:
        """Send a form of *page*."""
        return self.client.post(path, data={"csrf": self.token(page), **fields})
