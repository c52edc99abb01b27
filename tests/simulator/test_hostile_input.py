"""Input that no honest client sends: refused in one line, never a server error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator.conftest import Control
from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, PHONE, TOKEN, Bot, eventually

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SEND = f"/simulator/phones/{PHONE}/messages"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", [SEND, "/simulator/clock", "/simulator/faults", "/v1/Content"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"text": NaN}',
        b'{"text": "\\ud800"}',
        b'{"text": {"$gt": ""}}',
        b'{"advance_seconds": Infinity}',
        b"[" * 20_000,
        b'{"text": "a", "text2": 1, "__proto__": {}}',
    ],
)
def test_malformed_json_gets_one_line_and_400(control: Control, path: str, body: bytes) -> None:
    answer = control.http.post(path, content=body, headers=JSON, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 400
    line = answer.json().get("error") or answer.json()["message"]
    assert line
    assert "\n" not in line


@pytest.mark.parametrize("path", [SEND, "/v1/Content", MESSAGES])
def test_a_megabyte_is_refused(control: Control, path: str) -> None:
    answer = control.http.post(path, content=b"x" * 1_048_576, headers=JSON, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 413
    assert "larger than" in answer.json()["message"]


def test_a_body_without_a_length_is_counted_too(control: Control) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * 16_384

    answer = control.http.post(MESSAGES, content=endless(), headers=FORM, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&===",
        b"To=%ff%fe&From=%00&Body=%f0%28",
        b"To=" + b"9" * 5000 + b"&From=x&Body=y",
        b"&".join(b"f%d=1" % number for number in range(3000)),
        b"To[]=a&To=" + b"%0a%0d" * 50 + b"&From=x&Body=y",
    ],
)
def test_a_nonsense_form_is_refused_as_twilio_would(control: Control, body: bytes) -> None:
    answer = control.http.post(MESSAGES, content=body, headers=FORM, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 400
    assert answer.json()["code"] in {21211, 21603, 21604, 21619, 20001}


def test_a_broken_multipart_form_is_refused(control: Control) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = control.http.post(
        MESSAGES, content=b"--x\r\nbroken", headers=headers, auth=(ACCOUNT, TOKEN)
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer x", "Basic " + "A" * 4000]
)
def test_broken_credentials_are_401(control: Control, header: str) -> None:
    answer = control.http.get(MESSAGES, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


@pytest.mark.parametrize(
    "phone", ["x", "+0123456789", "+84'--", "<b>", "+" + "9" * 40, "٠١٢٣٤٥٦٧٨"]
)
def test_a_phone_that_is_none_is_refused(control: Control, phone: str) -> None:
    answer = control.http.post(f"/simulator/phones/{phone}/messages", json={"text": "x"})
    assert answer.status_code in {400, 404}
    assert "error" in answer.json()


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"text": ""},
        {"text": "x" * 4097},
        {"text": "x", "list_id": "y"},
        {"location": {"latitude": 91, "longitude": 0}},
        {"location": {"latitude": "x", "longitude": 0}},
        {"media": [{"url": "file:///etc/passwd"}]},
        {"text": "x", "surprise": 1},
    ],
)
def test_a_person_does_exactly_one_sensible_thing(
    control: Control, what: dict[str, object]
) -> None:
    answer = control.http.post(SEND, json=what)
    assert answer.status_code == 400
    assert control.thread() == []


def test_markup_in_names_and_texts_reaches_the_bot_untouched(control: Control, bot: Bot) -> None:
    nasty = "<script>alert('x')</script> \u202e\u0000 & \"quoted\" %00 {{1}}"
    control.http.patch(f"/simulator/phones/{PHONE}", json={"profile_name": nasty})
    sid = control.send(text=nasty)
    form = eventually(bot.messages)[0]
    assert form["Body"] == form["ProfileName"] == nasty
    assert bot.calls[0].genuine
    assert control.message(sid)["body"] == nasty


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "wait=1e9", "wait=NaN", "after=" + "9" * 30]
)
def test_a_nonsense_query_is_refused(control: Control, query: str) -> None:
    answer = control.http.get(f"{SEND}?{query}")
    assert answer.status_code in {200, 400}
    assert answer.status_code == 400 or answer.json()["messages"] == []


@pytest.mark.parametrize("query", ["PageSize=0", "PageSize=x", "Page=-1", "PageToken=../x"])
def test_nonsense_paging_is_refused(control: Control, query: str) -> None:
    answer = control.http.get(f"{MESSAGES}?{query}", auth=(ACCOUNT, TOKEN))
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_another_sites_page_cannot_use_the_simulator(control: Control) -> None:
    answer = control.http.post(
        SEND, json={"text": "forged"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert control.thread() == []
    own = control.http.post(SEND, json={"text": "own"}, headers={"Origin": control.base})
    assert own.status_code == 201


def test_unknown_paths_and_methods_are_json_errors(control: Control) -> None:
    lost = control.http.get("/2010-04-01/Nowhere.json")
    assert (lost.status_code, lost.json()["code"]) == (404, 20404)
    wrong = control.http.put(MESSAGES)
    assert (wrong.status_code, wrong.json()["code"]) == (405, 20004)
    assert "error" in control.http.get("/simulator/nowhere").json()


def test_the_sender_must_be_the_business(control: Control) -> None:
    form = {"To": PERSON, "From": BUSINESS + "0", "Body": "x"}
    answer = control.http.post(MESSAGES, data=form, auth=(ACCOUNT, TOKEN))
    assert answer.json()["code"] == 63007
