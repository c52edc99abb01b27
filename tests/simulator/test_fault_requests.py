"""Faults of the REST side: refusals, broken connections, nonsense, slowness, and their dice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.faults import FailNext, FaultRequest, Faults, SwapStatuses
from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, TOKEN, eventually

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
FORM = {"To": PERSON, "From": BUSINESS, "Body": "Did this arrive?"}


@pytest.fixture(autouse=True)
def open_window(control: Control) -> None:
    control.send(text="hello")


def _post(control: Control) -> httpx.Response:
    return control.http.post(MESSAGES, data=FORM, auth=(ACCOUNT, TOKEN))


def _arrived(control: Control) -> list[object]:
    return [m["body"] for m in control.thread() if m["direction"] == "outbound"]


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [("reset_before_accepting", []), ("reset_after_accepting", [FORM["Body"]])],
)
def test_a_connection_may_break_before_or_after_a_message_was_taken(
    control: Control, client: Client, fault: str, arrives: list[str]
) -> None:
    control.post("/faults", **{fault: {}})
    with pytest.raises(requests.exceptions.ConnectionError, match="reset by peer"):
        client.messages.create(to=PERSON, from_=BUSINESS, body=FORM["Body"])
    assert _arrived(control) == arrives
    assert client.messages.create(to=PERSON, from_=BUSINESS, body="next").status == "queued"


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "list"])
def test_the_answer_about_a_taken_message_may_be_nonsense(control: Control, kind: str) -> None:
    control.post("/faults", garble_answers={"kind": kind})
    answer = _post(control)
    assert answer.status_code == 201
    assert _arrived(control) == [FORM["Body"]]
    try:
        told = answer.json()
    except ValueError:
        told = None
    assert (told == [1, 2, 3]) if kind == "list" else told is None


def test_a_slow_answer_is_still_an_answer(control: Control) -> None:
    control.post("/faults", slow_answers={"seconds": 0.2})
    answer = _post(control)
    assert answer.status_code == 201
    assert answer.elapsed.total_seconds() >= 0.2


@pytest.mark.parametrize(
    ("on", "path"),
    [
        ("lists", MESSAGES),
        ("contents", "/v1/Content"),
        ("contents", "/v1/ContentAndApprovals"),
    ],
)
def test_listing_fails_as_told_while_sending_goes_on(control: Control, on: str, path: str) -> None:
    fault = {"on": [on], "http_status": 503, "code": 20503, "count": 1}
    control.post("/faults", fail_next=fault)
    assert _post(control).status_code == 201
    first, second = (control.http.get(path, auth=(ACCOUNT, TOKEN)) for _ in range(2))
    assert (first.status_code, first.json()["code"]) == (503, 20503)
    assert second.status_code == 200


def test_typing_may_fail_too(control: Control, client: Client) -> None:
    sid = str(control.thread()[0]["sid"])
    control.post("/faults", fail_next={"on": ["typing"], "http_status": 500})
    with pytest.raises(TwilioRestException):
        client.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid)


def test_a_refused_message_does_not_use_up_a_lost_answer(control: Control) -> None:
    control.post("/faults", timeout_after_accepting={"hold_seconds": 0}, garble_answers={})
    wrong = control.http.post(MESSAGES, data={**FORM, "To": "x"}, auth=(ACCOUNT, TOKEN))
    assert wrong.json()["code"] == 21211
    planned = control.http.get("/simulator/faults").json()["planned"]
    assert [plan["left"] for plan in planned.values()] == [1, 1]


def test_a_fault_may_last_until_it_is_cancelled(control: Control) -> None:
    control.post("/faults", fail_next={"count": None, "http_status": 429, "code": 20429})
    assert {_post(control).status_code for _ in range(5)} == {429}
    told = control.http.delete("/simulator/faults/fail_next").json()
    assert told["planned"] == {}
    assert told["happened"] == {"fail_next": 5}
    assert _post(control).status_code == 201
    assert control.http.delete("/simulator/faults/unheard_of").status_code == 404


def _dice(seed: int) -> list[bool]:
    faults = Faults()
    plan = FailNext(count=None, probability=0.05)
    faults.plan(FaultRequest(fail_next=plan, seed=seed))
    return [faults.take(FailNext, "sends") is not None for _ in range(2000)]


def test_a_share_of_the_requests_fails_and_the_seed_decides_which() -> None:
    outcomes = _dice(7)
    assert 60 <= sum(outcomes) <= 140
    assert outcomes == _dice(7)
    assert outcomes != _dice(8)


def test_occasions_elsewhere_neither_count_nor_roll_the_dice() -> None:
    faults = Faults()
    faults.plan(FaultRequest(fail_next=FailNext(count=1, on=["lists"])))
    assert faults.take(FailNext, "sends") is None
    assert faults.take(SwapStatuses) is None
    assert faults.take(FailNext, "lists") is not None
    assert faults.take(FailNext, "lists") is None


def test_chaos_loses_and_repeats_nothing_that_was_answered(control: Control) -> None:
    """Whatever breaks, a 201 means one message, and the list tells of all others."""
    control.http.patch("/simulator/limits", json={"pair": {"on": False}})
    chaos: dict[str, Any] = {"count": None, "probability": 0.15}
    plans = dict.fromkeys(("fail_next", "reset_before_accepting", "reset_after_accepting"), chaos)
    control.post("/faults", **plans, seed=3)
    accepted, broken = [], 0
    for number in range(60):
        form = {**FORM, "Body": str(number)}
        try:
            answer = control.http.post(MESSAGES, data=form, auth=(ACCOUNT, TOKEN))
        except httpx.TransportError:
            broken += 1
            continue
        accepted += [str(number)] * (answer.status_code == 201)
    happened = control.http.get("/simulator/faults").json()["happened"]
    assert broken == happened["reset_before_accepting"] + happened["reset_after_accepting"]
    arrived = _arrived(control)
    assert len(arrived) == len(accepted) + happened["reset_after_accepting"]
    assert set(accepted) <= set(map(str, arrived))


def test_a_new_message_may_be_missing_from_the_list_for_a_while(
    control: Control, client: Client
) -> None:
    control.http.patch("/simulator/behaviour", json={"list_lag_seconds": 60})
    sid = client.messages.create(to=PERSON, from_=BUSINESS, body="Hi").sid
    assert client.messages.list() == []
    assert client.messages(sid).fetch().sid == sid
    control.post("/clock", advance_seconds=61)
    assert sid in {message.sid for message in client.messages.list()}


def test_the_page_still_works_while_everything_fails(control: Control) -> None:
    everywhere = ["sends", "lists", "messages", "contents", "typing", "media"]
    control.post("/faults", fail_next={"count": None, "on": everywhere})
    assert control.http.get("/").status_code == 200
    assert control.http.get("/simulator/health").json()["status"] == "ok"
    eventually(lambda: control.thread()[0]["status"] == "delivered")
