"""The README's examples work as they stand there."""

from __future__ import annotations

import re
from typing import Any

import httpx

from simulator.endpoints_page import HERE
from tests.simulator.conftest import Control
from tests.simulator.support import PHONE

README = (HERE / "README.md").read_text("utf-8")


def test_the_pictures_are_there() -> None:
    named = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert named
    for path in named:
        assert (HERE / path).is_file(), path


def test_every_request_of_the_table_exists(control: Control) -> None:
    paths = control.http.get("/simulator/openapi.json").json()["paths"]
    known = {re.sub(r"\{\w+\}", "{}", path) for path in paths}
    table = README[README.index("| request | does |") :]
    table = table[: table.index("\n\n")]
    for cell in re.findall(r"^\| ([^|]*(?:\\\|[^|]*)*) \|", table, flags=re.MULTILINE)[2:]:
        for path in re.findall(r"/[\w/{}]+", cell.replace("\\|", " ")):
            assert "/simulator" + re.sub(r"\{\w+\}", "{}", path) in known, path


def _examples() -> list[tuple[str, str]]:
    found = re.findall(r"""curl "?\$S([^\s"]+)"? --json '([^']+)'""", README)
    assert len(found) > 8
    return found


def test_every_example_of_the_control_api_is_taken(control: Control) -> None:
    sid = control.send(text="the first")
    upload: dict[str, Any] = control.http.post(
        "/simulator/media",
        params={"filename": "voice.ogg"},
        content=b"OggS",
        headers={"Content-Type": "audio/ogg"},
    ).json()
    for path, body in _examples():
        data = body.replace("SM…", sid).replace("ME…", upload["upload"])
        answer = control.http.post(
            f"/simulator{path}", content=data, headers={"Content-Type": "application/json"}
        )
        shown = "button" in body or "list" in body  # this phone shows none yet
        assert answer.status_code == 404 if shown else answer.is_success, (body, answer.text)


def test_the_example_of_a_send_without_an_sdk_is_taken(control: Control) -> None:
    form = dict(re.findall(r'--data-urlencode "?(\w+)=([^\s"]+)', README))
    account = control.http.get("/simulator/health").json()["account_sid"]
    answer = httpx.post(
        f"{control.base}/2010-04-01/Accounts/{account}/Messages.json",
        data=form,
        auth=(account, "a-token-for-tests"),
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["to"] == f"whatsapp:{PHONE}"
