"""Links that open the chat with a text, as wa.me does."""

import json
import re
from html import unescape
from typing import Any

import pytest

from simulator.endpoints_page import LONGEST_DRAFT
from tests.simulator.conftest import Control
from tests.simulator.support import BUSINESS, PHONE


def _page_data(html: str) -> dict[str, Any]:
    found = re.search(r'data-page="([^"]*)"', html)
    assert found
    data: dict[str, Any] = json.loads(unescape(found[1]))
    return data


def test_a_link_opens_the_chat_with_its_text(control: Control) -> None:
    number = BUSINESS.removeprefix("whatsapp:+")
    text = "Xin chào! Mã K7QM-2F9X & <b>"
    answer = control.http.get(f"/wa/{number}", params={"text": text, "phone": PHONE})
    assert answer.status_code == 200
    assert _page_data(answer.text)["draft"] == text
    assert _page_data(answer.text)["phone"] == PHONE
    assert "<b>" not in answer.text


def test_a_text_has_its_limit(control: Control) -> None:
    answer = control.http.get(f"/wa/{BUSINESS}", params={"text": "x" * (LONGEST_DRAFT + 1)})
    assert len(_page_data(answer.text)["draft"]) == LONGEST_DRAFT


@pytest.mark.parametrize("number", ["14155238887", "nobody", "%00"])
def test_another_number_is_nobody_s(control: Control, number: str) -> None:
    answer = control.http.get(f"/wa/{number}", params={"text": "hello"})
    assert answer.status_code == 404


def test_without_a_text_the_chat_is_empty(control: Control) -> None:
    assert _page_data(control.http.get(f"/wa/{BUSINESS}").text)["draft"] == ""
    assert _page_data(control.http.get("/").text)["draft"] == ""
