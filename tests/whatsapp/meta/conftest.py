"""Fixtures of the Cloud API's tests: a Graph that notes what it is asked."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.settings import settings
from tests.whatsapp.meta.payloads import NUMBER_ID
from tests.whatsapp.meta.webhook import SECRET, WORD
from tests.whatsapp.recorder import Recorder, recorder, says
from whatsapp.meta.channel import MetaChannel
from whatsapp.meta.client import make_graph

TOKEN = "an-access-token"
ACCOUNT_ID = "500600700"
VERSION = "/v23.0"


@pytest.fixture
def graph() -> Iterator[Recorder]:
    """A Graph that takes everything."""
    with recorder(lambda _: says({"messages": [{"id": "wamid.OURS=="}]})) as running:
        yield running


@pytest.fixture
def meta(graph: Recorder, configured: pytest.MonkeyPatch) -> Iterator[MetaChannel]:
    """The real channel, pointed at that Graph, with little patience."""
    configured.setenv("META_BASE_URL", f"{graph.url}{VERSION}")
    configured.setenv("META_PHONE_NUMBER_ID", NUMBER_ID)
    configured.setenv("META_ACCESS_TOKEN", TOKEN)
    configured.setenv("META_TIMEOUT_S", "0.5")
    settings.cache_clear()
    client = make_graph()
    yield MetaChannel(client, NUMBER_ID, ACCOUNT_ID)
    client.close()


@pytest.fixture
def outside(configured: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of an application without a database, for what must not get that far."""
    configured.delenv("DATABASE_URL", raising=False)
    yield from _client(configured)


@pytest.fixture
def client(database_url: str, configured: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the whole application."""
    yield from _client(configured)


def _client(configured: pytest.MonkeyPatch) -> Iterator[TestClient]:
    configured.setenv("META_APP_SECRET", SECRET)
    configured.setenv("META_VERIFY_TOKEN", WORD)
    configured.setenv("META_PHONE_NUMBER_ID", NUMBER_ID)
    settings.cache_clear()
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield client
