"""Ways to sign in, sessions, and who looked at one's data."""

import threading

import pytest
from fastapi import FastAPI

from api.account.security import service
from api.account.security.schemas import WayKind
from api.sessions.service import sessions_of
from conversation import repository as talks
from conversation.state import State
from conversation.understanding import Rhythm, Schedule
from core.audit.service import Actor, record
from core.database import Connection, unit_of_work
from core.errors import InvalidInputError
from tests.api.people import Person, add_facebook, add_messages, add_number


@pytest.fixture
def person(account_app: FastAPI) -> Person:
    return Person(account_app)


def ways(person: Person) -> list[str]:
    """Return a person's ways to sign in."""
    return [way.kind.value for way in person.do(service.security).ways]


def test_the_only_way_in_stays(person: Person) -> None:
    way_id = person.do(add_facebook)
    page = person.get("/account/security").text
    assert "This is your only way to sign in" in page
    assert "ways/facebook" not in page
    answer = person.send(f"/account/security/ways/facebook/{way_id}/remove")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ways(person) == ["facebook"]


def test_a_way_that_is_removed_signs_every_other_browser_out(
    account_app: FastAPI, person: Person
) -> None:
    way_id = person.do(add_facebook)
    person.do(add_number)
    other = Person(account_app, user_id=person.user_id)
    answer = person.send(f"/account/security/ways/facebook/{way_id}/remove")
    assert person.notice_after(answer) == "Removed. Other devices are signed out."
    assert ways(person) == ["whatsapp"]
    assert other.get("/account").status_code in {303, 401}
    assert person.get("/account").status_code == 200


def test_a_number_that_is_removed_begins_anew_with_its_messages(person: Person) -> None:
    person.do(add_facebook)
    number = person.do(add_number)
    person.do(lambda connection, _: add_messages(connection, number, "hello", "Good day!"))
    person.do(
        lambda connection, user: talks.save_schedule(
            connection, user, Schedule(rhythm=Rhythm.WEEKLY)
        )
    )
    person.send(f"/account/security/ways/whatsapp/{number}/remove")
    assert ways(person) == ["facebook"]
    assert person.do(talks.message_counts) == (0, 0)
    schedule = person.do(talks.schedule)
    assert schedule["active"] is False

    def owner(connection: Connection, _: int) -> int:
        row = connection.execute(
            "select user_id from channel_identities where id = %s", [number]
        ).fetchone()
        assert row is not None
        return int(row["user_id"])

    alone = person.do(owner)
    assert alone != person.user_id
    with unit_of_work() as unit:
        assert talks.message_counts(unit.connection, alone) == (1, 1)


def test_a_number_that_was_silenced_stays_silent_on_its_own(person: Person) -> None:
    person.do(add_facebook)
    number = person.do(add_number)
    person.do(
        lambda connection, user: talks.record_consent(
            connection, user, "conversation",
            granted=False, text_shown="Stopped.", text_version="1", channel="chat",
        )
    )  # fmt: skip
    person.send(f"/account/security/ways/whatsapp/{number}/remove")
    with unit_of_work() as unit:
        row = unit.connection.execute(
            """
            select user_id from channel_identities where id = %s and exists (
                select from consents
                where consents.user_id = channel_identities.user_id
                    and kind = 'conversation' and not granted)
            """,
            [number],
        ).fetchone()
        assert row is not None
        assert State.read(talks.load_state(unit.connection, row["user_id"])).stopped


def test_of_two_removals_at_once_one_is_refused(person: Person) -> None:
    methods = [
        (WayKind.FACEBOOK, person.do(add_facebook)),
        (WayKind.WHATSAPP, person.do(add_number)),
    ]
    start, refused = threading.Barrier(2), []

    def remove(kind: WayKind, way_id: int) -> None:
        start.wait()
        try:
            with unit_of_work() as unit:
                service.remove_way(unit.connection, person.visitor, kind, way_id)
        except InvalidInputError:
            refused.append(kind)

    threads = [threading.Thread(target=remove, args=each) for each in methods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert len(ways(person)) == 1


def test_sessions_are_listed_and_another_one_is_ended(account_app: FastAPI, person: Person) -> None:
    other = Person(account_app, user_id=person.user_id)
    page = person.get("/account/security").text
    assert page.count("Firefox on Linux") >= 2
    assert "this one" in page
    answer = person.send(f"/account/security/sessions/{other.visitor.session_id}/end")
    assert person.notice_after(answer) == "That device is signed out."
    assert other.get("/account").status_code in {303, 401}
    assert len(person.do(sessions_of)) == 1


def test_ending_this_session_leaves(person: Person) -> None:
    answer = person.send(f"/account/security/sessions/{person.visitor.session_id}/end")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?notice=signed_out")
    assert person.get("/account").status_code in {303, 401}


def test_all_others_are_ended_with_one_button(account_app: FastAPI, person: Person) -> None:
    others = [Person(account_app, user_id=person.user_id) for _ in range(3)]
    answer = person.send("/account/security/sessions/end-others", page="/account/security")
    assert person.notice_after(answer) == "All other devices are signed out."
    assert {each.get("/account").status_code for each in others} <= {303, 401}
    assert person.get("/account").status_code == 200
    again = person.send("/account/security/sessions/end-others", page="/account/data")
    assert person.notice_after(again) == "There was nothing to change."


def test_whoever_looked_at_the_data_is_told_without_a_name(person: Person) -> None:
    person.do(
        lambda connection, user: record(
            connection, Actor("operator", "someone@office"), "thread.read", user
        )
    )
    person.do(lambda connection, user: record(connection, Actor("token", "x"), "shoe.tied", user))
    page = person.get("/account/security").text
    assert "A member of staff – read the chat" in page
    assert "A program of the business – did: shoe.tied" in page
    assert "someone@office" not in page


def test_a_number_is_shown_masked(person: Person) -> None:
    person.do(lambda connection, user: add_number(connection, user, "+84912345678"))
    page = person.get("/account/security").text
    assert "+84912345678" not in page
    assert "78</strong>" in page
