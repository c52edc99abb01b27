"""Throughput, pair, tier and marketing limits, each adjustable and switchable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator.errors import ApiError
from simulator.limits import Limits, Meter, Pair, Parcelled, Throughput, Tier
from simulator.server import running
from simulator.settings import Settings
from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, TOKEN, Bot, eventually

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _set(control: Control, **parts: dict[str, Any]) -> dict[str, Any]:
    answer = control.http.patch("/simulator/limits", json=parts)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _send(client: Client, bot: Bot, to: str = PERSON, **what: str) -> str:
    fields = what or {"body": "Hi"}
    sent = client.messages.create(
        to=to, from_=BUSINESS, status_callback=f"{bot.url}/status", **fields
    )
    return str(sent.sid)


def _template(control: Control, category: str = "UTILITY") -> str:
    content = {"types": {"twilio/text": {"body": "Your trip is near. Safe travels!"}}}
    sid = control.http.post("/v1/Content", auth=(ACCOUNT, TOKEN), json=content).json()["sid"]
    request = {"name": "trip_is_near", "category": category}
    path = f"/v1/Content/{sid}/ApprovalRequests/whatsapp"
    assert control.http.post(path, auth=(ACCOUNT, TOKEN), json=request).status_code == 201
    return str(sid)


def _error_of(client: Client, sid: str) -> int | None:
    def ended() -> bool:
        return client.messages(sid).fetch().status in {"failed", "undelivered", "delivered", "read"}

    eventually(ended)
    code = client.messages(sid).fetch().error_code
    return None if code is None else int(code)


def test_eighty_messages_fit_into_a_second_and_the_next_must_wait() -> None:
    meter, limits = Meter(), Limits(pair=Pair(on=False))
    to = Parcelled("+84900000001", "+84900000001")
    for _ in range(80):
        assert meter.check(to, limits, NOON) is None
    with pytest.raises(ApiError) as refused:
        meter.check(to, limits, NOON)
    assert (refused.value.status, refused.value.code) == (429, 20429)
    assert refused.value.retry_after == 1
    assert meter.check(to, limits, NOON + timedelta(milliseconds=13)) is None


def test_one_person_gets_a_burst_and_then_a_message_every_six_seconds() -> None:
    meter, limits = Meter(), Limits(throughput=Throughput(on=False))
    someone, other = Parcelled("a", None), Parcelled("b", None)
    outcomes = [meter.check(someone, limits, NOON) for _ in range(46)]
    assert outcomes == [None] * 45 + [63018]
    assert meter.check(other, limits, NOON) is None
    later = NOON + timedelta(seconds=6)
    assert [meter.check(someone, limits, later) for _ in range(2)] == [None, 63018]


def test_the_tier_counts_people_within_a_rolling_day() -> None:
    meter, limits = Meter(), Limits(tier=Tier(users=2))
    first, second, third = (Parcelled(name, None, opens=True) for name in "abc")
    assert meter.check(first, limits, NOON) is None
    assert meter.check(second, limits, NOON + HOUR) is None
    assert meter.check(third, limits, NOON + 2 * HOUR) == 63018
    assert meter.check(first, limits, NOON + 2 * HOUR) is None
    assert meter.check(third, limits, NOON + 25 * HOUR) is None
    assert meter.check(Parcelled("d", None), limits, NOON + 25 * HOUR) is None


def test_a_fast_sender_is_told_to_wait_and_nothing_is_sent(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    _set(control, throughput={"per_second": 0.01})
    _send(client, bot)
    with pytest.raises(TwilioRestException) as caught:
        _send(client, bot)
    assert (caught.value.status, caught.value.code) == (429, 20429)
    assert client.http_client._test_only_last_response.headers["Retry-After"] in {"99", "100"}
    assert len(control.thread()) == 2
    rates = control.http.get("/simulator/rates").json()
    assert (rates["sends"], rates["refused"]) == (1, 1)
    control.post("/clock", advance_seconds=100)
    _send(client, bot)


def test_a_limit_may_answer_by_callback_instead(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    _set(control, throughput={"per_second": 0.01, "answer": "callback"})
    _send(client, bot)
    late = _send(client, bot)
    assert _error_of(client, late) == 63018
    eventually(lambda: bot.statuses(late)[-1:] == ["failed"])  # the status first, then the call


def test_too_many_messages_to_one_person_fail_by_callback(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    _set(control, pair={"burst": 2})
    codes = [_error_of(client, _send(client, bot)) for _ in range(3)]
    assert codes == [None, None, 63018]
    control.post("/clock", advance_seconds=6)
    assert _error_of(client, _send(client, bot)) is None


def test_only_so_many_people_may_be_written_to_first(
    control: Control, client: Client, bot: Bot
) -> None:
    _set(control, tier={"users": 1})
    template = _template(control)
    others = [f"whatsapp:+8490000000{number}" for number in (1, 2)]
    codes = [_error_of(client, _send(client, bot, to, content_sid=template)) for to in others]
    assert codes == [None, 63018]
    control.send("+84900000002", text="I write first")
    assert _error_of(client, _send(client, bot, others[1], content_sid=template)) is None


def test_marketing_is_held_back_after_a_few_a_day(
    control: Control, client: Client, bot: Bot
) -> None:
    _set(control, marketing={"per_user": 1})
    template, utility = _template(control, "MARKETING"), _template(control)
    codes = [_error_of(client, _send(client, bot, content_sid=template)) for _ in range(2)]
    assert codes == [None, 63049]
    assert _error_of(client, _send(client, bot, content_sid=utility)) is None
    control.post("/clock", advance_hours=24)
    assert _error_of(client, _send(client, bot, content_sid=template)) is None


def test_marketing_to_plus_one_is_not_delivered(control: Control, client: Client, bot: Bot) -> None:
    template, american = _template(control, "MARKETING"), "whatsapp:+12025550123"
    assert _error_of(client, _send(client, bot, american, content_sid=template)) == 63049
    _set(control, marketing_us={"on": False})
    assert _error_of(client, _send(client, bot, american, content_sid=template)) is None


def test_the_window_may_be_shorter_or_not_there(control: Control, client: Client, bot: Bot) -> None:
    control.send(text="hello")
    _set(control, window={"hours": 1})
    control.post("/clock", advance_hours=2)
    assert _error_of(client, _send(client, bot)) == 63016
    _set(control, window={"on": False})
    assert _error_of(client, _send(client, bot)) is None


def test_lengths_buttons_and_files_are_free_once_their_limits_are_off(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    page = "https://example.com/page.html"
    actions = [{"title": "t" * 21, "id": str(number)} for number in range(4)]
    types = {"twilio/quick-reply": {"body": "b", "actions": actions}}
    many = control.http.post("/v1/Content", auth=(ACCOUNT, TOKEN), json={"types": types})
    wrong = client.messages.create(to=PERSON, from_=BUSINESS, media_url=[page]).sid
    assert _error_of(client, wrong) == 63021
    _set(control, body={"on": False}, interactive={"on": False}, media={"on": False})
    assert _error_of(client, _send(client, bot, body="x" * 2000)) is None
    assert _error_of(client, _send(client, bot, content_sid=many.json()["sid"])) is None
    right = client.messages.create(to=PERSON, from_=BUSINESS, media_url=[page]).sid
    assert _error_of(client, right) is None


def test_the_files_that_the_bot_sends_are_measured_where_that_is_wanted(
    control: Control, client: Client, bot: Bot
) -> None:
    control.send(text="hello")
    icon = f"{control.base}/static/icon.svg"
    control.http.patch("/simulator/limits", json={"media": {"download": True}})
    for url, reason in (
        (f"{icon}.png", "answered 404"),
        (icon.replace("icon.svg", "app.js?x=.png"), "does not carry"),
        ("http://127.0.0.1:9/nobody.png", "cannot be fetched"),
    ):
        sid = client.messages.create(to=PERSON, from_=BUSINESS, media_url=[url]).sid
        assert _error_of(client, sid) in {63019, 63021}
        assert reason in client.messages(sid).fetch().error_message


def test_a_change_keeps_the_other_parts_and_can_be_taken_back(control: Control) -> None:
    before = control.http.get("/simulator/limits").json()
    after = _set(control, pair={"burst": 3})
    assert after == {**before, "pair": {**before["pair"], "burst": 3}}
    assert control.http.delete("/simulator/limits").json() == before


@pytest.mark.parametrize(
    "change",
    [
        {"pair": {"burst": 0}},
        {"pair": {"seconds": "x"}},
        {"throughput": {"answer": "shout"}},
        {"unheard_of": {}},
        {"tier": 7},
    ],
)
def test_nonsense_limits_are_refused_in_one_line(
    control: Control, change: dict[str, object]
) -> None:
    answer = control.http.patch("/simulator/limits", json=change)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def test_a_simulator_may_start_without_speed_limits(settings: Settings) -> None:
    with running(replace(settings, limits=False)) as base, httpx.Client(base_url=base) as http:
        limits = http.get("/simulator/limits").json()
    switched = {name for name, part in limits.items() if not part["on"]}
    assert switched == {"throughput", "pair", "tier", "marketing", "marketing_us"}
