"""How well labelled messages are understood, and what no rule may get wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.understanding import Change, Context, Intent, understand
from tests.conversation.labelled import load, score


def test_there_are_enough_labelled_messages() -> None:
    assert len(load("dev")) + len(load("heldout")) >= 400


def test_messages_that_no_rule_was_written_for_are_understood() -> None:
    scores = score("heldout")
    report = "\n".join(scores.misses)
    assert scores.intent >= 0.9, report
    assert scores.language >= 0.95, report
    assert scores.slots_f1 >= 0.88, report


def test_messages_that_rules_were_written_for_stay_understood() -> None:
    scores = score("dev")
    report = "\n".join(scores.misses)
    assert scores.intent >= 0.97, report
    assert scores.slots_f1 >= 0.95, report


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_understood_as_something(text: str) -> None:
    assert understand(text).intent in Intent


@pytest.mark.parametrize(
    "text",
    ["9" * 10_000, "1." * 5_000, "two " * 2_500, "not " * 2_500, "$" * 10_000, "hi " * 3_000],
)
def test_long_repetition_states_no_wish(text: str) -> None:
    assert understand(text).interests.is_empty()


def test_what_lies_behind_the_longest_message_is_not_read() -> None:
    assert understand("x" * 9_000 + " kayaking in Hue").interests.is_empty()


@pytest.mark.parametrize(
    ("text", "wished", "excluded"),
    [
        ("from Hanoi to Sapa", ["Sa Pa"], ()),
        ("Sapa from Hanoi", ["Sa Pa"], ()),
        ("khởi hành từ Sài Gòn đi Đà Lạt", ["Đà Lạt"], ()),
        ("bay từ Hà Nội vào Phú Quốc", ["Phú Quốc"], ()),
        ("Ninh Binh, not Hanoi or Hue", ["Ninh Bình"], ("Hà Nội", "Huế")),
        ("Đà Nẵng trừ Hội An và Huế", ["Đà Nẵng"], ("Hội An", "Huế")),
        ("not only Hanoi but also Sapa", ["Hà Nội", "Sa Pa"], ()),
        ("I have been to Hue, now Da Lat", ["Đà Lạt"], ("Huế",)),
        ("Ha Long, Vietnam", ["Hạ Long"], ()),
        ("Hanoi, Sapa and Ha Long", ["Hà Nội", "Sa Pa", "Hạ Long"], ()),
    ],
)
def test_places_are_told_apart_by_their_role(
    text: str, wished: list[str], excluded: tuple[str, ...]
) -> None:
    found = understand(f"tour {text}")
    assert found.interests.locations == wished
    assert found.excluded == excluded


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("cheaper", Change.CHEAPER), ("that's too expensive", Change.CHEAPER),
        ("rẻ hơn", Change.CHEAPER), ("mac qua", Change.CHEAPER), ("shorter", Change.SHORTER),
        ("dài quá", Change.SHORTER), ("longer please", Change.LONGER),
        ("dài ngày hơn", Change.LONGER),
    ],
)  # fmt: skip
def test_a_comparison_refines_the_wish(text: str, change: Change) -> None:
    found = understand(text)
    assert found.intent is Intent.REFINE
    assert found.changes == (change,)


def test_criteria_alone_complete_a_wish_that_is_known() -> None:
    known = Context(has_interests=True)
    assert understand("vegetarian food", known).intent is Intent.REFINE
    assert understand("vegetarian food").intent is Intent.FIND_TOURS


def test_what_is_refused_is_no_wish() -> None:
    found = understand("Phu Quoc, no flights")
    assert found.interests.transportation is None
    assert found.negated == ("transportation.airplane",)


@pytest.mark.parametrize("text", ["ok", "more", "2", "👍"])
def test_a_text_that_does_not_tell_its_language_keeps_the_last_one(text: str) -> None:
    assert understand(text, Context(language="vi")).language == "vi"
    assert understand(text, Context(language="en")).language == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tours to Hạ Long and Sa Pa", "en"), ("tour đi Hạ Long", "vi"),
        ("toi muon di bien", "vi"), ("Đà Nẵng", "vi"), ("Da Nang", "en"),
        ("I want to see Vịnh Hạ Long", "en"), ("con tour nao nua khong", "vi"),
    ],
)  # fmt: skip
def test_the_language_is_told(text: str, language: str) -> None:
    assert understand(text).language == language


@pytest.mark.parametrize("name", ["blind4", "blind5", "blind6"])
def test_messages_whose_misses_were_studied_later_stay_understood(name: str) -> None:
    scores = score(name)
    report = "\n".join(scores.misses)
    assert scores.intent >= 0.95, report
    assert scores.language >= 0.97, report
    assert scores.slots_f1 >= 0.89, report


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("I want to try zorbing", "activities", "zorbing"),
        ("muốn chơi zorbing", "activities", "zorbing"),
        ("muon choi zorbing o Da Lat", "activities", "zorbing"),
        ("try zorbing and wingsuiting", "activities", "zorbing, wingsuiting"),
        ("hiking in Sapa, I also want to try zorbing", "activities", "hiking, zorbing"),
        ("I want to eat balut in Saigon", "food", "balut"),
    ],
)
def test_words_beyond_the_vocabulary_are_kept_behind_a_clear_cue(
    text: str, field: str, words: str
) -> None:
    assert getattr(understand(text).interests, field) == words


@pytest.mark.parametrize(
    "text",
    [
        "try something new in Hue", "we would like discover Hue", "go straight to Hue",
        "enjoy ourselves in Hue", "ăn uống thoải mái ở Huế", "đi chơi đâu đó vui vui ở Huế",
        "I was in an accident in Hue", "get me an agent", "go anywhere near Hue", "try again",
        "chơi gì ở Huế", "thử tour khác ở Huế",
    ],
)  # fmt: skip
def test_filler_words_are_no_wish(text: str) -> None:
    interests = understand(text).interests
    assert interests.activities is None
    assert interests.food is None


def test_the_first_two_are_both_meant() -> None:
    assert understand("compare the first two").ordinals == (1, 2)
    assert understand("so sánh 2 cái đầu").ordinals == (1, 2)


def test_a_country_in_capitals_is_understood() -> None:
    assert understand("TOUR THÁI LAN 5 NGÀY").interests.locations == ["Thailand"]
    assert understand("đi THÁI LAN nhé").interests.locations == ["Thailand"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("trip to Cao Bang", "Cao Bằng"),
        ("I would like to go to Cao Lanh by bus", "Cao Lãnh"),
        ("tour đi bộ phố cổ Hà Nội", "Hà Nội"),
    ],
)
def test_a_name_that_sounds_like_another_word_is_a_place_to_go(text: str, place: str) -> None:
    understood = understand(text)
    assert understood.intent is Intent.FIND_TOURS
    assert understood.interests.locations == [place]
    assert understood.excluded == ()


def test_what_is_denounced_goes_to_a_person() -> None:
    assert understand("tôi sẽ tố cáo công ty này").intent is Intent.HUMAN


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Kenya and Nairobi, 5 days", ["Kenya", "Nairobi"]),
        ("Nairobi, Kenya, 5 days", ["Nairobi"]),
        ("Nairobi in Kenya, 5 days", ["Nairobi"]),
    ],
)
def test_a_country_beside_its_town_counts_where_both_are_asked_for(
    text: str, places: list[str]
) -> None:
    assert understand(text).interests.locations == places


@pytest.mark.parametrize("text", ["I'm Florence, 5 days at a beach", "my name is Chelsea, 5 days"])
def test_the_traveller_s_own_name_is_no_place_to_go(text: str) -> None:
    assert understand(text).interests.locations == []


@pytest.mark.parametrize("text", ["set a timer for 20 minutes", "alarm at 6, wake me in 2 hours"])
def test_a_time_to_be_reminded_at_is_no_length_of_a_trip(text: str) -> None:
    assert understand(text).intent is Intent.OFF_TOPIC


def test_having_no_idea_takes_nothing_back() -> None:
    assert understand("no idea yet, maybe mountains, 4 days").intent is Intent.FIND_TOURS
