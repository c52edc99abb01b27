"""What all tests of the web need."""

from collections.abc import Iterator

import pytest
import redis
from fastapi import FastAPI

from api.app import create_app
from core.embedded.service import Servers
from tests.api.support import fresh_keys


@pytest.fixture(autouse=True)
def fresh_limits(servers: Servers) -> None:
    """Let no test be held up by how often those before it have asked."""
    with redis.Redis.from_url(servers.redis_url) as client:
        for key in client.scan_iter("travelbuddy:limits*"):
            client.delete(key)


@pytest.fixture
def account_app(catalogue_url: str) -> Iterator[FastAPI]:
    """The application before the sample catalogue, for travellers with an account."""
    with fresh_keys():
        yield create_app()
