"""Travellers, staff and suggestions through every process: nothing is imagined but the phones."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from core.embedded.service import Servers
from tests.conftest import copy_database, drop_database
from tests.core.speech_server import SpeechServer, opus, speech_server
from tests.whatsapp import house
from tests.whatsapp.test_whole_path import House, settled

DATABASE = "house_of_people"
HEARD = "three days in Sa Pa"


@pytest.fixture(scope="module")
def speech() -> Iterator[SpeechServer]:
    with speech_server() as running:
        running.will_hear(HEARD)
        yield running


@pytest.fixture(scope="module")
def running(
    servers: Servers,
    template_with_tours: str,
    speech: SpeechServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    logs = tmp_path_factory.mktemp(DATABASE)
    url = copy_database(servers, template_with_tours, DATABASE)
    web, phone = house.free_port(), house.free_port()
    environment = {
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url.removesuffix("/0") + "/3",
        "STATE_DIR": str(logs / "state"),
        "TWILIO_ACCOUNT_SID": house.ACCOUNT,
        "TWILIO_AUTH_TOKEN": house.TOKEN,
        "TWILIO_BASE_URL": f"http://127.0.0.1:{phone}",
        "TWILIO_TIMEOUT_S": "5",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{web}",
        "SPEECH_BASE_URL": speech.address,
        "SPEECH_MODEL": "tiny-whisper",
    }
    with ExitStack() as stack:
        webhook = f"{environment['PUBLIC_BASE_URL']}/webhooks/twilio"
        simulator = stack.enter_context(house.simulator(logs / "simulator", webhook, phone))
        database = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        started = House(simulator, database, environment, logs, stack)
        started.start_worker()
        started.start_web(web)
        yield started
    drop_database(servers, DATABASE)


def travelbuddy(running: House, *arguments: str) -> str:
    """Run a command beside the others; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=house.ROOT, env={**os.environ, **running.environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def user_of(running: House, sid: str) -> int:
    [row] = running.rows(
        """select i.user_id from inbound_messages m join channel_identities i
               on i.id = m.identity_id where m.provider_sid = %s""",
        sid,
    )
    return int(row["user_id"])


def users(running: House) -> int:
    return int(running.rows("select count(*) as n from users")[0]["n"])


def test_a_location_without_a_phone_number_is_answered_and_the_phone_comes_later(
    running: House,
) -> None:
    phone = running.simulator.call("POST", "/phones", username="minh.travels")
    nameless = house.Phone(running.simulator, phone["phone"])
    first = nameless.does(location={"latitude": 22.33, "longitude": 103.84, "label": "Sa Pa"})
    assert nameless.waits_for(1)
    settled(running, nameless)
    before, user = users(running), user_of(running, first)
    nameless.changes(number="+84909990001")
    second = nameless.says("more")
    settled(running, nameless)
    assert user_of(running, second) == user
    assert users(running) == before
    answered = running.rows(
        """select count(*) as n from outbound_messages o join inbound_messages m
               on m.id = o.inbound_id where m.provider_sid = any(%s) and o.status = 'read'""",
        [first, second],
    )
    assert answered[0]["n"] >= 2
    assert len(running.rows("select id from channel_identities where user_id = %s", user)) == 2


def subscriber(running: House) -> tuple[house.Phone, int]:
    """Return a phone whose owner wants suggestions about Sa Pa, which are due."""
    phone = running.simulator.phone()
    sid = phone.says("trekking in Sa Pa")
    phone.waits_for(1)
    settled(running, phone)
    user = user_of(running, sid)
    running.rows(
        """insert into consents (user_id, kind, granted, text_shown, text_version, channel)
           values (%s, 'recommendations', true, 'terms', '1', 'chat') returning id""",
        user,
    )
    running.rows(
        """update channel_identities set last_inbound_at = now() - interval '2 hours'
            where user_id = %s returning id""",
        user,
    )
    zone = f"Etc/GMT{dt.datetime.now(dt.UTC).hour - 12:+d}"  # there it is noon now
    running.rows(
        """insert into push_schedules (user_id, rhythm, time_zone, next_due_at)
           values (%s, 'weekly', %s, now()) returning user_id""",
        user,
        zone,
    )
    return phone, user


def test_suggestions_that_are_due_arrive_once(running: House) -> None:
    phone, user = subscriber(running)
    before = len(phone.received())
    travelbuddy(running, "push", "--due")
    [made] = running.rows("select outcome, reason from pushes where user_id = %s", user)
    assert made == {"outcome": "sent", "reason": None}
    received = [message["body"] for message in settled(running, phone)][before:]
    assert "Sa Pa" in str(received[0])
    assert sum("STOP" in str(body) for body in received) == 1
    assert len(running.rows("select from pushes where user_id = %s", user)) == 1


STOPS = ("STOP", "stop.", "Dừng", "HUY", "unsubscribe", "Từ chối")


def test_stop_in_any_form_ends_suggestions_that_are_under_way(running: House) -> None:
    people = [subscriber(running) for _ in STOPS]
    running.rows("update push_schedules set next_due_at = null returning user_id")
    before = [len(phone.received()) for phone, _ in people]
    queued = running.rows(
        """insert into outbound_messages (identity_id, content, priority, not_before)
           select id, jsonb_build_object('body', 'a suggestion'), 10, now() + interval '8 s'
             from channel_identities, generate_series(1, 3) where user_id = any(%s) returning id""",
        [user for _, user in people],
    )
    assert len(queued) == 3 * len(people)
    for (phone, _), word in zip(people, STOPS, strict=True):
        phone.says(word)
    for (phone, _), count in zip(people, before, strict=True):
        phone.waits_for(count + 1)
    ended = running.rows(
        "select distinct status from outbound_messages where id = any(%s)",
        [row["id"] for row in queued],
    )
    assert ended == [{"status": "cancelled"}], "at once, not only when they would have gone out"
    time.sleep(8.5)
    for (phone, user), count in zip(people, before, strict=True):
        assert len(settled(running, phone)) == count + 1
        left = running.rows("select from push_schedules where user_id = %s and active", user)
        assert left == []


def send_voice_note(phone: house.Phone) -> str:
    with httpx.Client(base_url=phone.simulator.url, trust_env=False) as client:
        upload = client.post(
            "/simulator/media?filename=voice.ogg",
            content=opus(3),
            headers={"Content-Type": "audio/ogg"},
        ).json()["upload"]
    return phone.does(media=[{"upload": upload}], voice=True)


def test_a_voice_note_is_heard_and_answered_in_its_turn(
    running: House, speech: SpeechServer
) -> None:
    phone = running.simulator.phone()
    first, second = send_voice_note(phone), phone.says("help")
    phone.waits_for(2)
    received = settled(running, phone)
    assert any("Sa Pa" in str(message["body"]) for message in received)
    order = running.rows(
        """select m.provider_sid as asked from outbound_messages o join inbound_messages m
               on m.id = o.inbound_id where m.provider_sid = any(%s) order by o.id""",
        [first, second],
    )
    assert [row["asked"] for row in order] == sorted(
        (row["asked"] for row in order), key=[first, second].index
    )
    assert speech.asked[-1].audio == opus(3)


def test_an_album_is_answered_once(running: House) -> None:
    phone = running.simulator.phone()
    phone.says("hello")
    phone.waits_for(1)
    before = len(settled(running, phone))
    photo = {"url": "https://example.com/a.jpg", "content_type": "image/jpeg"}
    phone.does(media=[photo] * 5)
    phone.waits_for(before + 1)
    house.wait_until(lambda: not running.waiting(), "all five to be dealt with")
    inbound = running.rows(
        """select distinct o.inbound_id from outbound_messages o join inbound_messages m
               on m.id = o.inbound_id join channel_identities i on i.id = m.identity_id
            where m.received_at > now() - interval '30 s'
              and i.user_id = (select user_id from channel_identities order by id desc limit 1)"""
    )
    assert len(inbound) == 2, "the greeting, and one answer to five photos"


def rest(running: House, method: str, path: str, **body: str) -> httpx.Response:
    address = f"{running.environment['PUBLIC_BASE_URL']}/api/v1/desk{path}"
    key = {"Authorization": f"Bearer {running.environment['DESK_TOKEN']}"}
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.request(method, address, json=body or None, headers=key)


@pytest.fixture
def desk(running: House) -> House:
    """The running house, with a token for its desk."""
    if "DESK_TOKEN" not in running.environment:
        made = travelbuddy(running, "token", "create", "desk", "--role", "operator")
        running.environment["DESK_TOKEN"] = made.strip()
    return running


def talk_of(desk: House, sid: str) -> DictRow:
    found = house.wait_until(
        lambda: desk.rows(
            """select h.* from handovers h where h.closed_at is null and h.user_id =
                   (select i.user_id from inbound_messages m join channel_identities i
                        on i.id = m.identity_id where m.provider_sid = %s)""",
            sid,
        ),
        "a person to be called",
    )
    return dict(found[0])


def test_a_person_takes_over_and_hands_back(desk: House) -> None:
    phone = desk.simulator.phone()
    talk = talk_of(desk, phone.says("I want to talk to a person"))
    settled(desk, phone)
    quiet = len(phone.received())
    phone.says("are you there?")
    assert len(settled(desk, phone)) == quiet
    shown = rest(desk, "GET", f"/{talk['id']}").json()
    assert shown["messages"][-1]["text"] == "are you there?"
    assert shown["unanswered"] == 1
    assert rest(desk, "POST", f"/{talk['id']}/messages", text="Yes, Lan here.").status_code == 202
    assert phone.waits_for(quiet + 1)[-1]["body"] == "Yes, Lan here."
    assert rest(desk, "POST", f"/{talk['id']}/back").status_code == 204
    phone.waits_for(quiet + 2)
    phone.says("help")
    phone.waits_for(quiet + 3)


def kept_by_twilio(phone: house.Phone) -> list[str]:
    """Return the words that the account's list of messages has of a traveller, either way."""
    path = f"{phone.simulator.url}/2010-04-01/Accounts/{house.ACCOUNT}/Messages.json"
    found = []
    for way in ("To", "From"):
        query = {way: f"whatsapp:{phone.number}"}
        answer = httpx.get(
            path, params=query, auth=(house.ACCOUNT, house.TOKEN), trust_env=False
        ).raise_for_status()
        found += [each["body"] for each in answer.json()["messages"]]
    return found


def test_nothing_is_left_of_who_asked_to_be_forgotten(running: House) -> None:
    phone = running.simulator.phone()
    sid = phone.says("trekking in Sa Pa")
    phone.waits_for(1)
    settled(running, phone)
    user, before = user_of(running, sid), len(phone.received())
    assert "trekking in Sa Pa" in kept_by_twilio(phone)
    phone.says("delete my data")
    asked = phone.waits_for(before + 1)
    settled(running, phone)
    before = len(phone.received())
    phone.does(button_payload="erase", reply_to=asked[-1]["sid"])
    phone.waits_for(before + 1)
    house.wait_until(
        lambda: not running.rows("select from users where id = %s", user), "them to be forgotten"
    )
    assert len(phone.received()) == before + 1
    assert kept_by_twilio(phone) == [], "it is asked to forget them before we do"
    phone.says("hello")
    phone.waits_for(before + 2)
