"""Meta's webhook over HTTP: what is let in, what is kept, and what is said to the rest."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from core.database import Connection
from core.settings import settings
from tests.whatsapp.meta.payloads import (
    EVERY_KIND,
    change,
    contact,
    message,
    post,
    status,
    text,
)
from tests.whatsapp.meta.webhook import PATH, WORD, deliver, sign


def kept(db: Connection) -> list[str]:
    rows = db.execute("select provider_sid from inbound_messages order by id").fetchall()
    return [row["provider_sid"] for row in rows]


def proof(**changes: str) -> dict[str, str]:
    given = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": WORD}
    return {**given, **changes}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_webhook_is_proved_by_echoing_the_challenge(outside: TestClient, path: str) -> None:
    answer = outside.get(path, params=proof())
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("changes", "status_code"),
    [
        ({"hub.verify_token": "a guess"}, 403), ({"hub.verify_token": ""}, 403),
        ({"hub.verify_token": "ü"}, 403), ({"hub.mode": "unsubscribe"}, 400),
        ({"hub.challenge": "<script>"}, 422), ({"hub.challenge": ""}, 422),
        ({"hub.challenge": "1" * 300}, 422),
    ],
)  # fmt: skip
def test_nobody_else_is_told_anything(
    outside: TestClient, changes: dict[str, str], status_code: int
) -> None:
    answer = outside.get(PATH, params=proof(**changes))
    assert answer.status_code == status_code
    assert WORD not in answer.text


def test_without_a_word_or_a_secret_there_is_no_webhook(
    outside: TestClient, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("META_VERIFY_TOKEN", "")
    configured.setenv("META_APP_SECRET", "")
    settings.cache_clear()
    assert outside.get(PATH, params=proof(**{"hub.verify_token": ""})).status_code == 404
    body = json.dumps(post()).encode()
    assert deliver(outside, body, **{"X-Hub-Signature-256": sign(body, "")}) == 404


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "x", "sha1=" + "0" * 40, sign(b"{}", "a guess"), sign(b"{ }"), sign(b"{}")[7:],
     "=" * 5_000],
)  # fmt: skip
def test_forged_and_tampered_updates_are_refused(outside: TestClient, signature: str) -> None:
    assert deliver(outside, b"{}", **{"X-Hub-Signature-256": signature}) == 403


def test_a_missing_signature_is_refused(outside: TestClient) -> None:
    answer = outside.post(PATH, content=b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 403


def test_the_signature_is_of_the_bytes_and_not_of_what_they_mean(
    client: TestClient, db: Connection
) -> None:
    said = post(change(messages=[text("Đà Lạt")]))
    assert deliver(client, json.dumps(said, ensure_ascii=False, indent=3).encode()) == 200
    assert len(kept(db)) == 1


@pytest.mark.parametrize(
    ("content_type", "body", "status_code"),
    [
        ("application/x-www-form-urlencoded", b"a=1", 415),
        ("", b"{}", 415),
        ("application/json", b"", 400),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"3", 400),
        ("application/json", b"\xff\xfe\x00", 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b"1" * 5_000, 400),
        ("application/json", b" " * (4 * 1024 * 1024 + 1), 413),
    ],
)
def test_hostile_bodies_get_one_clear_line(
    outside: TestClient, content_type: str, body: bytes, status_code: int
) -> None:
    headers = {"Content-Type": content_type, "X-Hub-Signature-256": sign(body)}
    answer = outside.post(PATH, content=body, headers=headers)
    assert answer.status_code == status_code
    assert answer.headers["content-type"] == "application/problem+json"
    assert "\n" not in answer.json()["detail"]


def test_every_kind_ends_in_the_inbox_once(client: TestClient, db: Connection) -> None:
    body = post(change(messages=list(EVERY_KIND.values())))
    assert [deliver(client, body) for _ in range(2)] == [200, 200]
    assert sorted(kept(db)) == sorted(said["id"] for said in EVERY_KIND.values())
    rows = db.execute("select distinct provider from inbound_messages").fetchall()
    assert [row["provider"] for row in rows] == ["meta"]


def test_what_nobody_waits_for_an_answer_to_is_kept_as_dealt_with(
    client: TestClient, db: Connection
) -> None:
    assert deliver(client, post(change(messages=[EVERY_KIND["deleted"]]))) == 200
    (row,) = db.execute("select processed_at from inbound_messages").fetchall()
    assert row["processed_at"] is not None


def test_a_thousand_updates_in_one_post_are_all_taken_in(
    client: TestClient, db: Connection
) -> None:
    people = [f"8490{number:07}" for number in range(20)]
    changes = [
        change(
            messages=[text("xin chào " * 50, **{"from": phone}) for phone in people],
            contacts=[contact(wa_id=phone, user_id=None) for phone in people],
        )
        for _ in range(49)
    ]
    broken = [message("text", **{"from": "nobody"}) for _ in range(20)]
    body = post(change(messages=broken, contacts=[]), *changes)
    assert deliver(client, body) == 200
    assert len(set(kept(db))) == 980
    users = db.execute("select count(*) as users from users").fetchone()
    assert users == {"users": 20}


def test_what_the_database_refuses_of_one_update_is_not_lost_for_the_others(
    client: TestClient, db: Connection
) -> None:
    messages = [text(f"message {number}") for number in range(5)]
    db.execute(f"""
        create function refuse() returns trigger language plpgsql as $$ begin
            if new.provider_sid = '{messages[2]["id"]}' then
                raise exception 'no' using errcode = 'invalid_parameter_value';
            end if;
            return new;
        end $$;
        create trigger refuse before insert on inbound_messages
            for each row execute function refuse();
    """)
    assert deliver(client, post(change(messages=messages))) == 200
    assert kept(db) == [said["id"] for said in messages if said is not messages[2]]


def test_posts_at_once_about_the_same_people_are_all_taken_in(
    client: TestClient, db: Connection
) -> None:
    people = [f"8490{number:07}" for number in range(40)]
    bodies = [
        post(
            change(
                messages=[text("hi", **{"from": phone}) for phone in order],
                contacts=[contact(wa_id=phone, user_id=f"VN.{phone}") for phone in order],
            )
        )
        for order in (people, people[::-1], people[20:] + people[:20])
    ]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(lambda body: deliver(client, body), bodies)) == [200, 200, 200]
    assert len(kept(db)) == 120
    assert db.execute("select count(*) as users from users").fetchone() == {"users": 40}


def test_a_number_that_was_changed_makes_no_second_person(
    client: TestClient, db: Connection
) -> None:
    moved = text("vẫn là tôi", **{"from": "84909999999"})
    new_contact = contact(wa_id="84909999999", user_id="VN.NEWNUMBER")
    for said, who in (
        (text("hi"), contact(user_id="VN.OLDNUMBER")),
        (EVERY_KIND["changed number"], contact(user_id=None)),
        (moved, new_contact),
    ):
        assert deliver(client, post(change(messages=[said], contacts=[who]))) == 200
    assert db.execute("select count(*) as users from users").fetchone() == {"users": 1}


def test_statuses_of_nothing_of_ours_are_taken_and_change_nothing(
    client: TestClient, db: Connection
) -> None:
    statuses = [status(reference) for reference in ("1", "999999999999999999", "their own", None)]
    assert deliver(client, post(change(statuses=statuses))) == 200
    assert db.execute("select from message_events").fetchall() == []


def test_a_message_to_another_number_of_the_account_is_left_alone(
    client: TestClient, configured: pytest.MonkeyPatch, db: Connection
) -> None:
    configured.setenv("META_PHONE_NUMBER_ID", "another")
    settings.cache_clear()
    assert deliver(client, post(change(messages=[text("hi")]))) == 200
    assert kept(db) == []
