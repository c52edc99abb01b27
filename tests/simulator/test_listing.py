"""The message list: order, filters and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, TOKEN

OTHER = "+84900000002"


def test_both_directions_are_listed_newest_first(control: Control, client: Client) -> None:
    first = control.send(text="one")
    second = client.messages.create(to=PERSON, from_=BUSINESS, body="two").sid
    third = control.send(text="three")
    assert [message.sid for message in client.messages.list()] == [third, second, first]
    inbound = client.messages(first).fetch()
    assert (inbound.direction, inbound.status) == ("inbound", "received")
    assert (inbound.from_, inbound.to) == (PERSON, BUSINESS)


def test_to_and_from_select_one_side(control: Control, client: Client) -> None:
    mine = control.send(text="mine")
    control.send(OTHER, text="theirs")
    reply = client.messages.create(to=PERSON, from_=BUSINESS, body="reply").sid
    assert [m.sid for m in client.messages.list(from_=PERSON)] == [mine]
    assert [m.sid for m in client.messages.list(to=PERSON)] == [reply]
    assert len(client.messages.list(to=BUSINESS)) == 2


def test_dates_select_a_span_of_time(control: Control, client: Client) -> None:
    old = control.send(text="old")
    control.post("/clock", advance_seconds=2 * 86400)
    new = control.send(text="new")
    today = datetime.now(UTC)
    yesterday = today + timedelta(days=1)
    assert [m.sid for m in client.messages.list(date_sent_after=yesterday)] == [new]
    assert [m.sid for m in client.messages.list(date_sent_before=yesterday)] == [old]
    assert len(client.messages.list(date_sent_after=today - timedelta(minutes=1))) == 2
    day = client.messages.list(date_sent=today.date().isoformat())
    assert [m.sid for m in day] == [old]


@pytest.mark.parametrize("text", ["the day after", "2026-13-01", "9" * 30])
def test_a_nonsense_date_is_refused_in_one_line(control: Control, text: str) -> None:
    control.send(text="hello")
    answer = control.http.get(
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        params={"DateSent>": text},
        auth=(ACCOUNT, TOKEN),
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert "\n" not in answer.json()["message"]


def test_the_sdk_pages_through_everything_once(control: Control, client: Client) -> None:
    sids = [control.send(text=str(number)) for number in range(7)]
    assert [m.sid for m in client.messages.list(page_size=3)] == list(reversed(sids))


def test_messages_that_arrive_while_paging_are_neither_repeated_nor_push_others_off(
    control: Control, client: Client
) -> None:
    sids = [control.send(text=str(number)) for number in range(4)]
    page = client.messages.page(page_size=2)
    seen = [message.sid for message in page]
    control.send(text="late")
    following = page.next_page()
    assert following is not None
    seen += [message.sid for message in following]
    assert seen == list(reversed(sids))
    assert following.next_page() is None
