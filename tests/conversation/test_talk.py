"""Whole talks, as travellers have them."""

import pytest

from conversation.schemas import MAX_BODY, MAX_BODY_WITH_CHOICES, Outgoing
from conversation.service import hand_back
from core.settings import settings
from recommender.schemas import Budget, Duration
from recommender.service import load_interests
from tests.conversation.conftest import Talk, choices, target_of

WISH = "5 days around Ha Long and Sapa, vegetarian food, under 400 USD"


def test_the_first_greeting_is_answered_with_who_we_are_and_how_to_stop(talk: Talk) -> None:
    (message,) = talk.say("hello")
    assert "automated" in message.body
    assert settings().business_name in message.body
    assert "STOP" in message.body
    assert len(message.choices) == 3
    assert talk.consents() == [("conversation", True)]


def test_the_privacy_page_is_named_where_there_is_one(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_URL", "https://lotus.example/privacy")
    settings.cache_clear()
    assert "https://lotus.example/privacy" in talk.hear("hello")


def test_a_first_message_that_is_a_wish_gets_one_short_line_and_the_results(talk: Talk) -> None:
    intro, *results = talk.say(WISH)
    assert "automated" in intro.body
    assert "STOP" in intro.body
    assert "*1. Hạ Long and Sa Pa in five days*" in results[0].body
    assert "5 days · $380 · Lotus Trails" in results[0].body
    assert "Fits:" in results[0].body
    assert target_of(talk, results[0]) == "https://lotus.example/hl5"


def test_each_example_leads_to_tours(talk: Talk) -> None:
    offered = choices(talk.say("hello")).values()
    examples = [choice for choice in offered if choice.id.startswith("example:")]
    assert len(examples) == 2
    for example in examples:
        assert "*1. " in talk.tap(example)


def test_the_wish_is_kept(talk: Talk) -> None:
    talk.say(WISH)
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.locations == ["Hạ Long", "Sa Pa"]
    assert kept.duration == Duration(days=5)
    assert kept.budget == Budget(max=400, currency="USD")


def test_vietnamese_is_answered_in_vietnamese(talk: Talk) -> None:
    words = talk.hear("mình muốn đi Sa Pa 2 ngày, ở homestay")
    assert "*1. Sa Pa 2 ngày 1 đêm*" in words
    assert "Phù hợp:" in words
    assert "2 ngày" in words


def test_more_never_repeats_and_says_when_there_is_no_more(talk: Talk) -> None:
    shown = _ids(talk.say("tours in Ha Long"))
    for _ in range(8):
        answer = talk.say("more")
        fresh = _ids(answer)
        if not fresh:
            break
        assert not set(fresh) & set(shown)
        shown += fresh
    assert len(shown) == 8
    assert "all the tours" in answer[0].body


def test_details_by_number_word_and_tap(talk: Talk) -> None:
    page = talk.say("Ha Long with kayaking")
    second = page[2].body.splitlines()[0].removeprefix("*2. ").removesuffix("*")
    by_number = talk.hear("2")
    assert second in by_number
    assert "Route:" in by_number
    assert talk.hear("the second one") == by_number
    assert talk.tap(choices(page)["Details 2"]) == by_number


def test_a_tap_on_an_old_list_still_works(talk: Talk) -> None:
    old = choices(talk.say("3 days in Ha Long"))["Details 1"]
    talk.say("beach in Phu Quoc")
    assert "Hạ Long" in talk.tap(old)


def test_a_number_means_the_newest_list(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    talk.say("beach in Phu Quoc")
    assert "Phú Quốc beach days" in talk.hear("1")


def test_a_number_that_was_not_shown_is_asked_back(talk: Talk) -> None:
    talk.say("Ha Long with kayaking")
    answer = talk.say("9")
    assert "from 1 to" in answer[0].body
    assert answer[0].choices


def test_a_number_before_any_list_asks_for_a_wish(talk: Talk) -> None:
    talk.say("hello")
    assert "What kind of trip" in talk.hear("2")


def test_a_tour_that_is_gone_is_said_to_be_gone(talk: Talk) -> None:
    talk.say("hello")
    assert "no longer" in talk.hear(choice="details:999999999")


@pytest.mark.parametrize(
    "choice", ["details:", "details:x", "book:99999999999999999999", "nonsense", "example:7", ":::"]
)
def test_a_forged_choice_does_no_harm(talk: Talk, choice: str) -> None:
    talk.say("hello")
    assert talk.say("", choice=choice)


def test_booking_gives_the_link_of_the_tour_looked_at(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    talk.say("details 1")
    (message,) = talk.say("book it")
    assert target_of(talk, message) == "https://lotus.example/hl3"


def test_booking_without_a_page_offers_a_person(talk: Talk) -> None:
    page = talk.say("3 days trekking in Sapa by train")
    assert "Trekking Sa Pa 3 ngày" in page[1].body
    (message,) = talk.say("book 1")
    assert message.link is None
    assert message.choices[0].id == "human"


def test_fewer_days_refine_the_wish(talk: Talk) -> None:
    talk.say(WISH)
    talk.say("only 3 days")
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.duration == Duration(days=3)
    assert kept.locations == ["Hạ Long", "Sa Pa"]
    assert kept.budget == Budget(max=400, currency="USD")


def test_something_added_refines_the_wish(talk: Talk) -> None:
    talk.say("Ha Long, 3 days, kayaking")
    talk.say("add swimming")
    kept = load_interests(talk.connection, talk.user_id)
    assert set((kept.activities or "").split(", ")) == {"kayaking", "swimming"}


def test_cheaper_shows_only_tours_that_cost_less(talk: Talk) -> None:
    talk.say("3 days in Ha Long")
    words = talk.hear("cheaper")
    assert "*1. " in words
    for dearer in ("$380", "$420"):
        assert f"{dearer} · " not in words


def test_a_refused_place_is_not_visited(talk: Talk) -> None:
    talk.say("Sapa")
    words = talk.hear("not Hanoi")
    assert "without Hà Nội" in words
    assert "Trekking Sa Pa 3 ngày" not in words
    assert "in five days" not in words


def test_a_refused_thing_is_not_offered(talk: Talk) -> None:
    talk.say("beach holiday")
    words = talk.hear("no flights")
    assert "*1. " in words
    assert "Phú Quốc beach days" not in words


def test_a_new_place_begins_a_new_wish(talk: Talk) -> None:
    talk.say(WISH)
    talk.say("tours in Hue")
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.locations == ["Huế"]
    assert kept.budget is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("what about Hue instead?", ["Huế"]),
        ("add Hue", ["Hạ Long", "Sa Pa", "Huế"]),
        ("thêm Huế", ["Hạ Long", "Sa Pa", "Huế"]),
    ],
)
def test_another_place_may_complete_the_wish(talk: Talk, text: str, places: list[str]) -> None:
    talk.say(WISH)
    talk.say(text)
    kept = load_interests(talk.connection, talk.user_id)
    assert kept.locations == places
    assert kept.budget == Budget(max=400, currency="USD")


def test_a_poor_match_is_called_one(talk: Talk) -> None:
    assert "Nothing in our catalogue fits" in talk.hear("skiing in Iceland, 14 days")


def test_stop_is_confirmed_once_then_there_is_silence(talk: Talk) -> None:
    talk.say(WISH)
    (message,) = talk.say("Stop.")
    assert "no more messages" in message.body
    assert talk.consents()[-2:] == [("conversation", False), ("recommendations", False)]
    assert talk.say("hello") == []
    assert talk.say("stop") == []
    assert talk.say("Ha Long") == []


def test_start_welcomes_back(talk: Talk) -> None:
    talk.say("hủy")
    (message,) = talk.say("bắt đầu")
    assert "trợ lý du lịch" in message.body
    assert talk.consents()[-1] == ("conversation", True)
    assert talk.say("Sa Pa 2 ngày")


def test_a_person_takes_over_until_the_talk_is_handed_back(talk: Talk) -> None:
    talk.say("hello")
    assert "a person will answer" in talk.hear("can I talk to a real person?")
    assert talk.say("Ha Long 3 days") == []
    hand_back(talk.connection, talk.user_id)
    assert talk.say("Ha Long 3 days")


def test_stop_is_heard_while_a_person_answers(talk: Talk) -> None:
    talk.say("agent")
    assert "no more messages" in talk.hear("stop")


def test_the_contact_is_named_where_there_is_one(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORT_CONTACT", "help@lotus.example")
    settings.cache_clear()
    assert "help@lotus.example" in talk.hear("agent")


def test_the_language_is_changed_when_asked_for(talk: Talk) -> None:
    talk.say("hello")
    assert "tiếng Việt" in talk.hear("switch to Vietnamese")
    assert "Theo ý bạn" in talk.hear("Ha Long Bay")
    row = talk.connection.execute(
        "select language from users where id = %s", [talk.user_id]
    ).fetchone()
    assert row is not None
    assert row["language"] == "vi"


def test_one_foreign_word_does_not_change_the_language(talk: Talk) -> None:
    talk.say("mình muốn đi Hạ Long 3 ngày")
    assert "Chi tiết 1" in choices(talk.say("more"))


def test_two_misunderstandings_offer_a_person(talk: Talk) -> None:
    talk.say("hello")
    assert "human" not in {choice.id for choice in talk.say("qwe rty")[0].choices}
    assert "human" in {choice.id for choice in talk.say("zxc vbn")[0].choices}


@pytest.mark.parametrize("said", ["yes", "ok", "yes please", "có", "ừ", "vâng ạ"])
def test_a_typed_yes_accepts_the_offer_of_a_person(talk: Talk, said: str) -> None:
    for text in ("hello", "qwe rty", "zxc vbn"):
        talk.say(text)
    talk.say(said)
    assert talk.say("Ha Long") == []


def test_a_typed_no_declines_the_offer_and_the_talk_goes_on(talk: Talk) -> None:
    for text in ("hello", "qwe rty", "zxc vbn"):
        talk.say(text)
    assert "STOP" in talk.hear("no thanks")
    assert "*1. " in talk.hear("Ha Long")


def test_ok_calls_nobody_where_nothing_was_offered(talk: Talk) -> None:
    talk.say("hello")
    talk.say("compare 1 and 2")
    assert "All right" in talk.hear("ok")
    assert talk.say("Ha Long")


@pytest.mark.parametrize(
    ("text", "days"), [("add 1 day", 6), ("thêm 2 ngày", 7), ("one day less", 4), ("bớt 1 ngày", 4)]
)
def test_days_are_added_to_the_length_wished_before(talk: Talk, text: str, days: float) -> None:
    talk.say(WISH)
    talk.say(text)
    assert load_interests(talk.connection, talk.user_id).duration == Duration(days=days)


def test_the_examples_are_places_of_the_catalogue(talk: Talk) -> None:
    labels = list(choices(talk.say("hello")))
    assert labels[0].startswith("Hạ Long")
    talk.connection.execute("delete from travel_packages")
    assert "Trekking in Sa Pa" in choices(talk.say("help"))


def test_a_voice_note_that_cannot_be_heard_gets_an_honest_answer(talk: Talk) -> None:
    talk.say("hello")
    assert "could not make out" in talk.hear(media=["audio/ogg"])
    assert "could not make out" in talk.hear(spoken=True)


def test_a_location_becomes_the_place_of_the_wish(talk: Talk) -> None:
    talk.say("hello")
    talk.say(latitude=20.953, longitude=107.08)
    assert load_interests(talk.connection, talk.user_id).locations == ["Hạ Long"]


def test_a_location_at_sea_is_not_guessed(talk: Talk) -> None:
    talk.say("hello")
    assert "no place near" in talk.hear(latitude=-40.0, longitude=-120.0)


@pytest.mark.parametrize(
    "text",
    [
        "compare 1 and 2", "find me a hotel in Hue", "is breakfast included?",
        "weekly ideas please",
        "pause 2 weeks", "what do you know about me?", "delete my data", "tell me a joke",
        "👎", "👍",
        "thanks", "what can you do?", "how much is number 1?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", ["hello", "xin chào"])
def test_every_intent_has_an_answer_in_both_languages(talk: Talk, first: str, text: str) -> None:
    talk.say(first)
    assert talk.say(text)[0].body


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\n", "🏝️🏝️🏝️", "…", "\x00\x01\x02", "\u202eapaS ni sruot", "مرحبا أريد رحلة",
        "河内三天", "<script>alert(1)</script>", "'; drop table users; --", "{0} {wish} %s %(x)s",
        "*_~`" * 50, "Ha Long " * 1_250, "a" * 10_000, "9" * 10_000, "1 " * 5_000, "not " * 2_500,
        "I want " + "kayaking and hiking in Sapa " * 400,
    ],
)  # fmt: skip
def test_hostile_text_gets_a_sensible_answer(talk: Talk, text: str) -> None:
    talk.say("hello")
    answers = talk.say(text)
    assert answers
    assert all(len(message.body) <= MAX_BODY for message in answers)


def test_words_of_a_feed_cannot_format_the_message(talk: Talk) -> None:
    words = talk.hear("temples in Hue")
    assert "*1. Huế: ∗tombs∗ and ＿temples＿*" in words


def test_choices_fit_every_channel(talk: Talk) -> None:
    for text in ("hello", WISH, "1", "more", "help", "9", "asdf", "qwer"):
        for message in talk.say(text):
            assert len(message.choices) <= 10
            assert not message.choices or len(message.body) <= MAX_BODY_WITH_CHOICES


def test_an_unreadable_state_begins_a_new_talk(talk: Talk) -> None:
    talk.say("hello")
    talk.connection.execute('update conversations set state = \'{"version": 1, "page": "broken"}\'')
    assert "automated" in talk.hear("hello")


def _ids(messages: list[Outgoing]) -> list[str]:
    return [c.id for c in choices(messages).values() if c.id.startswith("details:")]


@pytest.mark.parametrize("asked", ["1", "book 1"])
def test_a_tour_shown_earlier_that_retired_since_is_not_sold(talk: Talk, asked: str) -> None:
    talk.hear("tours in Sa Pa")
    shown = talk.say("1")[0]
    assert "Book" in choices([shown])
    talk.connection.execute("update travel_packages set retired_at = now()")
    (message,) = talk.say(asked)
    assert "is no longer offered" in message.body
    assert message.link is None
    assert list(choices([message])) == ["More like this", "More tours"]


def test_a_like_of_a_retired_tour_offers_no_booking(talk: Talk) -> None:
    talk.hear("tour Sa Pa")
    talk.connection.execute("update travel_packages set retired_at = now()")
    assert list(choices(talk.say("tôi thích số 1"))) == ["Tour tương tự", "Hoàn tác"]
    assert "hiện không còn mở bán nữa" in talk.hear("đặt số 1")
