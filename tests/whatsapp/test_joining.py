"""A code brings a number and a web account together: once, asked where anything is at stake."""

import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from conversation.schemas import Incoming
from conversation.state import State
from core import rate_limits
from core.audit.service import entries
from core.codes.service import Purpose, peek, redeem
from core.database import Connection, unit_of_work
from core.errors import RetryLaterError
from core.settings import settings
from recommender.service import load_interests
from tests.whatsapp.conftest import message
from tests.whatsapp.joining import Page, Sender, open_page
from whatsapp.joining.service import answer
from whatsapp.meta.payload import updates
from whatsapp.reading import addresses_of
from whatsapp.repository import merge_users
from whatsapp.twilio.channel import TwilioChannel
from whatsapp.waiting import Waiting

PHONE, ANOTHER = "+84901234567", "+84907654321"


@pytest.fixture
def database_url(catalogue_url: str) -> str:
    rate_limits._limiter(settings().redis_url).storage.reset()  # another test's number 1
    return catalogue_url


@pytest.fixture
def web(database_url: str) -> Page:
    return open_page()


@pytest.fixture
def sender(channel: TwilioChannel, db: Connection) -> Sender:
    return Sender(PHONE, channel, db)


@pytest.fixture
def another(channel: TwilioChannel, db: Connection) -> Sender:
    return Sender(ANOTHER, channel, db)


def rows(db: Connection, query: Any, *parameters: object) -> list[dict[str, Any]]:
    return db.execute(query, list(parameters)).fetchall()


def consents(db: Connection, user_id: int) -> list[tuple[str, bool, str]]:
    found = rows(
        db,
        "select kind, granted, channel from consents where user_id = %s order by id",
        user_id,
    )
    return [(row["kind"], row["granted"], row["channel"]) for row in found]


def actions(db: Connection, user_id: int) -> list[str]:
    return [entry.action for entry in entries(db, user_id=user_id)]


def labels(messages: list[dict[str, Any]]) -> set[str]:
    return {choice["id"] for each in messages for choice in each.get("choices", [])}


def test_a_code_connects_and_the_first_tours_come_in_the_same_moment(
    db: Connection, web: Page, sender: Sender
) -> None:
    web.wishes(locations=["Sa Pa"])
    said = sender.sends(f"Hello! Please connect my WhatsApp. Code {web.code('weekly', '4', '9')}")
    assert sender.user_id == web.user_id
    assert "You are connected" in said[0]["body"]
    assert "every Friday at 09:00" in said[0]["body"]
    assert "disconnect" in labels(said)
    assert "Sa Pa" in said[1]["body"]
    assert len([each for each in said if each.get("about")]) == 3
    assert "tours" in State.read(_state(db, web.user_id)).step


def _state(db: Connection, user_id: int) -> dict[str, Any]:
    [row] = rows(db, "select state from conversations where user_id = %s", user_id)
    return dict(row["state"])


def test_what_was_agreed_to_on_the_page_is_stored_with_its_words(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends(f"code {web.code('weekly', '4', '9', 'vi')}")
    assert consents(db, web.user_id) == [
        ("conversation", True, "web+whatsapp"),
        ("recommendations", True, "web+whatsapp"),
    ]
    [shown] = rows(db, "select text_shown from consents where kind = 'recommendations'")
    assert "thứ Sáu lúc 09:00" in shown["text_shown"]
    [plan] = rows(db, "select user_id, rhythm, weekday, hour, active from push_schedules")
    assert plan == {
        "user_id": web.user_id, "rhythm": "weekly", "weekday": 4, "hour": 9, "active": True,
    }  # fmt: skip
    assert rows(db, "select language from users where id = %s", web.user_id)[0]["language"] == "vi"
    assert actions(db, web.user_id) == ["whatsapp.joined"]


def test_without_a_schedule_no_ideas_are_agreed_to(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends(web.code())
    assert consents(db, web.user_id) == [("conversation", True, "web+whatsapp")]
    assert rows(db, "select from push_schedules") == []


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"Xin chào! mã: {code.lower().replace('-', ' ')} nhé",
        lambda code: unicodedata.normalize("NFD", f"Mã là {code} ạ"),
        lambda code: f"code {code.replace('0', 'O').replace('1', 'l')}",
        lambda code: "code " + code.replace("-", "\N{EN DASH}") + ".",
    ],
)
def test_a_code_is_taken_however_it_is_typed(
    web: Page, sender: Sender, typed: Callable[[str], str]
) -> None:
    code = web.code()
    while code.replace("-", "").isalpha():  # one in twenty, which alone may be two words
        code = web.code()
    sender.sends(typed(code))
    assert sender.user_id == web.user_id


def test_the_wish_of_the_page_and_its_days_go_on_in_the_chat(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends("hello")
    web.wishes(locations=["Đà Lạt"])
    assert "Did you open it" in sender.hears(f"code {web.code()}")  # an account takes messages away
    sender.sends("yes")
    with unit_of_work() as unit:
        assert load_interests(unit.connection, sender.user_id).locations == ["Đà Lạt"]
    assert "You are connected" not in sender.hears("more")
    assert consents(db, web.user_id)[0] == ("conversation", True, "chat")  # said hello before


def test_a_number_that_has_something_of_its_own_is_asked_first(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends("3 days in Sa Pa")
    own = sender.user_id
    said = sender.sends(f"code {web.code()}")
    assert labels(said) == {"join_yes", "join_no"}
    assert "Firefox on Android" in said[-1]["body"]
    assert sender.user_id == own
    answered = sender.taps("join_yes")
    assert "You are connected" in answered
    assert sender.user_id == web.user_id
    assert rows(db, "select from users where id = %s", own) == []


def test_merging_keeps_what_both_have(db: Connection, web: Page, sender: Sender) -> None:
    sender.sends("3 days in Sa Pa")
    sender.sends("save 1")
    shown = rows(db, "select from recommendations where user_id = %s", sender.user_id)
    sender.sends(f"code {web.code('monthly')}")
    sender.hears("yes")
    saved = rows(db, "select from saved_tours where user_id = %s", web.user_id)
    assert len(saved) == 1
    kept = rows(db, "select from recommendations where user_id = %s", web.user_id)
    assert len(kept) >= len(shown) > 0
    assert rows(db, "select rhythm from push_schedules") == [{"rhythm": "monthly"}]
    with unit_of_work() as unit:
        assert load_interests(unit.connection, web.user_id).locations == ["Sa Pa"]


@pytest.mark.parametrize("how", ["join_no", "no", "No, not me"])
def test_who_says_no_is_left_alone_and_the_code_is_gone(
    web: Page, sender: Sender, how: str
) -> None:
    sender.sends("3 days in Sa Pa")
    own, code = sender.user_id, web.code()
    sender.sends(f"code {code}")
    answered = sender.taps(how) if how == "join_no" else sender.hears(how)
    assert "nothing has been connected" in answered
    assert sender.user_id == own
    assert "cannot use that code" in sender.hears(f"code {code}")
    assert "no longer open" in sender.taps("join_yes")
    assert sender.user_id == own


def test_a_yes_that_comes_too_late_connects_nothing(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends("3 days in Sa Pa")
    sender.sends(f"code {web.code()}")
    db.execute(
        """update conversations set state = jsonb_set(state, '{held,until}',
               to_jsonb((now() - interval '1 second')::text)) where user_id = %s""",
        [sender.user_id],
    )
    assert "no longer open" in sender.taps("join_yes")
    assert sender.user_id != web.user_id


def test_who_was_connected_by_somebody_else_parts_again(
    db: Connection, web: Page, sender: Sender
) -> None:
    web.wishes(locations=["Huế"])
    sender.sends(f"code {web.code('weekly')}")
    db.execute("update sessions set method = 'whatsapp'")
    assert "Disconnected" in sender.taps("disconnect")
    assert sender.user_id != web.user_id
    assert rows(db, "select method from sessions") == [{"method": "guest"}]
    assert actions(db, web.user_id) == ["whatsapp.left", "whatsapp.joined"]
    with unit_of_work() as unit:
        assert load_interests(unit.connection, sender.user_id).is_empty()
        assert load_interests(unit.connection, web.user_id).locations == ["Huế"]
    assert "not connected" in sender.hears("Disconnect")


def test_both_addresses_of_one_person_part_together(web: Page, sender: Sender) -> None:
    sender.sends(f"code {web.code()}", ExternalUserId="VN.1A2B3C4D")
    sender.hears("disconnect", ExternalUserId="VN.1A2B3C4D")
    sender.sends("hello", ExternalUserId="VN.1A2B3C4D")
    assert sender.user_id != web.user_id


def test_a_number_leaves_an_account_that_can_do_without_it(
    db: Connection, web: Page, sender: Sender
) -> None:
    old = open_page()
    sender.sends(f"code {old.code()}")
    db.execute(
        "insert into login_methods (user_id, provider, subject_index) values (%s, 'facebook', %s)",
        [old.user_id, b"s" * 32],
    )
    sender.sends("3 days in Sa Pa")
    asked = sender.hears(f"code {web.code()}")
    assert "leaves the account" in asked
    sender.taps("join_yes")
    assert sender.user_id == web.user_id
    with unit_of_work() as unit:
        assert load_interests(unit.connection, old.user_id).locations == ["Sa Pa"]
    assert actions(db, old.user_id)[0] == "whatsapp.left"


def test_a_code_cannot_take_a_number_of_the_team(db: Connection, web: Page, sender: Sender) -> None:
    sender.sends("hello")
    db.execute("update users set role = 'admin' where id = %s", [sender.user_id])
    assert "member of the team" in sender.hears(f"code {web.code()}")
    assert sender.user_id != web.user_id


def test_a_second_code_of_the_same_account_stores_what_is_new(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends(f"code {web.code()}")
    assert "already" in sender.hears(f"code {web.code('daily')}")
    assert rows(db, "select rhythm from push_schedules") == [{"rhythm": "daily"}]


def test_a_message_that_was_sent_twice_is_told_that_all_is_well(web: Page, sender: Sender) -> None:
    text = f"Please connect my WhatsApp. Code {web.code()}"
    sender.sends(text)
    assert "connected with your web account already" in sender.hears(text)


def test_a_wrong_code_is_answered_alike_whatever_is_wrong_with_it(
    db: Connection, web: Page, sender: Sender, another: Sender
) -> None:
    code = web.code()
    unknown = sender.hears("code AAAA-2222")
    db.execute("update one_time_codes set expires_at = now() - interval '1 second'")
    expired = sender.hears(f"code {code}")
    used_code = web.code()
    another.sends(f"code {used_code}")
    used = sender.hears(f"code {used_code}")
    assert unknown.endswith(expired)  # it began with who we are
    assert expired == used
    assert f"{settings().public_base_url}/join" in expired
    assert sender.user_id != web.user_id


def test_nobody_guesses_more_than_five_times_an_hour(web: Page, sender: Sender) -> None:
    for _ in range(5):
        assert "cannot use" in sender.hears("code AAAA-2222")
    assert "many codes" in sender.hears(f"code {web.code()}")
    assert sender.user_id != web.user_id


def test_what_is_no_code_is_for_the_conversation(web: Page, sender: Sender) -> None:
    sender.sends("hello")
    for text in ("homestay", "sapa 2026", "1500-2000 USD", "four-star hotels in Huế"):
        assert "code" not in sender.hears(text)
    assert "cannot use" not in sender.hears(f"> code {web.code()}\nwhat is that?")
    assert sender.user_id != web.user_id


def test_a_code_that_was_heard_is_none(db: Connection, web: Page, sender: Sender) -> None:
    sender.sends("hello")
    spoken = Incoming(text=f"code {web.code()}", spoken=True)
    heard = Waiting(
        id=1,
        identity_id=sender.identity,
        user_id=sender.user_id,
        language="en",
        opted_out=False,
        provider="twilio",
        provider_sid="SM1",
        payload={},
        transcript=spoken.text,
        hearings=1,
        attempts=0,
    )
    with unit_of_work() as unit:
        assert answer(unit.connection, heard, spoken) is None


def test_silence_is_kept_until_start(db: Connection, web: Page, sender: Sender) -> None:
    sender.sends("hello")
    sender.sends("STOP")
    code = web.code()
    assert "Write START" in sender.hears(f"code {code}")
    assert sender.user_id != web.user_id
    assert sender.hears("code AAAA-2222") == ""
    sender.sends("START")
    sender.sends(f"code {code}")
    sender.sends("yes")
    assert sender.user_id == web.user_id


def test_who_stopped_on_one_number_begins_again_with_another(
    db: Connection, web: Page, sender: Sender, another: Sender
) -> None:
    sender.sends(f"code {web.code()}")
    sender.sends("STOP")
    said = another.sends(f"code {web.code()}")
    assert another.user_id == web.user_id
    [shown] = rows(
        db,
        """select text_shown from consents where user_id = %s and kind = 'conversation'
            order by id desc limit 1""",
        web.user_id,
    )
    assert "stopped all messages" in shown["text_shown"]
    assert len(said) > 1


def test_a_person_who_has_the_talk_keeps_it(db: Connection, web: Page, sender: Sender) -> None:
    sender.sends("talk to a person")
    sender.sends(f"code {web.code()}")
    said = sender.sends("tapped", ButtonPayload="join_yes", ButtonText="tapped")
    assert len(said) == 1
    assert State.read(_state(db, web.user_id)).handed_over
    assert len(rows(db, "select from handovers where user_id = %s", web.user_id)) == 1


def test_of_two_numbers_with_one_code_one_wins(
    db: Connection, web: Page, sender: Sender, another: Sender
) -> None:
    text = f"code {web.code()}"
    for each in (sender, another):
        each.delivers(text)

    def answered(each: Sender) -> None:
        with suppress(RetryLaterError):
            each.is_answered()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(answered, (sender, another)))
    for each in (sender, another):
        db.execute("update inbound_messages set not_before = now()")
        each.is_answered()
    assert [sender.user_id, another.user_id].count(web.user_id) == 1
    assert actions(db, web.user_id) == ["whatsapp.joined"]


def test_a_failure_in_the_middle_leaves_the_code_unspent(
    db: Connection, web: Page, sender: Sender
) -> None:
    web.wishes(locations=["Sa Pa"])
    sender.delivers(f"code {web.code()}")
    db.execute("alter table consents add constraint broken check (channel <> 'web+whatsapp')")
    sender_answers_once(sender)
    assert sender.user_id != web.user_id
    db.execute("alter table consents drop constraint broken")
    db.execute("update inbound_messages set not_before = now()")
    sender.is_answered()
    assert sender.user_id == web.user_id
    assert actions(db, web.user_id) == ["whatsapp.joined"]


def sender_answers_once(sender: Sender) -> None:
    with pytest.raises(RetryLaterError):
        sender.is_answered()


def test_who_is_being_deleted_is_connected_with_nothing(
    db: Connection, web: Page, sender: Sender
) -> None:
    sender.sends("hello")
    db.execute("update users set erase_requested_at = now() where id = %s", [sender.user_id])
    assert "being deleted" in sender.hears(f"code {web.code()}")
    db.execute("update users set erase_requested_at = null")
    db.execute("update users set erase_requested_at = now() where id = %s", [web.user_id])
    assert "cannot use" in sender.hears(f"code {web.code()}")


@pytest.mark.parametrize(
    "words",
    ["Please send me a link to sign in", "sign in", "Login!", "đăng nhập", "dang nhap",
     "Vui lòng gửi cho tôi đường dẫn đăng nhập"],
)  # fmt: skip
def test_a_link_to_sign_in_comes_when_it_is_asked_for(
    db: Connection, sender: Sender, words: str
) -> None:
    said = sender.sends(words)
    [link] = [each["link"] for each in said if each.get("link")]
    assert link.startswith(f"{settings().public_base_url}/login/link/")
    token = link.rsplit("/", 1)[1]
    with unit_of_work() as unit:
        used = redeem(unit.connection, Purpose.SIGN_IN, token)
        again = redeem(unit.connection, Purpose.SIGN_IN, token)
    assert used is not None
    assert used.user_id == sender.user_id
    assert again is None


def test_links_are_not_handed_out_without_end(db: Connection, sender: Sender) -> None:
    for _ in range(3):
        assert "/login/link/" in sender.hears("sign in")
    assert "newest one" in sender.hears("sign in")
    assert len(rows(db, "select from one_time_codes where purpose = 'sign_in'")) == 3


def test_who_wants_silence_gets_no_link(db: Connection, sender: Sender) -> None:
    sender.sends("hello")
    sender.sends("STOP")
    assert "Write START" in sender.hears("sign in")
    assert rows(db, "select from one_time_codes") == []


def test_who_somebody_is_and_how_they_sign_in_goes_with_them_when_two_are_one(
    db: Connection, database_url: str
) -> None:
    keep, drop = open_page(), open_page()
    db.execute(
        """update users set role = 'operator', name_encrypted = 'n', email_encrypted = 'e',
                  email_index = %s where id = %s""",
        [b"i" * 32, drop.user_id],
    )
    db.execute(
        "insert into login_methods (user_id, provider, subject_index) values (%s, 'facebook', %s)",
        [drop.user_id, b"s" * 32],
    )
    for token, page in (("kept", drop), ("lost", keep)):
        db.execute(
            """insert into tracked_links (token, user_id, package_id)
               select %s, %s, min(id) from travel_packages""",
            [token, page.user_id],
        )
    code = drop.code()
    with unit_of_work() as unit:
        merge_users(unit.connection, keep.user_id, drop.user_id)
    [person] = rows(db, "select id, role, email_index, name_encrypted from users")
    assert person == {
        "id": keep.user_id, "role": "operator", "email_index": b"i" * 32, "name_encrypted": b"n",
    }  # fmt: skip
    assert rows(db, "select token from tracked_links") == [{"token": "kept"}]
    assert {row["user_id"] for row in rows(db, "select user_id from sessions")} == {keep.user_id}
    assert len(rows(db, "select from login_methods where user_id = %s", keep.user_id)) == 1
    with unit_of_work() as unit:
        found = peek(unit.connection, Purpose.JOIN, code)
    assert found is not None
    assert found.user_id == keep.user_id


def test_of_two_addresses_of_electronic_mail_the_one_who_stays_keeps_theirs(
    db: Connection, database_url: str
) -> None:
    keep, drop = open_page(), open_page()
    for sign, page in ((b"k", keep), (b"d", drop)):
        db.execute(
            "update users set email_encrypted = %s, email_index = %s where id = %s",
            [sign, sign * 32, page.user_id],
        )
    with unit_of_work() as unit:
        merge_users(unit.connection, keep.user_id, drop.user_id)
    [person] = rows(db, "select email_encrypted, email_index from users")
    assert person == {"email_encrypted": b"k", "email_index": b"k" * 32}


def test_both_addresses_of_a_message_are_known_whoever_brought_it() -> None:
    body = {
        "entry": [{"changes": [{"field": "messages", "value": {
            "metadata": {"phone_number_id": "1"},
            "contacts": [{"wa_id": "84901234567", "user_id": "VN.1A2B3C4D"}],
            "messages": [{"id": "wamid.1", "from": "84901234567", "type": "text",
                          "text": {"body": "hello"}}],
        }}]}]
    }  # fmt: skip
    [received] = updates(body, None).messages
    assert addresses_of("meta", received.payload) == [PHONE, "VN.1A2B3C4D"]
    kept = message(1, PHONE, ExternalUserId="VN.1A2B3C4D").payload
    assert addresses_of("twilio", kept) == [PHONE, "VN.1A2B3C4D"]
    assert addresses_of("twilio", message(1, PHONE).payload) == [PHONE]
