"""Every refusal that a provider can give, at once or later, has the effect that it asks for."""

import pytest

from conversation.schemas import Choice, Outgoing
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
    suggestions,
)  # fmt: skip
from whatsapp.outbox import delivery, refusals, upkeep
from whatsapp.outbox.refusals import Action, Refusal, action_for, next_try_s
from whatsapp.outbox.schemas import BULK
from whatsapp.twilio.channel import TwilioChannel

DAY_S = 86_400


@pytest.fixture
def schedule(identity: int, db: Connection) -> None:
    """The traveller has asked for suggestions every week."""
    db.execute("insert into push_schedules (user_id, rhythm) select id, 'weekly' from users")


def scheduled(db: Connection) -> tuple[bool, str, bool]:
    """Whether suggestions go on, how often, and whether they pause."""
    row = db.execute(
        "select active, rhythm, coalesce(paused_until > now(), false) as paused from push_schedules"
    ).fetchone()
    assert row is not None
    return row["active"], row["rhythm"], row["paused"]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("429", Action.SLOW_DOWN), ("20429", Action.SLOW_DOWN), ("63018", Action.SLOW_DOWN),
        ("130429", Action.SLOW_DOWN), ("131056", Action.SLOW_DOWN_FOR_ONE),
        ("63016", Action.USE_TEMPLATE), ("131047", Action.USE_TEMPLATE),
        ("63003", Action.LEAVE_ALONE), ("63024", Action.LEAVE_ALONE),
        ("21211", Action.LEAVE_ALONE), ("21614", Action.LEAVE_ALONE),
        ("131026", Action.LEAVE_ALONE),
        ("21610", Action.MIRROR_OPT_OUT), ("131050", Action.MIRROR_OPT_OUT),
        ("63049", Action.PUSH_LESS), ("131049", Action.PUSH_LESS),
        ("63032", Action.SKIP), ("130472", Action.SKIP), ("63033", Action.STOP_PUSHES),
        ("63013", Action.PAUSE_TEMPLATE), ("63021", Action.PAUSE_TEMPLATE),
        ("63027", Action.PAUSE_TEMPLATE), ("63028", Action.PAUSE_TEMPLATE),
        ("63040", Action.PAUSE_TEMPLATE), ("63041", Action.PAUSE_TEMPLATE),
        ("63042", Action.PAUSE_TEMPLATE),
        ("63051", Action.HALT), ("131031", Action.HALT), ("368", Action.HALT),
        ("63009", Action.TRY_AGAIN), ("63010", Action.TRY_AGAIN), ("63012", Action.TRY_AGAIN),
        ("63023", Action.TRY_AGAIN), ("500", Action.TRY_AGAIN), ("503", Action.TRY_AGAIN),
        ("20003", Action.WAIT), ("63007", Action.WAIT), ("190", Action.WAIT),
        ("99999", Action.GIVE_UP), (None, Action.GIVE_UP),
    ],
)  # fmt: skip
def test_each_code_has_one_meaning_whichever_provider_gives_it(
    code: str | None, action: Action
) -> None:
    assert action_for(Refusal(code)) is action


def test_a_code_that_nobody_knows_is_tried_again_only_where_the_channel_says_that_it_may_pass() -> (
    None
):
    assert action_for(Refusal("88888", may_pass=True)) is Action.TRY_AGAIN
    assert action_for(Refusal(None, may_pass=True)) is Action.WAIT


def test_a_fault_of_the_vendor_is_tried_three_times_over_several_minutes() -> None:
    waits = [next_try_s(Action.TRY_AGAIN, attempt) for attempt in range(1, 5)]
    assert waits[3] is None
    assert sum(wait for wait in waits if wait is not None) > 200


def test_who_sends_too_fast_waits_four_times_as_long_each_time_and_as_long_as_asked() -> None:
    waits = [next_try_s(Action.SLOW_DOWN, attempt) or 0.0 for attempt in range(1, 5)]
    for wait, meant in zip(waits, (1, 4, 16, 64), strict=True):
        assert 0.8 * meant <= wait <= 1.2 * meant
    assert next_try_s(Action.SLOW_DOWN, 1, after_s=30) == 30
    assert next_try_s(Action.SLOW_DOWN, refusals.MOST_ATTEMPTS) is None


def test_waits_are_not_all_the_same() -> None:
    assert len({next_try_s(Action.SLOW_DOWN, 3) for _ in range(20)}) > 10


@pytest.mark.parametrize("code", ["63018", "63009", "131056", "63051"])
def test_what_failed_later_and_may_be_tried_again_is_queued_anew_once_for_each_attempt(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection, code: str
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    for _ in range(3):  # the callback comes three times
        report(first, "failed", code)
    rows = db.execute(
        "select status, error_code, copy_of, attempts from outbound_messages order by id"
    ).fetchall()
    assert [(row["status"], row["error_code"], row["copy_of"]) for row in rows] == [
        ("failed", code, None), ("pending", None, first),
    ]  # fmt: skip
    assert rows[1]["attempts"] == 1
    with unit_of_work() as unit:
        upkeep.resume(unit.connection)
    pass_time(db, 1000)
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one", "one"]


def test_a_message_that_fails_later_again_and_again_is_given_up_at_last(
    identity: int, channel: TwilioChannel, db: Connection
) -> None:
    (last,) = queue(identity, "one")
    for _ in range(4):
        delivery.deliver(identity, channel)
        report(last, "undelivered", "63010")
        pass_time(db, 1000)
        row = db.execute("select max(id) as id from outbound_messages").fetchone()
        assert row is not None
        last = row["id"]
    assert outbox(db) == [("undelivered", "63010")] * 4


def test_a_message_is_handed_over_as_a_template_when_the_channel_knows_better_than_our_clock(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    approve(channel)
    queue(identity, "the answer")
    simulator.fail_next(count=1, http_status=400, code=63016)
    delivery.deliver(identity, channel)
    (shown,) = phone.received()
    assert [button["id"] for button in shown["buttons"]] == ["continue"]
    receive(message(2, phone.number))
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == "the answer"


@pytest.mark.parametrize("later", [False, True])
def test_marketing_that_was_held_back_is_not_sent_again_and_becomes_rarer(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    schedule: None, later: bool,
) -> None:  # fmt: skip
    fail(identity, channel, simulator, 63049, later=later)
    assert scheduled(db) == (True, "fortnightly", True)
    assert ("cancelled", "63049") in outbox(db)
    assert ("pending", None) not in outbox(db)


def fail(
    identity: int, channel: TwilioChannel, simulator: Simulator, code: int, *, later: bool
) -> None:
    """Let the first of two suggestions fail with *code*, at once or by callback."""
    first, _ = queue(identity, "one", "two", priority=BULK)
    if not later:
        simulator.fail_next(count=1, http_status=400, code=code)
        delivery.deliver(identity, channel)
        return
    with unit_of_work() as unit:
        unit.connection.execute(
            "update outbound_messages set not_before = now() + interval '1 h' where id > %s",
            [first],
        )
    with pytest.raises(RetryLaterError):
        delivery.deliver(identity, channel)
    report(first, "failed", str(code))


@pytest.mark.parametrize("later", [False, True])
def test_whoever_blocked_us_gets_no_more_suggestions(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    schedule: None, later: bool,
) -> None:  # fmt: skip
    fail(identity, channel, simulator, 63033, later=later)
    assert scheduled(db)[0] is False
    consents = db.execute("select kind, granted from consents").fetchall()
    assert consents == [{"kind": "recommendations", "granted": False}]
    assert ("pending", None) not in outbox(db)


@pytest.mark.parametrize("later", [False, True])
def test_somebody_in_an_experiment_of_metas_is_passed_over_this_once(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    schedule: None, later: bool,
) -> None:  # fmt: skip
    fail(identity, channel, simulator, 63032, later=later)
    pass_time(db, DAY_S)
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == "two"
    assert outbox(db)[0] == ("failed", "63032")
    assert scheduled(db) == (True, "weekly", False)


def test_whose_suggestions_are_stuck_for_days_is_taken_for_unsubscribed(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection, schedule: None
) -> None:
    ids = queue(identity, "one", "two", "three", priority=BULK)
    delivery.deliver(identity, channel)
    for each in ids:
        report(each, "sent")
    with unit_of_work() as unit:
        upkeep.tidy(unit.connection)
    assert scheduled(db)[0] is True  # it is too early to tell
    db.execute("update channel_identities set last_inbound_at = now() - interval '9 days'")
    db.execute("update outbound_messages set claimed_at = now() - interval '4 days'")
    with unit_of_work() as unit:
        upkeep.tidy(unit.connection)
    assert scheduled(db)[0] is False


def test_whose_last_message_was_delivered_stays_subscribed(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection, schedule: None
) -> None:
    ids = queue(identity, "one", "two", "three", "four", priority=BULK)
    delivery.deliver(identity, channel)
    for each in ids:
        report(each, "sent")
    report(ids[-1], "delivered")
    db.execute("update channel_identities set last_inbound_at = now() - interval '9 days'")
    db.execute("update outbound_messages set claimed_at = now() - interval '4 days'")
    with unit_of_work() as unit:
        upkeep.tidy(unit.connection)
    assert scheduled(db)[0] is True


@pytest.mark.parametrize("later", [False, True])
def test_buttons_that_are_refused_for_their_form_arrive_as_numbered_words(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    later: bool,
) -> None:  # fmt: skip
    choices = [Choice(id="a", label="More"), Choice(id="b", label="Help")]
    (first,) = queue(identity, Outgoing(body="What next?", choices=choices))
    if later:
        delivery.deliver(identity, channel)
        report(first, "failed", "63021")
    else:
        simulator.fail_next(count=1, http_status=400, code=63013)
        delivery.deliver(identity, channel)
    delivery.deliver(identity, channel)
    assert bodies(phone)[-1] == "What next?\n1. More\n2. Help"


@pytest.mark.parametrize("later", [False, True])
def test_a_template_that_is_refused_for_its_form_is_used_no_more(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    later: bool,
) -> None:  # fmt: skip
    approve(channel)
    db.execute("update channel_identities set last_inbound_at = now() - interval '2 days'")
    first = queue_content(identity, suggestions(), priority=BULK)
    if not later:
        simulator.fail_next(count=1, http_status=400, code=63027)
    delivery.deliver(identity, channel)
    if later:
        report(first, "undelivered", "63027")
    assert outbox(db)[0][1] == "63027"
    queue_content(identity, suggestions(), priority=BULK)
    delivery.deliver(identity, channel)
    assert outbox(db)[1] == ("failed", "63016")
    rows = db.execute("select name, language from templates where paused_by_us").fetchall()
    assert rows == [{"name": "recommendations", "language": "en"}]


@pytest.mark.parametrize("later", [False, True])
def test_a_locked_account_stops_everything_until_somebody_resumes(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection,
    later: bool,
) -> None:  # fmt: skip
    (first,) = queue(identity, "one")
    if later:
        delivery.deliver(identity, channel)
        report(first, "failed", "63051")
    else:
        simulator.fail_next(count=1, http_status=400, code=63051)
        delivery.deliver(identity, channel)
    queue(identity, "two")
    pass_time(db, 1000)
    before = bodies(phone)
    for _ in range(2):
        delivery.deliver(identity, channel)
    assert bodies(phone) == before
    with unit_of_work() as unit:
        found = upkeep.overview(unit.connection)
        assert upkeep.overdue(unit.connection, 0, 10) == []
        assert upkeep.resume(unit.connection)
        assert not upkeep.resume(unit.connection)
    assert found.halt_code == "63051"
    delivery.deliver(identity, channel)
    assert bodies(phone)[len(before) :] == ["one", "two"]
