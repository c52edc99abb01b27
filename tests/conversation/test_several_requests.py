"""Several requests in one message, and one that only looks like several."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.understanding import Context, Intent, understand_all

SHOWN = Context(has_interests=True, shown=3)
I = Intent  # noqa: E741


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("3 days in Sapa, and what does the second one cost?", [I.FIND_TOURS, I.ASK]),
        ("cheaper please and also remind me every Friday", [I.REFINE, I.SCHEDULE]),
        ("tour Đà Nẵng 3 ngày, à mà có ship về khách sạn không", [I.FIND_TOURS, I.ASK]),
        ("so sánh 1 và 2, rồi gửi mình mỗi tuần nhé", [I.COMPARE, I.SCHEDULE]),
        ("compare 1 and 2 and book the first", [I.COMPARE, I.BOOK]),
        ("thanks, and show me more", [I.MORE]),
    ],
)
def test_each_request_is_understood(text: str, intents: list[Intent]) -> None:
    assert [each.intent for each in understand_all(text, SHOWN)] == intents


@pytest.mark.parametrize(
    "text",
    [
        "Hanoi and Sapa, 4 days", "Huế và Hội An, 4 ngày, ăn chay", "kayaking and hiking, 300 usd",
        "hi! I want to go to Hue for 3 days. We like temples. Budget 300 usd",
        "not the first one, something with kids in July",
        "chào shop, có tour Đà Lạt 3 ngày không ạ",
        "STOP. stop.", "from 3 to 8 March, 2 adults and 2 kids",
    ],
)  # fmt: skip
def test_one_request_is_not_taken_apart(text: str) -> None:
    assert len(understand_all(text, SHOWN)) == 1


def test_nothing_is_lost_when_a_wish_is_split_over_sentences() -> None:
    (found,) = understand_all("We go to Hue. 3 days. Vegetarian food. Max 300 usd.", Context())
    assert found.interests.locations == ["Huế"]
    assert found.interests.duration is not None
    assert found.interests.food is not None
    assert found.interests.budget is not None


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=120))
def test_any_text_makes_one_to_three_requests(text: str) -> None:
    assert 1 <= len(understand_all(text)) <= 3
