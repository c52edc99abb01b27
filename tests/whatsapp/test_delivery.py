"""The outbox against a real server: in order, exactly once, and only where it is allowed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conversation.schemas import Choice, Outgoing
from core.database import Connection, unit_of_work
from core.errors import ConfigurationError, RetryLaterError
from core.settings import settings
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.house import Phone, Simulator
from tests.whatsapp.sending import bodies, outbox, pass_time, queue
from whatsapp import service, tasks
from whatsapp.outbox import delivery, repository, upkeep
from whatsapp.outbox.limits import limiter
from whatsapp.outbox.schemas import BULK, REPLY
from whatsapp.outbox.standing import repository as standing
from whatsapp.schemas import StatusChange
from whatsapp.twilio.channel import TwilioChannel

BUTTONS = [Choice(id="a", label="More"), Choice(id="b", label="Help")]


def test_messages_arrive_in_order_and_once(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, *[f"part {number}" for number in range(8)])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: delivery.deliver(identity, channel), range(4)))
    delivery.deliver(identity, channel)
    assert bodies(phone) == [f"part {number}" for number in range(8)]
    assert {status for status, _ in outbox(db)} == {"queued"}


def test_buttons_lists_and_pictures_look_as_meant(
    identity: int, phone: Phone, channel: TwilioChannel
) -> None:
    rows = [Choice(id=f"row-{n}", label=f"Tour {n}", description="Đi thuyền") for n in range(7)]
    queue(
        identity,
        "Two lines\nof text",
        Outgoing(body="What next?", choices=BUTTONS),
        Outgoing(body="Seven tours", choices=rows, choices_title="Xem các tour"),
        Outgoing(body="A bay", image_url="https://bot.example/bay.jpg"),
    )
    delivery.deliver(identity, channel)
    text, buttons, picker, picture = phone.received()
    assert text["body"] == "Two lines\nof text"
    assert [button["id"] for button in buttons["buttons"]] == ["a", "b"]
    assert buttons["body"] == "What next?"
    assert picker["list"]["button"] == "Xem các tour"
    assert [row["description"] for row in picker["list"]["rows"]] == ["Đi thuyền"] * 7
    assert picture["media"][0]["url"] == "https://bot.example/bay.jpg"


def test_while_the_number_is_asked_to_slow_down_nothing_is_tried_and_no_attempt_is_lost(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one")
    limiter().hold(30)
    with pytest.raises(RetryLaterError) as caught:
        delivery.deliver(identity, channel)
    assert caught.value.after_s is not None
    assert caught.value.after_s > 25
    row = db.execute("select status, attempts from outbound_messages").fetchone()
    assert row == {"status": "pending", "attempts": 0}
    pass_time(db, 60)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]


def test_an_account_that_is_not_let_in_costs_no_message(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection,
    configured: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    queue(identity, "one")

    def not_let_in(*_: object) -> None:
        raise ConfigurationError("the account is not let in")

    with configured.context() as patch:
        patch.setattr(channel, "send", not_let_in)
        with pytest.raises(RetryLaterError):
            delivery.deliver(identity, channel)
    assert outbox(db) == [("pending", None)]
    pass_time(db, 600)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]


@pytest.mark.parametrize(
    ("fault", "at_least_s"),
    [
        ({"http_status": 429, "code": 20429}, 0.5),
        ({"http_status": 429, "code": 63018, "retry_after": 7}, 6.5),
        ({"http_status": 500, "code": 20500}, 0.5),
        ({"http_status": 503, "code": 20503, "retry_after": 3}, 2.5),
        ({"http_status": 400, "code": 63018}, 0.5),
    ],
)
def test_a_busy_provider_is_tried_again_as_late_as_it_asks(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    fault: dict[str, int], at_least_s: float,
) -> None:  # fmt: skip
    queue(identity, "one", "two")
    simulator.fail_next(count=1, **fault)
    with pytest.raises(RetryLaterError) as caught:
        delivery.deliver(identity, channel)
    assert caught.value.after_s is not None
    assert caught.value.after_s > at_least_s
    assert bodies(phone) == []  # nor does the second overtake
    pass_time(db, 60)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one", "two"]


def test_a_provider_that_never_recovers_is_given_up_and_the_next_message_goes_on(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    queue(identity, "one", "two")
    simulator.fail_next(count=4, http_status=500, code=20500)
    for _ in range(3):
        with pytest.raises(RetryLaterError):
            delivery.deliver(identity, channel)
        pass_time(db, 1000)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["two"]
    status, code = outbox(db)[0]
    assert status == "failed"
    assert code in {"20500", "500", "gave-up"}


def test_a_server_that_is_not_there_costs_no_message(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection,
    configured: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    queue(identity, "one")
    http = channel._client.http_client
    with configured.context() as patch:
        patch.setattr(http, "_base_url", "http://127.0.0.1:1")
        with pytest.raises(RetryLaterError):
            delivery.deliver(identity, channel)
    assert outbox(db) == [("pending", None)]
    pass_time(db, 60)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]


def test_outside_the_window_nothing_is_sent_and_the_reason_is_kept(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one", "two")
    db.execute("update channel_identities set last_inbound_at = now() - interval '23 h 56 min'")
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("failed", "63016")] * 2
    assert db.execute("select count(*) as n from message_events").fetchall() == [{"n": 2}]


def test_a_new_message_from_the_traveller_opens_the_window_again(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    db.execute("update channel_identities set last_inbound_at = now() - interval '2 days'")
    receive(message(2, phone.number))
    queue(identity, "one")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]


def opt_out(db: Connection) -> None:
    db.execute(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           select id, 'conversation', false, 'stop', '1', 'whatsapp' from users"""
    )


def test_whoever_opted_out_gets_nothing_that_was_queued_before_or_on_a_schedule(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "queued before", reply_to=1)
    opt_out(db)
    queue(identity, "a scheduled message")
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("cancelled", None)] * 2


def test_the_words_that_confirm_an_opt_out_still_go_out(
    identity: int, phone: Phone, channel: TwilioChannel
) -> None:
    with unit_of_work() as unit:
        standing.record_refusal(unit.connection, 1, "conversation", "stop")
        repository.add_outbound(unit.connection, identity, 1, [{"body": "You will hear no more."}])
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["You will hear no more."]


def test_an_opt_out_that_the_provider_reports_is_mirrored_and_stops_the_rest(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    queue(identity, "one", "two")
    simulator.fail_next(count=1, http_status=400, code=21610)
    delivery.deliver(identity, channel)
    assert bodies(phone) == []
    assert outbox(db) == [("failed", "21610"), ("cancelled", None)]
    assert db.execute("select granted from consents").fetchall() == [{"granted": False}]


@pytest.mark.parametrize("code", [21211, 21614, 63003, 63024])
def test_whoever_cannot_be_reached_is_left_alone_until_they_write(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    code: int,
) -> None:  # fmt: skip
    queue(identity, "one", "two")
    simulator.fail_next(count=1, http_status=400, code=code)
    delivery.deliver(identity, channel)
    assert outbox(db) == [("failed", str(code)), ("cancelled", None)]
    receive(message(2, phone.number))
    queue(identity, "three")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["three"]


def test_words_whose_picture_is_broken_arrive_alone_and_once(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    queue(identity, Outgoing(body="A bay", image_url="https://bot.example/gone.jpg"))
    simulator.fail_next(count=1, http_status=400, code=21620)
    delivery.deliver(identity, channel)
    (shown,) = phone.received()
    assert (shown["body"], shown["media"]) == ("A bay", [])
    row = db.execute("select max(id) as id from outbound_messages").fetchone()
    assert row is not None
    with unit_of_work() as unit:
        service.record_status(
            unit.connection, StatusChange(row["id"], shown["sid"], "failed", "63019")
        )
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["A bay"]


def test_a_picture_that_breaks_later_is_replaced_by_its_words_once(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, Outgoing(body="A bay", image_url="https://bot.example/gone.jpg"))
    delivery.deliver(identity, channel)
    row = db.execute("select id, provider_sid from outbound_messages").fetchone()
    assert row is not None
    change = StatusChange(row["id"], row["provider_sid"], "failed", "63019")
    for _ in range(2):
        with unit_of_work() as unit:
            service.record_status(unit.connection, change)
    delivery.deliver(identity, channel)
    assert [(shown["body"], len(shown["media"])) for shown in phone.received()] == [
        ("A bay", 1), ("A bay", 0),
    ]  # fmt: skip


def test_a_message_beyond_the_limits_never_reaches_the_wire(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    with unit_of_work() as unit:
        repository.add_outbound(
            unit.connection, identity, None, [{"body": "x" * 1601}, {"body": "fine"}]
        )
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["fine"]
    assert outbox(db)[0] == ("failed", "invalid")


def test_the_typing_indicator_shows_until_the_answer_comes(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator
) -> None:
    channel.typing(phone.says("are you there?"))
    assert simulator.call("GET", f"/phones/{phone.number}")["typing"]
    queue(identity, "yes")
    delivery.deliver(identity, channel)
    assert not simulator.call("GET", f"/phones/{phone.number}")["typing"]


def test_without_redis_messages_go_out_all_the_same(
    identity: int, phone: Phone, channel: TwilioChannel, configured: pytest.MonkeyPatch
) -> None:
    queue(identity, "one", "two")
    configured.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    limiter.cache_clear()
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one", "two"]


def test_a_job_leaves_what_has_long_to_wait_to_the_sweep(
    identity: int, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "one")
    db.execute("update outbound_messages set not_before = now() + interval '1 min'")
    tasks.deliver.run(identity)
    with unit_of_work() as unit:
        assert upkeep.overdue(unit.connection, 5, 10) == []
    pass_time(db, 120)
    with unit_of_work() as unit:
        assert upkeep.overdue(unit.connection, 5, 10) == [(identity, REPLY)]


def test_replies_go_before_bulk_that_was_queued_earlier(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    queue(identity, "suggestions", priority=BULK)
    queue(identity, "the answer")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["the answer", "suggestions"]
