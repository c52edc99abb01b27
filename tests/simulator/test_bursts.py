"""Load on demand: many phones that write at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Control
from tests.simulator.support import Answer, Bot, eventually


def _start(control: Control, **asked: object) -> str:
    answer = control.http.post("/simulator/bursts", json=asked)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _progress(control: Control, burst: str) -> dict[str, Any]:
    return dict(control.http.get(f"/simulator/bursts/{burst}").json())


def test_every_phone_writes_its_messages_in_order(control: Control, bot: Bot) -> None:
    burst = _start(control, phones=4, messages=5, per_second=500, text="wish {n}")
    eventually(lambda: _progress(control, burst)["done"])
    told = _progress(control, burst)
    assert (told["asked"], told["posted"], told["answered"], told["failed"]) == (20, 20, 20, 0)
    assert told["milliseconds"]["median"] <= told["milliseconds"]["most"]
    by_phone: dict[str, list[str]] = {}
    for form in bot.messages():
        by_phone.setdefault(form["From"], []).append(form["Body"])
    assert len(by_phone) == 4
    assert by_phone["whatsapp:+84910000001"] == [f"wish {n}" for n in (2, 6, 10, 14, 18)]


def test_what_the_bot_did_not_take_is_counted_as_failed(control: Control, bot: Bot) -> None:
    bot.answers += [Answer(status=500)] * 2
    burst = _start(control, phones=3, messages=1, per_second=100)
    eventually(lambda: _progress(control, burst)["done"])
    told = _progress(control, burst)
    assert (told["answered"], told["failed"]) == (1, 2)


def test_a_burst_can_be_stopped(control: Control, bot: Bot) -> None:
    burst = _start(control, phones=2, messages=1000, per_second=20)
    eventually(bot.messages)
    assert control.http.delete(f"/simulator/bursts/{burst}").status_code == 204
    for answer in (
        control.http.get(f"/simulator/bursts/{burst}"),
        control.http.delete(f"/simulator/bursts/{burst}"),
    ):
        assert answer.status_code == 404
    assert len(control.http.get("/simulator/phones").json()["phones"]) <= 2


@pytest.mark.parametrize(
    "asked", [{}, {"phones": 0}, {"phones": 1, "per_second": 0}, {"phones": 1, "text": ""}]
)
def test_a_nonsense_burst_is_refused(control: Control, asked: dict[str, object]) -> None:
    answer = control.http.post("/simulator/bursts", json=asked)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]
