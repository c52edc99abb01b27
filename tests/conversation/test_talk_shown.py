"""Talks about tours that were shown: side by side, asked about, kept, slept near."""

import json

from conversation.machine import Step
from recommender.service import load_interests
from tests.conversation.conftest import Talk, choices
from tests.conversation.test_talk_machine import at, shown_by

HA_LONG = "Ha Long, 3 days, kayaking"


def change(talk: Talk, title: str, **fields: object) -> None:
    """Let an operator say something else of a tour."""
    talk.connection.execute(
        "update travel_packages set fields = fields || %s where title = %s",
        [json.dumps(fields), title],
    )


def key_of(talk: Talk, title: str) -> int:
    row = talk.connection.execute(
        "select id from travel_packages where title = %s", [title]
    ).fetchone()
    assert row is not None
    return int(row["id"])


def stay(talk: Talk, name: str, **fields: object) -> None:
    """Put a place to stay into the catalogue."""
    item = {"id": name, "name": name, **fields}
    price = fields.get("price")
    paid = price if isinstance(price, dict) else {"amount": None, "currency": None}
    talk.connection.execute(
        """
        insert into accommodations (provider_id, external_id, name, latitude, longitude, stars,
            rating, price_amount, price_currency, price_usd, fields, source_hash)
        select min(id), %(name)s, %(name)s, %(latitude)s, %(longitude)s, %(stars)s, %(rating)s,
            %(amount)s::numeric, %(currency)s, %(amount)s::float, %(fields)s, ''
        from providers
        """,
        {"stars": None, "rating": None, **fields, **paid, "name": name,
         "fields": json.dumps(item)},
    )  # fmt: skip


def test_tours_are_compared_criterion_by_criterion(talk: Talk) -> None:
    talk.say(HA_LONG)
    table, closing = talk.say("compare 1 and 2")
    assert "*Price for one person*" in table.body
    assert "1) $240" in table.body
    assert "Closest to your wish: *1*. Fits: Hạ Long, 3 days, kayaking." in table.body
    assert len(closing.choices) == 2
    assert max(map(len, table.body.splitlines()[:-1])) <= 48


def test_what_a_tour_does_not_state_is_named_as_not_stated(talk: Talk) -> None:
    talk.say(HA_LONG)
    assert "not stated" in talk.hear("compare 1 and 2")


def test_what_is_the_same_is_said_once(talk: Talk) -> None:
    page = shown_by(talk.say("Ha Long cruise"))
    assert len(page) == 3
    words = talk.hear("compare 1 and 2")
    assert "The same in all:" in words


def test_without_numbers_the_whole_list_is_compared(talk: Talk) -> None:
    words = talk.tap(choices(talk.say(HA_LONG))["Compare"])
    assert all(f"*{number}.* " in words for number in (1, 2, 3))


def test_vietnamese_is_compared_in_vietnamese(talk: Talk) -> None:
    talk.say("tour Hạ Long 3 ngày")
    words = talk.hear("so sánh 1 và 2")
    assert "*Giá mỗi người*" in words
    assert "Hợp ý bạn nhất: *1*." in words


def test_one_tour_alone_cannot_be_compared(talk: Talk) -> None:
    talk.say("temples in Hue")
    talk.say("hello")
    assert talk.say("compare 7 and 8")[0].body


def test_a_question_is_answered_with_the_field_and_its_age(talk: Talk) -> None:
    talk.say(HA_LONG)
    change(talk, "Hạ Long Bay, three days", notes="Lunch on board is included. Bring a towel.")
    talk.connection.execute("update travel_packages set updated_at = '2026-10-03'")
    talk.say("details 1")
    words = talk.hear("is lunch on board included?")
    assert "Lunch on board is included." in words or "Seafood" in words
    assert "3 Oct 2026" in words


def test_where_the_catalogue_is_silent_the_operator_can_be_asked(talk: Talk) -> None:
    talk.say(HA_LONG)
    talk.say("details 2")
    (answer,) = talk.say("do I need travel insurance for this tour?")
    assert "does not say" in answer.body
    assert at(talk).step is Step.OFFERED_PERSON
    talk.say("yes")
    row = talk.connection.execute("select reason from handovers").fetchone()
    assert row is not None
    assert row["reason"] == "question"


def test_a_question_without_a_tour_is_asked_back(talk: Talk) -> None:
    talk.say("hello")
    assert "Which tour" in talk.hear("is breakfast included?")


def test_saved_tours_are_kept_listed_and_removed(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    answer = talk.say(choice=f"save:{page[1]}")
    assert "Saved: " in answer[0].body
    listed = talk.say("my saved tours")
    assert [choice.id for choice in listed[0].choices] == [f"details:{page[1]}"]
    talk.say(choice=choices(answer)["Remove"].id)
    assert "no tour yet" in talk.hear("my saved tours")


def test_numbers_mean_the_saved_tours_once_they_are_listed(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    talk.say(choice=f"save:{page[2]}")
    talk.say("my saved tours")
    (details,) = talk.say("1")
    assert details.about == page[2]


def test_a_tour_is_saved_once_and_fifty_at_most(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    talk.say(choice=f"save:{page[0]}")
    talk.say(choice=f"save:{page[0]}")
    assert "(1)" in talk.hear("my saved tours")
    talk.connection.execute(
        """
        insert into travel_packages (provider_id, external_id, title, fields, content_hash, encoder)
        select provider_id, 'copy ' || n, title, fields, content_hash, 'none'
        from travel_packages, generate_series(1, 49) n where id = %s
        """,
        [page[0]],
    )
    talk.connection.execute(
        "insert into saved_tours (user_id, package_id)"
        " select %s, id from travel_packages where external_id like 'copy %%'",
        [talk.user_id],
    )
    assert "50 tours already" in talk.hear(choice=f"save:{page[1]}")
    first = talk.say("my saved tours")[0]
    assert [choice.id for choice in first.choices][-1] == "saved:9"
    assert len(talk.say(choice="saved:45")[0].choices) == 5


def test_a_saved_tour_that_is_retired_is_called_so(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    talk.say(choice=f"save:{page[0]}")
    talk.connection.execute("update travel_packages set retired_at = now()")
    assert "no longer offered" in talk.hear("my saved tours")


def test_beds_are_found_near_the_tour_with_price_date_and_link(talk: Talk) -> None:
    stay(talk, "Lotus House", latitude=22.335, longitude=103.843, stars=3.0, rating=8.7,
         price={"amount": 25.0, "currency": "USD"}, url="https://lotus.example/house")  # fmt: skip
    stay(talk, "Cloud Hut", latitude=22.336, longitude=103.845)
    stay(talk, "Far Inn", latitude=10.0, longitude=104.0, rating=9.9)
    talk.say("tours in Sa Pa")
    words = talk.hear("find me a hotel in Sa Pa")
    assert words.index("Lotus House") < words.index("Cloud Hut")
    assert "Far Inn" not in words
    assert "from $25 a night, as of " in words
    assert "https://lotus.example/house" in words
    assert "price not stated" in words


def test_who_asks_where_the_tour_sleeps_may_look_for_a_bed(talk: Talk) -> None:
    page = shown_by(talk.say("tours in Sa Pa"))
    stay(talk, "Cloud Hut", latitude=22.336, longitude=103.845)
    assert "Cloud Hut" in talk.hear(choice=f"stays:{page[0]}")


def test_a_bed_of_which_only_the_town_is_known_has_no_distance(talk: Talk) -> None:
    stay(talk, "Mist Lodge", latitude=None, longitude=None, city="Sa Pa")
    talk.connection.execute("update accommodations set location_id = 1568043")
    talk.say("hello")
    words = talk.hear("find me a hotel in Sa Pa")
    assert "*1. Mist Lodge*\nSa Pa\nprice not stated" in words


def test_a_ceiling_for_the_night_is_kept(talk: Talk) -> None:
    for name, amount in (("Grand Palace", 300.0), ("Little Nest", 20.0)):
        stay(talk, name, latitude=22.335, longitude=103.843,
             price={"amount": amount, "currency": "USD"})  # fmt: skip
    talk.say("hello")
    words = talk.hear("hotel in Sa Pa under 50 USD a night")
    assert "Little Nest" in words
    assert "Grand Palace" not in words


def test_where_no_bed_is_known_that_is_said(talk: Talk) -> None:
    talk.say("hello")
    assert "no place to stay near Huế" in talk.hear("find me a hotel in Hue")


def test_beds_without_any_place_are_asked_back(talk: Talk) -> None:
    talk.say("hello")
    assert "Near which place" in talk.hear("I need a hotel")


def test_every_card_and_detail_says_which_tour_it_is_about(talk: Talk) -> None:
    page = talk.say(HA_LONG)
    keys = [int(choice.id.split(":")[1]) for choice in page[-1].choices if ":" in choice.id]
    assert shown_by(page) == keys
    (details,) = talk.say("2")
    assert details.about == keys[1]
    assert len(details.choices) <= 3


def test_a_swipe_on_a_card_means_that_tour(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    talk.say("beach in Phu Quoc")
    (message,) = talk.say("book it", about=page[0])
    assert message.about == page[0]
    talk.say("👍", about=page[1])
    row = talk.connection.execute("select package_id from feedback order by id desc").fetchone()
    assert row is not None
    assert row["package_id"] == page[1]


def test_a_number_counts_more_than_the_card_that_was_swiped(talk: Talk) -> None:
    page = shown_by(talk.say(HA_LONG))
    (details,) = talk.say("2", about=page[0])
    assert details.about == page[1]


def test_days_named_are_kept_for_the_wish_and_shown(talk: Talk) -> None:
    change(talk, "Hạ Long Bay, three days",
           available=[{"start": "2098-07-03", "end": "2098-07-05"}])  # fmt: skip
    talk.say("hello")
    talk.say("3 days in Ha Long")
    words = talk.hear(choice="set:month:2098-07")
    assert "July 2098" in words
    assert "Leaves: 3 Jul 2098 – 5 Jul 2098" in words
    assert "Departure days: not stated" in words
    assert load_interests(talk.connection, talk.user_id).locations == ["Hạ Long"]
