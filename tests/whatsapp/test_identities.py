"""Who somebody is: one user for all addresses."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.database import Connection
from tests.whatsapp.conftest import message, receive

PHONE, SCOPED = "+84901234567", "VN.1A2B3C4D"


def two_users(db: Connection) -> tuple[int, int]:
    """Let two addresses write that nobody knows to be one person's."""
    receive(message(1, SCOPED))
    receive(message(2, PHONE))
    old, new = [row["id"] for row in db.execute("select id from users order by id")]
    return old, new


def turns_out_to_be_one() -> None:
    receive(message(9, PHONE, ExternalUserId=SCOPED))


def tour(db: Connection, name: str) -> int:
    row = db.execute(
        """with provider as (
               insert into providers (name) values ('Lotus') on conflict (name)
               do update set name = excluded.name returning id)
           insert into travel_packages
                  (provider_id, external_id, title, fields, content_hash, encoder)
           select id, %s, %s, '{}', '', 'none' from provider returning id""",
        [name, name],
    ).fetchone()
    assert row is not None
    return int(row["id"])


def schedule(db: Connection, user_id: int, rhythm: str, age_days: int) -> None:
    db.execute(
        """insert into push_schedules (user_id, rhythm, updated_at)
           values (%s, %s, now() - make_interval(days => %s))""",
        [user_id, rhythm, age_days],
    )


def everything(db: Connection, query: str) -> list[dict[str, Any]]:
    return db.execute(query).fetchall()


def test_the_newer_schedule_of_two_is_kept(database_url: str, db: Connection) -> None:
    old, new = two_users(db)
    schedule(db, old, "daily", age_days=1)
    schedule(db, new, "monthly", age_days=5)
    turns_out_to_be_one()
    assert everything(db, "select user_id, rhythm from push_schedules") == [
        {"user_id": old, "rhythm": "daily"}
    ]


def test_saved_tours_and_pushes_of_both_are_kept_each_once(
    database_url: str, db: Connection
) -> None:
    old, new = two_users(db)
    one, other = tour(db, "one"), tour(db, "other")
    for user, package in ((old, one), (new, one), (new, other)):
        db.execute("insert into saved_tours (user_id, package_id) values (%s, %s)", [user, package])
    for user, due in ((old, "2026-01-01"), (new, "2026-01-01"), (new, "2026-01-08")):
        db.execute(
            "insert into pushes (user_id, due_at, outcome) values (%s, %s, 'sent')", [user, due]
        )
    turns_out_to_be_one()
    saved = everything(db, "select user_id, package_id from saved_tours order by package_id")
    assert saved == [{"user_id": old, "package_id": each} for each in (one, other)]
    assert [row["user_id"] for row in everything(db, "select user_id from pushes")] == [old, old]


@pytest.mark.parametrize("open_for", ["old", "new", "both"])
def test_a_talk_with_a_person_goes_on_and_there_is_one(
    database_url: str, db: Connection, open_for: str
) -> None:
    users = dict(zip(("old", "new"), two_users(db), strict=True))
    for name, user in users.items():
        closed = None if open_for in {name, "both"} else "2026-01-02"
        db.execute(
            "insert into handovers (user_id, reason, closed_at) values (%s, %s, %s)",
            [user, name, closed],
        )
        db.execute(
            "insert into conversations (user_id, state) values (%s, %s)",
            [user, Jsonb({"of": name})],
        )
    turns_out_to_be_one()
    [talk] = everything(db, "select state ->> 'of' as of from conversations")
    assert talk["of"] == ("new" if open_for == "both" else open_for)
    rows = everything(db, "select user_id, reason, closed_at from handovers order by id")
    assert {row["user_id"] for row in rows} == {users["old"]}
    [still] = [row["reason"] for row in rows if row["closed_at"] is None]
    assert still == ("old" if open_for == "both" else open_for)


@pytest.mark.parametrize("asked_by", [0, 1])
def test_who_asked_to_be_forgotten_under_one_address_is_forgotten_under_all(
    database_url: str, db: Connection, asked_by: int
) -> None:
    users = two_users(db)
    db.execute("update users set erase_requested_at = now() where id = %s", [users[asked_by]])
    turns_out_to_be_one()
    [row] = everything(db, "select id, erase_requested_at is not null as leaves from users")
    assert row == {"id": users[0], "leaves": True}


def test_a_message_without_a_phone_keeps_its_answer_when_the_phone_appears(
    database_url: str, db: Connection
) -> None:
    scoped = receive(message(1, SCOPED, "", Latitude="20.9", Longitude="107.0"))
    db.execute(
        """insert into outbound_messages (identity_id, inbound_id, content, status)
           select %s, id, '{"body": "near Ha Long"}', 'pending' from inbound_messages""",
        [scoped],
    )
    phone = receive(message(2, PHONE, ExternalUserId=SCOPED))
    addresses = everything(db, "select id, user_id from channel_identities order by id")
    assert [row["id"] for row in addresses] == [scoped, phone]
    assert len({row["user_id"] for row in addresses}) == 1
    [waiting] = everything(db, "select identity_id from outbound_messages")
    assert waiting["identity_id"] == scoped
