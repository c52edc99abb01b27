"""What a message states beside its wishes: a rhythm, what no longer matters, a correction."""

import datetime as dt

import pytest

from conversation.understanding import (
    Context,
    Intent,
    Rhythm,
    Schedule,
    Steer,
    Topic,
    understand,
)
from conversation.understanding.drops import find_drops
from conversation.understanding.reading import Reading
from conversation.understanding.rhythms import find_schedule

SHOWN = Context(has_interests=True, shown=3, today=dt.date(2026, 11, 21))


@pytest.mark.parametrize(
    ("text", "rhythm", "weekday", "hour"),
    [
        ("every Friday evening", Rhythm.WEEKLY, 4, 18), ("mỗi tuần", Rhythm.WEEKLY, None, None),
        ("hàng tháng lúc 9h", Rhythm.MONTHLY, None, 9), ("mỗi sáng thứ 7", Rhythm.WEEKLY, 5, 10),
        ("at 8 in the evening, not in the morning", None, None, 20),
        ("every two weeks", Rhythm.FORTNIGHTLY, None, None),
        ("thứ 4 hàng tuần 19h", Rhythm.WEEKLY, 2, 19), ("daily", Rhythm.DAILY, None, None),
        ("2 tuần gửi một lần", Rhythm.FORTNIGHTLY, None, None),
    ],
)  # fmt: skip
def test_a_schedule_is_read(
    text: str, rhythm: Rhythm | None, weekday: int | None, hour: int | None
) -> None:
    expected = Schedule(rhythm=rhythm, weekday=weekday, hour=hour)
    assert find_schedule(Reading(text).plain) == expected


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("any budget", ("budget",)), ("price doesn't matter", ("budget",)),
        ("giá nào cũng được", ("budget",)), ("tiền không thành vấn đề", ("budget",)),
        ("ngày nào cũng được", ("dates",)), ("dates are flexible", ("dates",)),
        ("đi đâu cũng được", ("locations",)), ("doesn't matter how long", ("duration",)),
        ("đi mấy ngày cũng được", ("duration",)), ("any day trip in Hue", ()),
        ("anywhere with a beach", ()),
    ],
)  # fmt: skip
def test_what_no_longer_matters_is_dropped(text: str, dropped: tuple[str, ...]) -> None:
    assert find_drops(Reading(text).plain) == dropped


@pytest.mark.parametrize(
    ("text", "locations", "excluded", "days"),
    [
        ("no I meant Hue", ["Huế"], (), None),
        ("ý mình là 3 ngày cơ", [], (), 3.0),
        ("sorry 4 days not 5", [], (), 4.0),
        ("à nhầm, Huế chứ không phải Hà Nội", ["Huế"], ("Hà Nội",), None),
    ],
)
def test_a_correction_gives_the_corrected_value_and_refuses_the_place_that_was_not_meant(
    text: str, locations: list[str], excluded: tuple[str, ...], days: float | None
) -> None:
    found = understand(text, SHOWN)
    assert found.intent is Intent.REFINE
    assert found.replaces
    assert found.interests.locations == locations
    assert found.excluded == excluded
    assert (found.interests.duration.days if found.interests.duration else None) == days


@pytest.mark.parametrize(
    ("text", "steer"),
    [
        ("save number 2", Steer.SAVE), ("lưu tour này", Steer.SAVE), ("luu so 2", Steer.SAVE),
        ("add number 1 to my favourites", Steer.SAVE), ("my saved tours", Steer.SHOW_SAVED),
        ("tour đã lưu", Steer.SHOW_SAVED), ("cho xem mấy tour hồi nãy mình lưu", Steer.SHOW_SAVED),
        ("thêm số 2 vào mục đã lưu", Steer.SAVE),
    ],
)  # fmt: skip
def test_tours_are_saved_and_looked_up(text: str, steer: Steer) -> None:
    found = understand(text, SHOWN)
    assert (found.intent, found.steer) == (Intent.FEEDBACK, steer)


def test_a_refused_tour_is_not_the_one_meant() -> None:
    found = understand("not the first one, something with kids in July", SHOWN)
    assert found.intent is Intent.REFINE
    assert (found.turned_down, found.ordinals) == ((1,), ())
    assert found.interests.notes == "children"
    assert found.dates is not None


@pytest.mark.parametrize(
    ("text", "awaiting", "intent"),
    [
        ("5", Intent.REFINE, Intent.REFINE), ("300 usd", Intent.REFINE, Intent.REFINE),
        ("giá không quan trọng", Intent.REFINE, Intent.REFINE),
        ("tháng 7", Intent.REFINE, Intent.REFINE), ("friday", Intent.SCHEDULE, Intent.SCHEDULE),
        ("9h sáng", Intent.SCHEDULE, Intent.SCHEDULE), ("2 weeks", Intent.PAUSE, Intent.PAUSE),
    ],
)  # fmt: skip
def test_an_answer_to_our_question_is_read_as_one(
    text: str, awaiting: Intent, intent: Intent
) -> None:
    assert understand(text, SHOWN.model_copy(update={"awaiting": awaiting})).intent is intent


def test_a_bare_number_answers_how_many_days_or_how_much() -> None:
    waiting = SHOWN.model_copy(update={"awaiting": Intent.REFINE})
    days, price = understand("5", waiting).interests.duration, understand("300", waiting).interests
    assert days is not None
    assert days.days == 5.0
    assert price.budget is not None
    assert price.budget.max == 300.0
    assert understand("5", waiting).ordinals == ()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("is breakfast included?", Topic.FOOD),
        ("có đón tại khách sạn không?", Topic.TRANSPORTATION),
        ("what is your cancellation policy", Topic.POLICY), ("giá bao nhiêu?", Topic.BUDGET),
        ("when does the tour leave?", Topic.DATES),
    ],
)  # fmt: skip
def test_a_question_has_a_topic(text: str, topic: Topic) -> None:
    found = understand(text, SHOWN)
    assert (found.intent, found.topic) == (Intent.ASK, topic)
