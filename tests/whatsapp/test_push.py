"""Suggestions on a schedule: to those who asked, when they are due, once, and never at night."""

import datetime as dt
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row

from core.database import Connection, pool, unit_of_work
from recommender import feedback
from recommender.schemas import Interests
from tests.whatsapp.conftest import message
from whatsapp.outbox.schemas import BULK
from whatsapp.push import repository, service
from whatsapp.push.calendar import Rhythm, zone_of
from whatsapp.push.schemas import Decision
from whatsapp.render import MAX_TEXT
from whatsapp.service import receive

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=HANOI)  # a Friday
DAY = dt.timedelta(days=1)
PHONE = "+84901234567"


@pytest.fixture
def db(catalogue: Connection) -> Connection:
    """A connection to a catalogue with tours; what a test does there is undone."""
    return catalogue


@pytest.fixture
def traveller(db: Connection) -> int:
    return subscribe(db, 1, PHONE)


@pytest.fixture
def committed(catalogue_url: str) -> Iterator[Connection]:
    """A connection to a database of this test alone, for what several do at once."""
    with psycopg.connect(catalogue_url, autocommit=True, row_factory=dict_row) as connection:
        register_vector(connection)
        yield connection


def subscribe(db: Connection, number: int, address: str, **schedule: object) -> int:
    """Let somebody agree to weekly suggestions about Sa Pa; they are due at once."""
    [identity] = receive(db, [message(number, address)])
    row = db.execute("select user_id from channel_identities where id = %s", [identity]).fetchone()
    assert row is not None
    user_id = int(row["user_id"])
    agree(db, user_id, "conversation")
    agree(db, user_id, "recommendations")
    feedback.save_interests(db, user_id, Interests(locations=["Sa Pa"]))
    wished = {"rhythm": "weekly", "hour": 10, "next_due_at": NOON - 2 * dt.timedelta(hours=1)}
    db.execute(
        """insert into push_schedules (user_id, rhythm, hour, next_due_at)
           values (%(user)s, %(rhythm)s, %(hour)s, %(next_due_at)s)""",
        {"user": user_id, **wished, **schedule},
    )
    db.execute("update channel_identities set last_inbound_at = %s", [NOON - 2 * DAY])
    return user_id


def agree(db: Connection, user_id: int, kind: str, *, granted: bool = True) -> None:
    db.execute(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           values (%s, %s, %s, 'the terms', '1', 'chat')""",
        [user_id, kind, granted],
    )


def push(db: Connection, user_id: int, now: dt.datetime = NOON) -> Decision | None:
    return service.push(db, user_id, now)


def plan_of(db: Connection, user_id: int) -> dict[str, object]:
    row = db.execute("select * from push_schedules where user_id = %s", [user_id]).fetchone()
    assert row is not None
    return row


def queued(db: Connection) -> list[dict[str, object]]:
    return db.execute(
        "select * from outbound_messages where inbound_id is null order by id"
    ).fetchall()


def test_what_is_due_is_queued_behind_all_replies_and_noted(traveller: int, db: Connection) -> None:
    made = push(db, traveller)
    assert made is not None
    assert made.outcome == "sent"
    first, *rest = queued(db)
    assert first["id"] == made.outbound_id
    content = json.dumps([first["content"], *(each["content"] for each in rest)])
    assert all(each["priority"] == BULK for each in [first, *rest])
    assert first["not_after"] == dt.datetime(2026, 11, 20, 20, tzinfo=HANOI)
    assert first["content"]["template"]["name"] == "recommendations"  # type: ignore[index]
    assert len(first["content"]["template"]["variables"]) == 2  # type: ignore[index]
    assert all("template" not in each["content"] for each in rest)  # type: ignore[operator]
    assert "STOP" in content
    assert all(len(str(each["content"])) < MAX_TEXT + 600 for each in [first, *rest])
    shown = db.execute("select package_id from recommendations order by rank").fetchall()
    assert 1 <= len(shown) <= 3
    assert all(f"details:{each['package_id']}" in content for each in shown)
    noted = db.execute("select outcome, due_at from pushes").fetchall()
    assert noted == [{"outcome": "sent", "due_at": NOON - 2 * dt.timedelta(hours=1)}]
    plan = plan_of(db, traveller)
    assert plan["next_due_at"] == dt.datetime(2026, 11, 27, 10, tzinfo=HANOI)
    assert plan["last_sent_at"] == NOON


def test_many_jobs_at_once_send_one_message(committed: Connection) -> None:
    traveller = subscribe(committed, 1, PHONE)
    pool()

    def job(_: int) -> Decision | None:
        with unit_of_work() as unit:
            return push(unit.connection, traveller)

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(job, range(8)))
    assert len([each for each in made if each is not None]) == 1
    count = committed.execute("select count(*) as n from pushes").fetchone()
    assert count == {"n": 1}
    bodies = [each["content"]["body"] for each in queued(committed)]  # type: ignore[index]
    assert len(set(bodies)) == len(bodies)


def test_a_crash_leaves_nothing_half_done(committed: Connection) -> None:
    traveller = subscribe(committed, 1, PHONE)
    with unit_of_work() as unit:
        assert push(unit.connection, traveller) is not None
        unit.connection.rollback()
    for table in ("outbound_messages", "pushes", "recommendations"):
        assert committed.execute(f"select from {table}").fetchall() == []
    with unit_of_work() as unit:
        assert push(unit.connection, traveller) is not None


def test_no_tour_is_suggested_twice_and_when_none_is_left_nothing_is_sent(
    traveller: int, db: Connection
) -> None:
    seen: list[int] = []
    moment, outcomes = NOON, []
    for _ in range(60):
        made = push(db, traveller, moment)
        assert made is not None
        outcomes.append(made.outcome)
        new = [row["package_id"] for row in db.execute("select package_id from recommendations")]
        assert len(new) == len(set(new))
        seen = new
        db.execute("update channel_identities set last_inbound_at = %s", [moment + DAY])
        if made.outcome == "skipped":
            assert made.reason == "nothing new is good enough"
            break
        moment = plan_of(db, traveller)["next_due_at"]  # type: ignore[assignment]
    assert outcomes[-1] == "skipped"
    assert len(seen) > 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update channel_identities set reachable = false", "reached"),
        ("update users set erase_requested_at = now()", "forgotten"),
        ("insert into handovers (user_id, reason) select id, 'asked' from users", "person"),
        ("delete from consents where kind = 'recommendations'", "agree"),
    ],
)
def test_nothing_is_sent_to_who_must_be_left_alone(
    traveller: int, db: Connection, change: str, reason: str
) -> None:
    db.execute(change)
    made = push(db, traveller)
    assert made is not None
    assert made.outcome == "skipped"
    assert made.reason is not None
    assert reason in made.reason
    assert queued(db) == []


@pytest.mark.parametrize("kind", ["conversation", "recommendations"])
def test_who_withdrew_gets_nothing_even_if_the_schedule_were_still_on(
    traveller: int, db: Connection, kind: str
) -> None:
    agree(db, traveller, kind, granted=False)
    made = push(db, traveller)
    assert made is not None
    assert made.outcome == "skipped"


def test_a_paused_schedule_is_not_due(traveller: int, db: Connection) -> None:
    db.execute("update push_schedules set paused_until = %s", [NOON + DAY])
    assert push(db, traveller) is None
    assert repository.due(db, NOON, 10) == []
    assert repository.due(db, NOON + 2 * DAY, 10) == [traveller]


def test_nobody_is_disturbed_in_the_middle_of_a_talk(traveller: int, db: Connection) -> None:
    db.execute("update channel_identities set last_inbound_at = %s", [NOON - DAY / 96])
    assert push(db, traveller) is None
    assert plan_of(db, traveller)["next_due_at"] == NOON + dt.timedelta(hours=1)


def test_a_worker_that_comes_back_at_night_waits_for_the_morning(
    traveller: int, db: Connection
) -> None:
    late = NOON.replace(hour=23)
    assert push(db, traveller, late) is None
    morning = plan_of(db, traveller)["next_due_at"]
    assert morning == dt.datetime(2026, 11, 21, 10, tzinfo=HANOI)
    made = push(db, traveller, morning)  # type: ignore[arg-type]
    assert made is not None
    assert made.outcome == "sent"


def test_nobody_gets_more_than_three_a_day(traveller: int, db: Connection) -> None:
    for number in range(service.MOST_A_DAY):
        db.execute(
            """insert into pushes (user_id, due_at, outcome, decided_at)
               values (%s, %s, 'sent', %s)""",
            [traveller, NOON - DAY * number, NOON - dt.timedelta(hours=3 + number)],
        )
    made = push(db, traveller)
    assert made is not None
    assert (made.outcome, made.reason) == ("skipped", "they got enough within a day")


def send_unread(db: Connection, traveller: int, times: int) -> dt.datetime:
    """Let so many suggestions arrive and stay unread; return when the next is due."""
    moment = NOON
    for _ in range(times):
        made = push(db, traveller, moment)
        assert made is not None
        assert made.outcome == "sent"
        db.execute("update outbound_messages set status = 'delivered' where status = 'pending'")
        moment = plan_of(db, traveller)["next_due_at"]  # type: ignore[assignment]
    return moment


def test_two_unread_in_a_row_halve_the_rhythm(traveller: int, db: Connection) -> None:
    due = send_unread(db, traveller, 2)
    assert due == dt.datetime(2026, 12, 4, 10, tzinfo=HANOI)
    assert push(db, traveller, due) is not None
    plan = plan_of(db, traveller)
    assert plan["unread"] == 2
    assert plan["next_due_at"] == due + 14 * DAY


def test_after_four_unread_they_are_asked_once_and_then_left_in_peace(
    traveller: int, db: Connection
) -> None:
    due = send_unread(db, traveller, 4)
    before = len(queued(db))
    made = push(db, traveller, due)
    assert made is not None
    assert made.outcome == "asked"
    [question] = queued(db)[before:]
    ids = {each["id"] for each in question["content"]["choices"]}  # type: ignore[index]
    assert ids == {"resume", "stop"}
    assert question["content"]["template"]["name"] == "suggestions_paused"  # type: ignore[index]
    for days in (1, 7, 30, 300):
        assert repository.due(db, due + days * DAY, 10) == []


def test_whoever_reads_one_keeps_the_rhythm(traveller: int, db: Connection) -> None:
    due = send_unread(db, traveller, 3)
    db.execute(
        """update outbound_messages set status = 'read'
            where id = (select max(outbound_id) from pushes)"""
    )
    push(db, traveller, due)
    assert plan_of(db, traveller)["unread"] == 0


def test_whoever_writes_keeps_the_rhythm(traveller: int, db: Connection) -> None:
    due = send_unread(db, traveller, 3)
    db.execute("update channel_identities set last_inbound_at = %s", [due - DAY])
    push(db, traveller, due)
    assert plan_of(db, traveller)["unread"] == 0


def test_what_never_arrived_counts_neither_way(traveller: int, db: Connection) -> None:
    due = send_unread(db, traveller, 2)
    db.execute("update outbound_messages set status = 'failed'")
    push(db, traveller, due)
    assert plan_of(db, traveller)["unread"] == 0


@pytest.mark.parametrize(
    "change",
    [
        "update push_schedules set active = false",
        "update push_schedules set paused_until = now() + interval '7 days'",
        "delete from push_schedules",
        "insert into handovers (user_id, reason) select id, 'asked' from users",
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           select id, 'conversation', false, 'bye', '1', 'chat' from users""",
    ],
)
def test_what_is_queued_goes_with_the_wish_for_it(
    traveller: int, db: Connection, change: str
) -> None:
    push(db, traveller)
    count = len(queued(db))
    assert repository.cancel_unwanted(db, traveller) == 0
    db.execute(change)
    assert repository.cancel_unwanted(db, traveller) == count
    assert {each["status"] for each in queued(db)} == {"cancelled"}
    history = db.execute("select status from message_events").fetchall()
    assert [each["status"] for each in history] == ["cancelled"] * count


def test_a_new_schedule_is_planned_by_the_clock_of_the_phone_s_country(db: Connection) -> None:
    paris = subscribe(db, 1, "+33612345678", next_due_at=None)
    assert service.plan_new(db, 10) == 1
    assert service.plan_new(db, 10) == 0
    due = plan_of(db, paris)["next_due_at"]
    assert isinstance(due, dt.datetime)
    assert due.astimezone(ZoneInfo("Europe/Paris")).hour == 10
    assert dt.datetime.now(dt.UTC) < due < dt.datetime.now(dt.UTC) + 2 * DAY


def test_a_pause_that_was_agreed_on_is_over_before_anything_is_planned(db: Connection) -> None:
    user = subscribe(db, 1, PHONE, next_due_at=None)
    until = dt.datetime.now(dt.UTC) + 14 * DAY
    db.execute("update push_schedules set paused_until = %s", [until])
    service.plan_new(db, 10)
    due = plan_of(db, user)["next_due_at"]
    assert isinstance(due, dt.datetime)
    assert until < due < until + 2 * DAY


@pytest.mark.parametrize(
    ("name", "address", "zone"),
    [
        (None, PHONE, "Asia/Ho_Chi_Minh"),
        (None, "+14155550100", "America/New_York"),
        (None, "+351912345678", "Europe/Lisbon"),
        (None, "VN.1A2B3C", "Asia/Ho_Chi_Minh"),
        (None, "FR.1A2B3C", "Europe/Paris"),
        (None, "+99999999999", "Asia/Ho_Chi_Minh"),
        (None, None, "Asia/Ho_Chi_Minh"),
        ("Asia/Tokyo", PHONE, "Asia/Tokyo"),
        ("Middle/Earth", "+4915112345678", "Europe/Berlin"),
        ("../etc/passwd", None, "Asia/Ho_Chi_Minh"),
    ],
)
def test_the_zone_is_the_one_named_else_the_country_s(
    name: str | None, address: str | None, zone: str
) -> None:
    assert zone_of(name, address).key == zone


rhythms = st.builds(
    Rhythm,
    st.sampled_from(["daily", "weekly", "fortnightly", "monthly"]),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(0, 23),
    st.sampled_from(["Asia/Ho_Chi_Minh", "America/New_York", "Australia/Sydney"]).map(ZoneInfo),
    st.integers(0, 5),
)
moments = st.integers(0, 5 * 365 * 24 * 3_600).map(
    lambda seconds: dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
)


@given(rhythms, moments, st.integers(0, 400))
def test_every_time_is_by_day_on_the_weekday_wished_and_after_the_one_before(
    rhythm: Rhythm, moment: dt.datetime, late_hours: int
) -> None:
    first = rhythm.first_after(moment)
    now = first + dt.timedelta(hours=late_hours)
    following = rhythm.next_after(first, now)
    for due in (first, following):
        local = due.astimezone(rhythm.zone)
        assert 7 <= local.hour < 22
        assert rhythm.is_awake(due)
        assert rhythm.name == "daily" or rhythm.weekday in {None, local.weekday()}
    assert moment < first <= moment + 8 * DAY
    assert following > now
    gap = (following - first) / DAY
    assert gap > rhythm.days - 0.1


@given(rhythms, moments)
def test_nothing_is_sent_at_night_and_the_morning_is_never_far(
    rhythm: Rhythm, moment: dt.datetime
) -> None:
    if rhythm.is_awake(moment):
        assert 7 <= moment.astimezone(rhythm.zone).hour < 22
        assert moment < rhythm.awake_until(moment) <= moment + DAY
    begin = rhythm.awake_from(moment)
    assert rhythm.is_awake(begin)
    assert moment <= begin <= moment + DAY
