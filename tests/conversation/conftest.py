"""A small catalogue and a traveller for the talks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversation import links
from conversation.schemas import Choice, Incoming, Outgoing
from conversation.service import answer
from core.database import Connection, close_pool
from core.embedded.service import Servers
from core.settings import settings
from ingestion.service import ingest
from tests.conftest import copy_database, rolled_back

TOURS = Path(__file__).parent.parent / "fixtures" / "tours.jsonl"


class Talk:
    """A traveller at a phone."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        row = connection.execute("insert into users default values returning id").fetchone()
        assert row
        self.user_id: int = row["id"]

    def say(self, text: str = "", **fields: object) -> list[Outgoing]:
        """Send a message and return the answer."""
        incoming = Incoming.model_validate({"text": text, **fields})
        return answer(self.connection, self.user_id, incoming)

    def hear(self, text: str = "", **fields: object) -> str:
        """Send a message and return the words of the answer."""
        return "\n".join(message.body for message in self.say(text, **fields))

    def tap(self, choice: Choice) -> str:
        """Tap something and return the words of the answer."""
        return self.hear(choice.label, choice=choice.id)

    def consents(self) -> list[tuple[str, bool]]:
        """Return what was agreed to or withdrawn, in order."""
        rows = self.connection.execute(
            "select kind, granted from consents where user_id = %s order by id", [self.user_id]
        )
        return [(row["kind"], row["granted"]) for row in rows]


def choices(messages: list[Outgoing]) -> dict[str, Choice]:
    """Return everything that can be tapped, by its label."""
    return {choice.label: choice for message in messages for choice in message.choices}


def target_of(talk: Talk, message: Outgoing) -> str | None:
    """Return the page that the link of a message leads to by way of us."""
    base, _, token = (message.link or "").partition("/r/")
    assert base == settings().public_base_url
    return links.target(talk.connection, token)


@pytest.fixture(scope="session")
def _talk_database(servers: Servers, template: str) -> str:
    url = copy_database(servers, template, "talks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        ingest(TOURS)
        close_pool()
    settings.cache_clear()
    return url


@pytest.fixture
def talk(_talk_database: str, configured: pytest.MonkeyPatch) -> Iterator[Talk]:
    """A new traveller; the catalogue holds the tours of `tests/fixtures/tours.jsonl`."""
    with rolled_back(_talk_database, configured) as connection:
        yield Talk(connection)
