"""What tests of joining share: a page that shows codes, and phones that send them."""

import itertools
from dataclasses import dataclass
from typing import Any

from api.joining import service as page
from api.joining.service import plan_of
from api.sessions import service as sessions
from api.sessions.schemas import Visitor
from core.database import Connection, unit_of_work
from core.encryption import blind_index
from recommender.feedback import save_interests
from recommender.schemas import Interests
from tests.whatsapp.conftest import message
from whatsapp import service
from whatsapp.port import Channel

DEVICE = "Firefox on Android"
_sids = itertools.count(1)


@dataclass
class Page:
    """Somebody at the web page."""

    visitor: Visitor

    @property
    def user_id(self) -> int:
        return self.visitor.user_id

    def code(
        self, rhythm: str = "", weekday: str = "", hour: str = "", language: Any = "en"
    ) -> str:
        """Agree to what the page says, and return the code that it shows."""
        with unit_of_work() as unit:
            plan = plan_of(rhythm, weekday, hour)
            return page.begin(unit.connection, self.visitor, language, plan).code

    def wishes(self, **interests: Any) -> None:
        with unit_of_work() as unit:
            save_interests(unit.connection, self.user_id, Interests.model_validate(interests))


def open_page() -> Page:
    with unit_of_work() as unit:
        return Page(sessions.open_guest(unit.connection, DEVICE, "en").visitor)


@dataclass
class Sender:
    """A phone whose messages are answered as they come."""

    number: str
    channel: Channel
    db: Connection

    def sends(self, text: str = "", **fields: str) -> list[dict[str, Any]]:
        """Send a message; return what is queued in answer to it."""
        sid = self.delivers(text, **fields)
        self.is_answered()
        return self.answers_to(sid)

    def hears(self, text: str = "", **fields: str) -> str:
        """Send a message; return the words of the answer."""
        return "\n".join(each.get("body", "") for each in self.sends(text, **fields))

    def taps(self, choice: str) -> str:
        return self.hears("tapped", ButtonPayload=choice, ButtonText="tapped")

    def delivers(self, text: str, **fields: str) -> str:
        """Bring a message to the inbox; return its sid."""
        incoming = message(next(_sids), self.number, text, **fields)
        with unit_of_work() as unit:
            service.receive(unit.connection, [incoming])
        return incoming.sid

    def is_answered(self) -> None:
        """Answer all that waits, as the job does."""
        while True:
            with unit_of_work() as unit:
                if service.answer_next(unit.connection, self.identity, self.channel) is None:
                    return

    def answers_to(self, sid: str) -> list[dict[str, Any]]:
        rows = self.db.execute(
            """select o.content from outbound_messages o join inbound_messages m
                   on m.id = o.inbound_id where m.provider_sid = %s order by o.position""",
            [sid],
        )
        return [row["content"] for row in rows]

    @property
    def identity(self) -> int:
        return int(self._row("id"))

    @property
    def user_id(self) -> int:
        return int(self._row("user_id"))

    def _row(self, column: str) -> Any:
        row = self.db.execute(
            "select id, user_id from channel_identities where address_index = %s",
            [blind_index(self.number)],
        ).fetchone()
        assert row is not None
        return row[column]
