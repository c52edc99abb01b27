"""Travellers with an account, and one of whom every table knows something."""

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from api.sessions import tokens
from api.sessions.schemas import Method, UserRole, Visitor
from api.sessions.service import open_session
from api.sessions.visit import SESSION
from conversation import links
from conversation import repository as talks
from conversation.understanding import Rhythm, Schedule
from core.audit.service import Actor, record
from core.codes.service import Purpose, issue
from core.database import Connection, unit_of_work
from core.encryption import blind_index, encrypt
from recommender.feedback import react, save_interests
from recommender.reactions import Kind
from recommender.schemas import Budget, Duration, Interests
from recommender.service import recommend_to, record_shown
from tests.api.support import TOKEN, Browser

WISH = Interests(
    locations=["Hội An"],
    duration=Duration(days=3),
    budget=Budget(max=500, currency="USD"),
    food="seafood",
)
PROVIDERS_SID = itertools.count(1)
NOTICE = re.compile(r'<p class="notice" role="status">([^<]*)</p>')


class Person(Browser):
    """A traveller who is signed in with a browser."""

    def __init__(
        self,
        app: FastAPI,
        method: Method = Method.FACEBOOK,
        role: UserRole = UserRole.TRAVELLER,
        user_id: int | None = None,
    ) -> None:
        super().__init__(app)
        with unit_of_work() as unit:
            self.user_id = user_id or new_user(unit.connection, role)
            opened = open_session(unit.connection, self.user_id, method, "Firefox on Linux")
        self.visitor: Visitor = opened.visitor
        token = tokens.sign(self.user_id, self.visitor.session_id)
        self.client.cookies.set(SESSION, token)

    def send(self, path: str, page: str = "/account/data", **fields: Any) -> Any:
        """Send a form with the token of a page that this person sees."""
        found = TOKEN.search(self.client.get(page).text)
        assert found, f"{page} has no form"
        return self.client.post(path, data={"csrf": found[1], **fields})

    def notice_after(self, answer: Any) -> str:
        """Follow the redirect after a change, and return what the page says of it."""
        assert answer.status_code == 303, answer.text
        found = NOTICE.search(self.get(answer.headers["location"]).text)
        return found[1] if found else ""

    def do(self, work: Callable[[Connection, int], Any]) -> Any:
        """Do something for this person in a transaction."""
        with unit_of_work() as unit:
            return work(unit.connection, self.user_id)


def new_user(connection: Connection, role: UserRole = UserRole.TRAVELLER) -> int:
    """Add somebody of whom nothing else is known."""
    row = connection.execute(
        "insert into users (role) values (%s) returning id", [role.value]
    ).fetchone()
    assert row is not None
    return int(row["id"])


def wish(connection: Connection, user_id: int) -> list[int]:
    """Let somebody wish something and be shown three tours; return the tours' keys."""
    save_interests(connection, user_id, WISH)
    found = recommend_to(connection, user_id, limit=3)
    record_shown(connection, user_id, found)
    return [each.package_id for each in found]


def add_number(connection: Connection, user_id: int, number: str = "+84900000001") -> int:
    """Give somebody a number on WhatsApp."""
    row = connection.execute(
        """
        insert into channel_identities (
            user_id, channel, address_index, address_encrypted, profile_name_encrypted,
            last_inbound_at)
        values (%s, 'whatsapp', %s, %s, %s, now()) returning id
        """,
        [user_id, blind_index(number), encrypt(number), encrypt("Traveller One")],
    ).fetchone()
    assert row is not None
    return int(row["id"])


def add_facebook(connection: Connection, user_id: int) -> int:
    """Let somebody sign in by Facebook."""
    row = connection.execute(
        """
        insert into login_methods (user_id, provider, subject_index)
        values (%s, 'facebook', %s) returning id
        """,
        [user_id, blind_index(f"facebook {user_id}")],
    ).fetchone()
    assert row is not None
    return int(row["id"])


def add_messages(connection: Connection, identity_id: int, said: str, answered: str) -> None:
    """Let a number write something, be answered, and the answer be read."""
    sid = next(PROVIDERS_SID)
    row = connection.execute(
        """
        insert into inbound_messages (
            channel, provider_sid, identity_id, payload_encrypted, transcript_encrypted,
            processed_at)
        values ('whatsapp', %s, %s, %s, %s, now()) returning id
        """,
        [f"SM-in-{sid}", identity_id, encrypt(json.dumps({"Body": said})), encrypt(said)],
    ).fetchone()
    assert row is not None
    out = connection.execute(
        """
        insert into outbound_messages (identity_id, inbound_id, content, status, provider_sid)
        values (%s, %s, %s, 'read', %s) returning id
        """,
        [identity_id, row["id"], json.dumps({"body": answered}), f"SM-out-{sid}"],
    ).fetchone()
    assert out is not None
    connection.execute(
        "insert into message_events (outbound_id, status) values (%s, 'read')", [out["id"]]
    )


def fill(connection: Connection, user_id: int) -> None:
    """Put something about a person, who has a session, into every table there is."""
    tours = wish(connection, user_id)
    react(connection, user_id, tours[:1], Kind.UP)
    talks.save_tour(connection, user_id, tours[1], 50)
    links.tracked(connection, user_id, tours[0])
    identity_id = add_number(connection, user_id, f"+8490{user_id:07}")
    add_facebook(connection, user_id)
    add_messages(connection, identity_id, "somewhere with seafood", "Here are three tours.")
    talks.load_state(connection, user_id)
    talks.open_handover(connection, user_id, "asked")
    talks.save_schedule(connection, user_id, Schedule(rhythm=Rhythm.WEEKLY, weekday=4, hour=9))
    talks.record_consent(
        connection, user_id, "recommendations",
        granted=True, text_shown="Up to three tours every Friday. Do you agree?",
        text_version="1", channel="chat",
    )  # fmt: skip
    issue(connection, Purpose.JOIN, user_id, valid_for=_HOUR)
    record(connection, Actor("operator", "7"), "thread.read", user_id)
    for statement in _ROWS:
        values = {"user": user_id, "tour": tours[0], "hash": blind_index(f"x {user_id}")}
        values["name"], values["secret"] = encrypt("Traveller One"), encrypt("a secret verifier")
        values["email"] = encrypt("one@travellers.example")
        connection.execute(statement, values)


_HOUR = dt.timedelta(hours=1)
_ROWS = (
    """
    update users set name_encrypted = %(name)s, email_encrypted = %(email)s,
        email_index = %(hash)s
    where id = %(user)s
    """,
    "insert into link_clicks (user_id, package_id) values (%(user)s, %(tour)s)",
    "insert into pushes (user_id, due_at, outcome) values (%(user)s, now(), 'sent')",
    """
    insert into login_attempts (
        state_hash, browser_hash, provider, nonce, verifier_encrypted, return_to, user_id,
        expires_at)
    values (%(hash)s, %(hash)s, 'facebook', 'a-nonce', %(secret)s, '/account', %(user)s, now())
    """,
    """
    insert into pending_links (browser_hash, provider, subject_index, user_id, expires_at)
    values (%(hash)s, 'facebook', %(hash)s, %(user)s, now())
    """,
    """
    insert into idempotency_keys (owner, key, request_hash, status, body)
    values ('user:' || %(user)s, 'a-key', %(hash)s, 200, '{"kept": true}')
    """,
    """
    insert into deletion_requests (code, provider, user_id)
    values ('a-code-' || %(user)s, 'facebook', %(user)s)
    """,
)
