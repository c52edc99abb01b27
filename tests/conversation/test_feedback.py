"""Talks in which travellers say what they think of the tours they see."""

import unicodedata

import pytest

from conversation.schemas import Outgoing
from recommender.service import load_interests
from tests.conversation.conftest import Talk, choices

HA_LONG = "Ha Long with kayaking"


def shown(messages: list[Outgoing]) -> list[int]:
    """Return the keys of the tours of a list."""
    ids = [choice.id for choice in choices(messages).values()]
    return [int(each.partition(":")[2]) for each in ids if each.startswith("details:")]


def titles(messages: list[Outgoing]) -> list[str]:
    """Return the titles of the tours of a list, in its order."""
    lines = [line for message in messages for line in message.body.splitlines()]
    return [line.strip("*").partition(". ")[2] for line in lines if line.startswith("*")]


def standing(talk: Talk) -> list[tuple[int, str]]:
    """Return the reactions that stand, oldest first."""
    rows = talk.connection.execute(
        "select package_id, kind from feedback where user_id = %s and undone_at is null"
        " order by id",
        [talk.user_id],
    )
    return [(row["package_id"], row["kind"]) for row in rows]


def later(talk: Talk) -> None:
    """Let a minute pass."""
    talk.connection.execute("update recommendations set shown_at = shown_at - interval '1 minute'")


@pytest.mark.parametrize(
    "text",
    [
        "I like 2", "like number 2", "I love the second one", "2 is great", "👍 2", "2 👍",
        "thích tour 2", "thich tour 2", "mình thích cái thứ hai", "cái 2 được đấy",
        unicodedata.normalize("NFD", "thích tour 2"),
    ],
)  # fmt: skip
def test_a_tour_is_liked_by_its_number(talk: Talk, text: str) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say(text)
    assert standing(talk) == [(page[1], "up")]


@pytest.mark.parametrize(
    "text",
    [
        "I don't like 2", "not for me: 2", "👎 2", "don't like the second one", "dislike 2",
        "không thích tour 2", "khong thich cai 2", "2 không hợp",
    ],
)  # fmt: skip
def test_a_tour_is_disliked_by_its_number(talk: Talk, text: str) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say(text)
    assert standing(talk) == [(page[1], "down")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("👍", "up"), ("love it", "up"), ("looks great", "up"), ("thích cái này", "up"),
        ("👎", "down"), ("not for me", "down"), ("không thích cái này", "down"),
        ("không hợp", "down"),
    ],
)  # fmt: skip
def test_after_the_details_a_thumb_means_that_tour(talk: Talk, text: str, kind: str) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("3")
    talk.say(text)
    assert standing(talk) == [(page[2], kind)]


def test_several_tours_are_liked_at_once(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("I like 1 and 3")
    assert standing(talk) == [(page[0], "up"), (page[2], "up")]


def test_a_thumb_for_a_list_is_asked_back_and_one_tap_answers(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    answer = talk.say("👍")
    assert list(choices(answer)) == ["👍 1", "👍 2", "👍 3"]
    assert standing(talk) == []
    assert "Noted" in talk.tap(choices(answer)["👍 2"])
    assert standing(talk) == [(page[1], "up")]


@pytest.mark.parametrize("text", ["👎", "not for me", "none of these"])
def test_a_thumb_down_for_a_list_asks_what_should_be_different(talk: Talk, text: str) -> None:
    talk.say(HA_LONG)
    assert "What should be different" in talk.hear(text)
    assert standing(talk) == []


def test_a_number_that_was_not_shown_is_asked_back(talk: Talk) -> None:
    talk.say(HA_LONG)
    assert "👍 1" in choices(talk.say("I like 9"))
    assert standing(talk) == []


def test_the_answer_says_what_changes_and_how_to_take_it_back(talk: Talk) -> None:
    page = titles(talk.say("Ha Long, 3 days"))
    number = page.index("Hạ Long Bay, three days") + 1
    answer = talk.hear(f"I like {number}")
    assert "closer to your wish in the length" in answer
    assert "“undo”" in answer
    assert len(answer.splitlines()) == 1


def test_vietnamese_gets_the_lesson_in_vietnamese(talk: Talk) -> None:
    page = titles(talk.say("tour Hạ Long 3 ngày"))
    answer = talk.hear(f"thích tour {page.index('Hạ Long Bay, three days') + 1}")
    assert "sát với mong muốn về số ngày" in answer
    assert "“hoàn tác”" in answer


def test_the_details_offer_both_thumbs(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    offered = choices(talk.say("2"))
    assert list(offered) == ["Book", "👍 I like it", "👎 Not for me"]
    talk.tap(offered["👎 Not for me"])
    answer = talk.say(choice=offered["👍 I like it"].id)
    assert standing(talk) == [(page[1], "down"), (page[1], "up")]
    assert list(choices(answer)) == ["Book", "⭐ Save", "More like this"]


def test_a_thumb_on_an_old_list_still_counts(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    like = choices(talk.say("1"))["👍 I like it"]
    talk.say("beach in Phu Quoc")
    talk.tap(like)
    assert standing(talk) == [(page[0], "up")]


@pytest.mark.parametrize("word", ["undo", "Undo please", "take that back", "hoàn tác", "hoan tac"])
def test_the_last_thumb_is_taken_back(talk: Talk, word: str) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("I like 1")
    talk.say("I don't like 2")
    talk.say(word)
    assert standing(talk) == [(page[0], "up")]
    talk.say(word)
    assert standing(talk) == []
    again = talk.hear(word)
    assert "nothing to take back" in again or "Không có gì" in again


def test_undo_can_be_tapped(talk: Talk) -> None:
    talk.say(HA_LONG)
    answer = talk.say("I don't like 1")
    assert "Taken back" in talk.tap(choices(answer)["Undo"])
    assert standing(talk) == []


@pytest.mark.parametrize(
    "text",
    [
        "forget what you learned", "Forget everything you have learned about me",
        "quên những gì đã học", "quen het nhung gi ban da hoc",
    ],
)  # fmt: skip
def test_all_that_was_learned_is_forgotten_but_not_the_wish(talk: Talk, text: str) -> None:
    talk.say(HA_LONG)
    wish = load_interests(talk.connection, talk.user_id)
    for said in ("I like 1", "I don't like 2", "book 3"):
        talk.say(said)
    assert len(standing(talk)) == 3
    first, again = talk.hear(text), talk.hear(text)
    assert first != again
    assert standing(talk) == []
    assert load_interests(talk.connection, talk.user_id) == wish


@pytest.mark.parametrize("text", ["undo", "forget what you learned", "more like 2", "I like 2"])
def test_before_any_list_there_is_an_answer_and_nothing_is_noted(talk: Talk, text: str) -> None:
    talk.say("hello")
    assert talk.say(text)[0].body
    assert standing(talk) == []


@pytest.mark.parametrize(
    "text",
    [
        "more like 2",
        "show me more like number 2",
        "similar to the second",
        "giống tour 2",
        "giong tour 2",
        "cho mình xem tour nào giống cái thứ 2",
    ],
)
def test_more_like_shows_others_and_likes_that_one(talk: Talk, text: str) -> None:
    page = shown(talk.say(HA_LONG))
    wish = load_interests(talk.connection, talk.user_id)
    found = talk.say(text)
    assert shown(found)
    assert not set(shown(found)) & set(page)
    assert standing(talk) == [(page[1], "more_like")]
    assert load_interests(talk.connection, talk.user_id) == wish


def test_more_like_is_headed_by_the_tour_and_leads_to_the_most_alike(talk: Talk) -> None:
    page = titles(talk.say("Ha Long, 3 days, seafood"))
    found = talk.say(f"more like {page.index('Hạ Long Bay, three days') + 1}")
    assert found[0].body.startswith("Much like *Hạ Long Bay, three days*:")
    assert "Hạ Long" in titles(found)[0]


def test_more_like_tells_what_tours_have_in_common_and_blames_them_for_nothing(talk: Talk) -> None:
    talk.say("Ha Long, 3 days, seafood")
    told = "".join(message.body for message in talk.say("more like 1"))
    assert "In common: " in told
    assert "Does not fit" not in told
    assert "Not stated" not in told


def test_more_like_shows_nothing_twice_and_says_when_there_is_no_more(talk: Talk) -> None:
    seen = shown(talk.say(HA_LONG))
    like = f"similar:{seen[0]}"
    for _ in range(8):
        answer = talk.say(choice=like)
        fresh = shown(answer)
        if not fresh:
            break
        assert not set(fresh) & set(seen)
        seen += fresh
    assert "nothing else much like" in answer[0].body
    assert standing(talk) == [(seen[0], "more_like")]
    assert not set(shown(talk.say("more"))) & set(seen)


def test_more_like_this_means_the_tour_looked_at(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("3")
    talk.say("more like this")
    assert standing(talk) == [(page[2], "more_like")]


def test_more_like_keeps_out_what_was_refused(talk: Talk) -> None:
    talk.say("Sapa")
    talk.say("not Hanoi")
    found = talk.say("more like 1")
    assert "in five days" not in "".join(message.body for message in found)


@pytest.mark.parametrize("text", ["something like 2 but cheaper", "more like that in Hue"])
def test_more_like_with_a_wish_is_a_wish(talk: Talk, text: str) -> None:
    talk.say(HA_LONG)
    talk.say(text)
    assert standing(talk) == []


def test_to_book_is_at_least_a_click(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("book 2")
    talk.say("book 2")
    assert standing(talk) == [(page[1], "click")]
    assert "nothing to take back" in talk.hear("undo")


@pytest.mark.parametrize("choice", ["like:999999999", "dislike:999999999", "similar:999999999"])
def test_a_tour_that_is_gone_is_said_to_be_gone(talk: Talk, choice: str) -> None:
    talk.say("hello")
    assert "no longer" in talk.hear(choice=choice)


def test_of_several_tours_one_that_is_gone_is_left_out(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    talk.connection.execute("delete from travel_packages where id = %s", [page[2]])
    assert "Noted" in talk.hear("I like 1 and 3")
    assert standing(talk) == [(page[0], "up")]


@pytest.mark.parametrize("choice", ["like:", "dislike:x", "similar:99999999999999999999", "undo:1"])
def test_a_forged_choice_does_no_harm(talk: Talk, choice: str) -> None:
    talk.say("hello")
    assert talk.say("", choice=choice)
    assert standing(talk) == []


def test_what_was_learned_changes_the_next_list_until_it_is_forgotten(talk: Talk) -> None:
    wish, stranger = "tours in Vietnam", Talk(talk.connection)
    before = page = talk.say(wish)
    stranger.say("hello")
    for wanted in ("Sa Pa 2 ngày 1 đêm", "Trekking Sa Pa 3 ngày"):
        while wanted not in titles(page):
            later(talk)
            page = talk.say("more")
        talk.say(f"I like {titles(page).index(wanted) + 1}")
    after = talk.say(wish)
    assert "Sa Pa 2 ngày 1 đêm" in set(titles(after)) - set(titles(before))
    assert "“Trekking, thăm bản”" in "".join(message.body for message in after)
    assert titles(stranger.say(wish)) == titles(before)
    talk.say("forget what you learned")
    assert titles(talk.say(wish)) == titles(before)


def test_silence_is_kept_whatever_is_tapped(talk: Talk) -> None:
    page = shown(talk.say(HA_LONG))
    talk.say("stop")
    assert talk.say(choice=f"like:{page[0]}") == []
    assert standing(talk) == []
