"""The schedule on the web: agreed on in the very words that were shown, changed and ended."""

import re
from html import unescape

import pytest
from fastapi import FastAPI

from api.account.agreements import service
from conversation import repository as talks
from conversation import schedules
from conversation.understanding import Rhythm, Schedule
from core.audit.service import entries
from core.database import Connection
from tests.api.people import Person, add_number

TERMS = "/account/schedule/terms?rhythm=weekly&weekday=4&hour=9&zone=Asia/Tokyo"
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')


@pytest.fixture
def person(account_app: FastAPI) -> Person:
    person = Person(account_app)
    person.do(lambda connection, user_id: add_number(connection, user_id))
    return person


def agree(person: Person, terms: str = TERMS) -> None:
    """Read the terms and say yes."""
    answer = person.client.post("/account/schedule", data=form_of(person.get(terms).text))
    assert answer.status_code == 303, answer.text


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the form with which one agrees."""
    form = page[page.index('action="/account/schedule"') :]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def stored(connection: Connection, user_id: int) -> dict[str, object]:
    row = connection.execute(
        "select * from push_schedules where user_id = %s", [user_id]
    ).fetchone()
    assert row is not None
    return row


def test_the_terms_are_those_of_the_chat(person: Person) -> None:
    words = schedules.terms(Schedule(rhythm=Rhythm.WEEKLY, weekday=4, hour=9), "en")
    assert "every Friday at 09:00" in words
    assert words in unescape(person.get(TERMS).text)
    person.client.cookies.set("language", "vi")
    assert "mỗi tuần vào thứ Sáu lúc 09:00" in person.get(TERMS).text


def test_agreeing_keeps_the_very_words_and_the_schedule(person: Person) -> None:
    agree(person)
    row = person.do(stored)
    assert (row["rhythm"], row["weekday"], row["hour"]) == ("weekly", 4, 9)
    assert (row["time_zone"], row["active"], row["next_due_at"]) == ("Asia/Tokyo", True, None)
    (consent,) = person.do(service.consents)
    assert (consent.kind, consent.granted, consent.channel) == ("recommendations", True, "web")
    assert consent.text_shown in unescape(person.get(TERMS).text)
    assert consent.text_shown in unescape(person.get("/account/consents").text)
    (entry, *_) = person.do(lambda connection, user: entries(connection, user_id=user))
    assert (entry.action, entry.detail) == ("schedule.changed", {"how": "agreed"})


@pytest.mark.parametrize("change", [{"shown": "0" * 32}, {"hour": "10"}, {"rhythm": "daily"}])
def test_other_words_than_were_shown_are_shown_first(
    person: Person, change: dict[str, str]
) -> None:
    fields = form_of(person.get(TERMS).text) | change
    answer = person.client.post("/account/schedule", data=fields)
    assert answer.status_code == 409
    assert "The words have changed meanwhile" in answer.text
    assert person.do(service.consents) == []
    assert person.do(talks.schedule) is None
    again = person.client.post("/account/schedule", data=form_of(answer.text))
    assert again.status_code == 303


def test_a_language_switched_between_reading_and_agreeing_shows_the_other_words(
    person: Person,
) -> None:
    fields = form_of(person.get(TERMS).text)
    person.client.cookies.set("language", "vi")
    assert person.client.post("/account/schedule", data=fields).status_code == 409


def test_a_weekday_means_nothing_for_every_day(person: Person) -> None:
    agree(person, "/account/schedule/terms?rhythm=daily&weekday=4&hour=&zone=")
    row = person.do(stored)
    assert (row["rhythm"], row["weekday"], row["hour"], row["time_zone"]) == (
        "daily", None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "rhythm=hourly", "", "rhythm=weekly&weekday=7", "rhythm=weekly&hour=3",
        "rhythm=weekly&hour=24", "rhythm=weekly&zone=Mars/Base", "rhythm=weekly&zone=../etc",
    ],
)  # fmt: skip
def test_what_cannot_be_wished_is_refused(person: Person, query: str) -> None:
    assert person.get(f"/account/schedule/terms?{query}").status_code == 422


def test_without_a_number_there_is_nothing_to_agree_to(account_app: FastAPI) -> None:
    person = Person(account_app)
    assert "Connect your number first" in person.get("/account/schedule").text
    fields = form_of(person.get(TERMS).text)
    answer = person.client.post("/account/schedule", data=fields)
    assert answer.status_code == 422
    assert person.do(service.consents) == []


def test_a_schedule_is_paused_and_goes_on(person: Person) -> None:
    agree(person)
    answer = person.send("/account/schedule/pause", page="/account/schedule", days="14")
    assert person.notice_after(answer) == "The ideas rest for a while."
    assert "They rest until" in person.get("/account/schedule").text
    answer = person.send("/account/schedule/resume", page="/account/schedule")
    assert person.notice_after(answer) == "The ideas come again."
    assert person.do(stored)["paused_until"] is None


def test_nobody_pauses_for_any_number_of_days(person: Person) -> None:
    agree(person)
    answer = person.send("/account/schedule/pause", page="/account/schedule", days="3650")
    assert answer.status_code == 422
    assert person.do(stored)["paused_until"] is None


def test_stopping_is_a_withdrawal_with_its_words(person: Person) -> None:
    agree(person)
    answer = person.send("/account/schedule/stop", page="/account/schedule")
    assert person.notice_after(answer) == "No ideas come by themselves any more."
    newest, oldest = person.do(service.consents)
    assert (newest.granted, oldest.granted) == (False, True)
    assert newest.text_shown == "You will get no more tour ideas. I still answer when you write."
    assert person.do(stored)["active"] is False
    again = person.send("/account/schedule/stop", page="/account/security")
    assert person.notice_after(again) == "There was nothing to change."
    assert len(person.do(service.consents)) == 2


def test_suggestions_that_wait_to_be_sent_end_with_the_schedule(person: Person) -> None:
    agree(person)
    person.do(
        lambda connection, user_id: connection.execute(
            """
            insert into outbound_messages (identity_id, content, priority)
            select id, '{}', 10 from channel_identities where user_id = %s
            """,
            [user_id],
        )
    )
    person.send("/account/schedule/stop", page="/account/schedule")

    def status(connection: Connection, user_id: int) -> str:
        row = connection.execute(
            """
            select status from outbound_messages where identity_id in (
                select id from channel_identities where user_id = %s)
            """,
            [user_id],
        ).fetchone()
        assert row is not None
        return str(row["status"])

    assert person.do(status) == "cancelled"


def test_who_wrote_stop_is_told_that_only_start_helps(person: Person) -> None:
    person.do(
        lambda connection, user_id: talks.record_consent(
            connection, user_id, "conversation",
            granted=False, text_shown="Stopped.", text_version="1", channel="chat",
        )
    )  # fmt: skip
    assert "Write START there" in person.get("/account/schedule").text


def test_the_next_time_is_told_by_the_travellers_own_clock(person: Person) -> None:
    agree(person)
    person.do(
        lambda connection, user_id: connection.execute(
            "update push_schedules set next_due_at = '2027-07-02 00:00+00' where user_id = %s",
            [user_id],
        )
    )
    assert "2 Jul 2027, 09:00 JST" in person.get("/account/schedule").text


def test_every_zone_offered_is_one(person: Person) -> None:
    assert "Asia/Ho_Chi_Minh" in service.zones()
    assert 300 < len(service.zones()) < 600
    assert len(person.get("/account/schedule").content) < 60_000
