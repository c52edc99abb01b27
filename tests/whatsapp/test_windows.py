"""The 24-hour window, judged at the moment of sending: what goes out, what waits, what is lost."""

import pytest

from core.database import Connection, unit_of_work
from core.errors import RetryLaterError
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.house import Phone, Simulator
from tests.whatsapp.sending import (
    approve,
    bodies,
    outbox,
    pass_time,
    queue,
    queue_content,
    report,
    shut_window,
    suggestions,
)
from whatsapp.outbox import delivery, upkeep
from whatsapp.outbox.schemas import BULK
from whatsapp.schemas import Content, TemplateUse
from whatsapp.twilio.channel import TwilioChannel

EN = "The answer to your question to Travel Buddy is ready. Tap “Show” to read it."
VI = "Câu trả lời của Travel Buddy cho câu hỏi của bạn đã sẵn sàng. Mời bạn bấm “Xem” để đọc."


def buttons(phone: Phone) -> list[list[str]]:
    return [[button["id"] for button in shown["buttons"]] for shown in phone.received()]


def test_the_template_goes_out_when_the_window_closes_between_queueing_and_sending(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    queue(identity, "one", "two")
    db.execute("update channel_identities set last_inbound_at = now() - interval '23 h 56 min'")
    delivery.deliver(identity, channel)
    assert bodies(phone) == [EN]
    assert buttons(phone) == [["continue"]]
    assert [status for status, _ in outbox(db)][:2] == ["held", "held"]


def test_what_was_held_goes_out_in_order_when_the_traveller_writes(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    queue(identity, "one", "two")
    shut_window(db)
    delivery.deliver(identity, channel)
    receive(message(2, phone.number))
    queue(identity, "the answer to what they wrote")
    delivery.deliver(identity, channel)
    assert bodies(phone)[1:] == ["one", "two", "the answer to what they wrote"]


def test_what_was_held_follows_the_traveller_to_the_address_that_they_write_from(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    queue(identity, "one")
    shut_window(db)
    delivery.deliver(identity, channel)
    other = receive(message(3, "VN.9Z8Y7X6W5V", ExternalUserId=phone.number))
    assert other is not None
    assert other != identity
    queue(other, "two")
    delivery.deliver(other, channel)
    rows = db.execute(
        "select identity_id from outbound_messages where content ->> 'body' = 'one'"
    ).fetchall()
    assert rows == [{"identity_id": other}]


def test_there_are_never_two_templates_in_one_gap(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    for body in ("one", "two", "three"):
        queue(identity, body)
        delivery.deliver(identity, channel)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert bodies(phone) == [EN]
    receive(message(2, phone.number))
    delivery.deliver(identity, channel)
    assert bodies(phone) == [EN, "one", "two", "three", "Sa Pa by train"]
    shut_window(db)
    pass_time(db, 25 * 3600)
    queue(identity, "four")
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == EN  # another gap


def test_the_word_that_an_answer_waits_is_not_sent_when_the_traveller_is_quicker(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue(identity, "one")
    simulator.fail_next(count=1, http_status=503, code=20503)
    with pytest.raises(RetryLaterError):
        delivery.deliver(identity, channel)
    receive(message(2, phone.number))
    pass_time(db, 100)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]
    assert outbox(db)[1] == ("cancelled", None)


def test_a_vietnamese_traveller_gets_the_vietnamese_template(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    db.execute("update users set language = 'vi'")
    queue(identity, "một")
    shut_window(db)
    delivery.deliver(identity, channel)
    assert bodies(phone) == [VI]


def test_english_stands_in_where_a_language_is_not_approved(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    db.execute("update users set language = 'vi'")
    db.execute("update templates set approval = 'rejected' where language = 'vi'")
    queue(identity, "một")
    shut_window(db)
    delivery.deliver(identity, channel)
    assert bodies(phone) == [EN]


def test_without_an_approved_template_nothing_is_sent_and_the_message_is_set_aside(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one", "two")
    shut_window(db)
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("failed", "63016")] * 2
    assert db.execute("select count(*) as n from message_events").fetchall() == [{"n": 2}]


def test_suggestions_go_out_as_their_own_template_in_place_of_themselves(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue_content(identity, suggestions("vi"), priority=BULK)
    delivery.deliver(identity, channel)
    (shown,) = phone.received()
    assert shown["body"].startswith("Chào bạn, Lotus Tours vừa tìm được")
    assert "“Sa Pa by train”" in shown["body"]
    assert "DỪNG" in shown["body"]
    assert buttons(phone) == [["more", "stop"]]
    receive(message(2, phone.number))
    delivery.deliver(identity, channel)
    assert len(phone.received()) == 1


def test_the_other_parts_of_suggestions_go_where_the_template_stood_in_for_the_first(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue_content(identity, suggestions(), priority=BULK)
    queue(identity, "another part", priority=BULK)
    delivery.deliver(identity, channel)
    assert len(phone.received()) == 1
    assert outbox(db)[1] == ("cancelled", "63016")


def test_suggestions_whose_template_is_not_approved_are_no_occasion_for_another(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel, "answer_ready")
    shut_window(db)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("failed", "63016")]


def test_in_the_open_window_suggestions_go_out_as_they_are(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["Sa Pa by train"]


def test_next_weeks_suggestions_may_follow_unanswered_ones(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    db.execute("update channel_identities set last_inbound_at = now() - interval '9 days'")
    pass_time(db, 7 * 86_400)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert len(phone.received()) == 2


def test_what_a_person_wrote_follows_the_word_of_it(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    use = TemplateUse(name="reply_from_staff", language="en", variables=["Lotus Tours"])
    queue_content(identity, Content(body="Yes, lunch is included.", template=use))
    delivery.deliver(identity, channel)
    assert bodies(phone) == [
        "Somebody from the Lotus Tours team has replied to you. Tap “Read” to see the message."
    ]
    receive(message(2, phone.number))
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == "Yes, lunch is included."


def test_no_marketing_template_goes_to_north_america(
    simulator: Simulator, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    phone = Phone(simulator, "+12025550143")
    phone.says("hi")
    identity = receive(message(7, phone.number))
    assert identity is not None
    shut_window(db)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("cancelled", "no-marketing")]


def test_what_is_held_for_a_week_is_set_aside_and_old_suggestions_are_dropped(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue(identity, "one")
    delivery.deliver(identity, channel)
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    db.execute("update outbound_messages set created_at = created_at - interval '6 days 23 h'")
    tidy()
    assert [status for status, _ in outbox(db)].count("held") == 2
    db.execute("update outbound_messages set created_at = created_at - interval '2 h'")
    tidy()
    assert outbox(db)[0] == ("failed", "63016")
    assert outbox(db)[2] == ("cancelled", "63016")


def tidy() -> None:
    with unit_of_work() as unit:
        upkeep.tidy(unit.connection)


def test_suggestions_that_come_too_late_are_not_sent(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    late = queue_content(identity, Content(body="this morning's"), priority=BULK)
    db.execute("update outbound_messages set not_after = now() - interval '1 min'")
    queue(identity, "one")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]
    assert outbox(db)[0] == ("cancelled", "too-late")
    assert late


def test_a_template_filled_in_with_several_lines_is_made_one_and_with_nothing_is_set_aside(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    use = TemplateUse(
        name="recommendations", language="en", variables=["Lotus", "Two\nlines     x"]
    )
    queue_content(identity, Content(body="x", template=use), priority=BULK)
    delivery.deliver(identity, channel)
    assert "“Two lines x”" in bodies(phone)[0]
    empty = use.model_copy(update={"variables": ["Lotus", " "]})
    queue_content(identity, Content(body="x", template=empty), priority=BULK)
    delivery.deliver(identity, channel)
    assert outbox(db)[-1] == ("failed", "invalid")


def test_a_template_in_doubt_is_looked_up_and_never_sent_twice(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    queue_content(identity, suggestions(), priority=BULK)
    simulator.hold_next(3)
    delivery.deliver(identity, channel)
    assert len(phone.received()) == 1
    assert outbox(db)[0][0] in {"accepted", "queued", "sent", "delivered", "read"}


def test_a_failed_template_does_not_count_as_one_of_the_gap(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    shut_window(db)
    first = queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    report(first, "failed", "63032")
    queue(identity, "one")
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == EN
