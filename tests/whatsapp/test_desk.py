"""The staff's desk: who waits, what was said, answering, and handing back."""

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from conversation import repository as talks
from conversation.machine import Step
from conversation.state import State
from core.access.schemas import Role
from core.access.service import create_token
from core.audit.service import entries
from core.database import Connection, unit_of_work
from core.encryption import encrypt
from core.errors import InvalidInputError, NotFoundError
from tests.whatsapp.conftest import message, receive
from whatsapp.desk import service
from whatsapp.desk.schemas import TalkInFull

PHONE, NAME = "+84901234567", "Phương Anh"
DESK = "/api/v1/desk"


def call_for_a_person(db: Connection, number: int = 1, address: str = PHONE) -> int:
    """Let a traveller write and a person be called; return the talk."""
    receive(message(number, address, "hello, I paid twice", ProfileName=NAME))
    db.execute("update inbound_messages set processed_at = now()")
    row = db.execute("select max(user_id) as id from channel_identities").fetchone()
    assert row is not None
    with unit_of_work() as unit:
        talks.load_state(unit.connection, row["id"])
        state = State(step=Step.PERSON, language="en")
        talks.save_state(unit.connection, row["id"], state.model_dump(mode="json"))
        talks.open_handover(unit.connection, row["id"], "payment")
    found = db.execute("select max(id) as id from handovers").fetchone()
    assert found is not None
    return int(found["id"])


@pytest.fixture
def talk(database_url: str, db: Connection) -> int:
    return call_for_a_person(db)


def in_full(talk_id: int) -> TalkInFull:
    with unit_of_work() as unit:
        return service.talk(unit.connection, talk_id)


def say(talk_id: int, text: str) -> list[int]:
    with unit_of_work() as unit:
        return service.say(unit.connection, talk_id, text)[1]


def test_a_talk_is_listed_with_its_reason_and_nothing_that_names_the_traveller(talk: int) -> None:
    with unit_of_work() as unit:
        [listed] = service.open_talks(unit.connection)
        [shown] = service.open_talks(unit.connection, reveal=True)
    assert (listed.id, listed.reason, listed.unanswered) == (talk, "payment", 0)
    assert listed.name == "P•••"
    assert listed.address.endswith("67")
    assert "9012345" not in listed.model_dump_json()
    assert (shown.name, shown.address) == (NAME, PHONE)


def test_who_waits_longest_comes_first_and_waits_no_more_once_answered(
    talk: int, db: Connection
) -> None:
    later = call_for_a_person(db, 2, "+84900000002")
    db.execute("update handovers set opened_at = now() - interval '1 hour' where id = %s", [later])
    with unit_of_work() as unit:
        first, second = service.open_talks(unit.connection)
    assert (first.id, second.id) == (later, talk)
    assert 3_590 < first.waiting_s < 3_700
    say(later, "we are looking into it")
    with unit_of_work() as unit:
        waits = {each.id: each.waiting_s for each in service.open_talks(unit.connection)}
    assert waits[later] == 0
    receive(message(3, "+84900000002", "still there?"))
    db.execute("update handovers set last_staff_at = now() - interval '10 minutes'")
    db.execute("update inbound_messages set received_at = received_at - interval '1 hour'")
    db.execute(
        """update inbound_messages set received_at = now() - interval '5 minutes'
            where provider_sid like %s""",
        ["%3"],
    )
    with unit_of_work() as unit:
        [waiting] = [each for each in service.open_talks(unit.connection) if each.id == later]
    assert 290 < waiting.waiting_s < 400
    assert waiting.unanswered == 1


def test_the_messages_of_both_sides_are_shown_in_order(talk: int, db: Connection) -> None:
    say(talk, "one moment please")
    receive(message(2, PHONE, "", Latitude="21.0", Longitude="105.8", Label="My hotel"))
    voice = {"NumMedia": "1", "MediaUrl0": "x", "MediaContentType0": "audio/ogg"}
    receive(message(3, PHONE, "", **voice))
    db.execute(
        "update inbound_messages set transcript_encrypted = %s where provider_sid = %s",
        [encrypt("where are you?"), f"SM{3:032x}"],
    )
    receive(message(4, PHONE, "", ButtonPayload="details:7"))
    lines = [(line.who, line.text) for line in in_full(talk).messages]
    assert lines == [
        ("traveller", "hello, I paid twice"),
        ("staff", "one moment please"),
        ("traveller", "[My hotel: 21.0, 105.8]"),
        ("traveller", "[audio/ogg] where are you?"),
        ("traveller", "[tapped: details:7]"),
    ]


def test_only_the_latest_messages_are_shown(talk: int) -> None:
    for number in range(5):
        say(talk, f"line {number}")
    with unit_of_work() as unit:
        shown = service.talk(unit.connection, talk, latest=2)
    assert [line.text for line in shown.messages] == ["line 3", "line 4"]


def test_what_staff_say_is_queued_ahead_of_bulk_with_a_template_at_hand(
    talk: int, db: Connection
) -> None:
    ids = say(talk, "  We found your payment.\nAll is well.  ")
    [row] = db.execute("select id, priority, content from outbound_messages").fetchall()
    assert [row["id"]] == ids
    assert row["priority"] == 0
    assert row["content"]["body"] == "We found your payment.\nAll is well."
    assert row["content"]["template"]["name"] == "reply_from_staff"
    [handover] = db.execute("select last_staff_at from handovers").fetchall()
    assert handover["last_staff_at"] is not None


def test_a_long_answer_is_cut_into_messages_that_a_phone_takes(talk: int, db: Connection) -> None:
    ids = say(talk, "A sentence of some length. " * 100)
    assert len(ids) == 2
    rows = db.execute("select content ->> 'body' as body from outbound_messages").fetchall()
    assert all(len(row["body"]) <= 1_600 for row in rows)


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\0".replace("\u200b", ""), "x" * 4_001])
def test_nothing_and_too_much_are_refused(talk: int, text: str) -> None:
    with pytest.raises(InvalidInputError):
        say(talk, text)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("update channel_identities set reachable = false", "reach"),
        (
            """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
               select id, 'conversation', false, 'bye', '1', 'chat' from users""",
            "silence",
        ),
    ],
)
def test_who_must_not_be_written_to_is_not(
    talk: int, db: Connection, change: str, why: str
) -> None:
    db.execute(change)
    with pytest.raises(InvalidInputError, match=why):
        say(talk, "hello?")
    assert not in_full(talk).can_be_written_to


def test_handing_back_ends_the_silence_and_says_so_once(talk: int, db: Connection) -> None:
    with unit_of_work() as unit:
        service.hand_back(unit.connection, talk)
    [state] = db.execute("select state from conversations").fetchall()
    assert state["state"]["step"] == Step.OPEN
    queued = db.execute("select content ->> 'body' as body from outbound_messages").fetchall()
    assert len(queued) == 1
    assert in_full(talk).closed_at is not None
    for again in (service.hand_back, lambda connection, talk: service.say(connection, talk, "x")):
        with pytest.raises(InvalidInputError, match="handed back"), unit_of_work() as unit:
            again(unit.connection, talk)
    with unit_of_work() as unit:
        assert service.open_talks(unit.connection) == []


def test_a_talk_that_is_not_there_is_one_clear_line(database_url: str) -> None:
    for act in (service.talk, service.hand_back):
        with pytest.raises(NotFoundError, match="no talk 77"), unit_of_work() as unit:
            act(unit.connection, 77)
    with pytest.raises(NotFoundError), unit_of_work() as unit:
        service.say(unit.connection, 77, "hello")


@pytest.fixture
def client(talk: int) -> Iterator[TestClient]:
    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield client


def token(role: Role) -> dict[str, str]:
    with unit_of_work() as unit:
        made = create_token(unit.connection, f"a {role}", role)
    return {"Authorization": f"Bearer {made}"}


def test_staff_use_the_desk_over_rest(client: TestClient, talk: int, db: Connection) -> None:
    operator = token(Role.OPERATOR)
    [listed] = client.get(DESK, headers=operator).json()
    assert listed["id"] == talk
    assert "9012345" not in str(listed)
    shown = client.get(f"{DESK}/{talk}?reveal=true", headers=operator).json()
    assert shown["address"] == PHONE
    assert shown["messages"][0]["text"] == "hello, I paid twice"
    sent = client.post(f"{DESK}/{talk}/messages", json={"text": "Hello!"}, headers=operator)
    assert sent.status_code == 202
    [row] = db.execute("select id from outbound_messages").fetchall()
    assert sent.json() == {"messages": [row["id"]]}
    assert client.post(f"{DESK}/{talk}/back", headers=operator).status_code == 204
    assert client.post(f"{DESK}/{talk}/back", headers=operator).status_code == 422
    assert client.get(DESK, headers=operator).json() == []


def test_only_operators_and_admins_see_the_desk(client: TestClient, talk: int) -> None:
    paths = [("GET", DESK), ("GET", f"{DESK}/{talk}"), ("POST", f"{DESK}/{talk}/back"),
             ("POST", f"{DESK}/{talk}/messages")]  # fmt: skip
    catalogue, admin = token(Role.CATALOGUE), token(Role.ADMIN)
    for method, path in paths:
        assert client.request(method, path, json={"text": "x"}).status_code == 401
        assert (
            client.request(method, path, json={"text": "x"}, headers=catalogue).status_code == 403
        )
    assert client.get(DESK, headers=admin).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/77", None, 404),
        ("GET", "/0", None, 422),
        ("GET", "/99999999999999999999", None, 422),
        ("GET", "/1?latest=0", None, 422),
        ("POST", "/77/messages", {"text": "x"}, 404),
        ("POST", "/1/messages", {"text": "  "}, 422),
        ("POST", "/1/messages", {}, 422),
        ("POST", "/1/messages", {"text": "x" * 5_000}, 422),
        ("POST", "/1/messages", {"text": "\0"}, 422),
        ("POST", "/77/back", None, 404),
    ],
)
def test_bad_requests_are_refused(
    client: TestClient, method: str, path: str, body: object, status: int
) -> None:
    answer = client.request(method, f"{DESK}{path}", json=body, headers=token(Role.OPERATOR))
    assert answer.status_code == status


def test_no_log_holds_what_was_said_or_to_whom(
    client: TestClient,
    talk: int,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        operator = token(Role.OPERATOR)
        client.get(f"{DESK}?reveal=true", headers=operator)
        client.get(f"{DESK}/{talk}?reveal=true", headers=operator)
        client.post(f"{DESK}/{talk}/messages", json={"text": "a private word"}, headers=operator)
        client.post(f"{DESK}/{talk}/back", headers=operator)
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    assert "staff_wrote" in logged
    for secret in ("private", "paid twice", PHONE.lstrip("+"), NAME):
        assert secret not in logged


def test_the_audit_trail_says_who_read_and_wrote_but_not_what(
    client: TestClient, talk: int
) -> None:
    operator = token(Role.OPERATOR)
    client.get(f"{DESK}?reveal=true", headers=operator)
    client.get(f"{DESK}/{talk}", headers=operator)
    client.post(f"{DESK}/{talk}/messages", json={"text": "a private word"}, headers=operator)
    client.post(f"{DESK}/{talk}/back", headers=operator)
    with unit_of_work() as unit:
        trail = [each for each in entries(unit.connection) if each.actor == "token"]
    assert [each.action for each in reversed(trail)] == [
        "thread.listed",
        "thread.read",
        "thread.answered",
        "thread.handed_back",
    ]
    assert all(each.user_id and "private" not in str(each.detail) for each in trail)
