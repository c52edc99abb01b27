"""Message shapes: registered once, shared by all workers, renewed when they vanish."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conversation.schemas import Choice, Pin
from core.database import Connection, pool
from tests.whatsapp.house import Phone, Simulator
from whatsapp.schemas import Content, TemplateUse
from whatsapp.templates.schemas import Approval, TemplateButton, TemplateVariant
from whatsapp.twilio.channel import TwilioChannel
from whatsapp.twilio.render import Shape, shape

TWO = Content(body="Which?", choices=[Choice(id="a", label="A"), Choice(id="b", label="B")])


@pytest.fixture
def phone(simulator: Simulator) -> Phone:
    phone = simulator.phone()
    phone.says("hi")
    return phone


def registered(channel: TwilioChannel) -> list[str]:
    return [str(content.sid) for content in channel._client.content.v1.contents.list()]


def test_one_shape_is_registered_once_and_used_by_every_message(
    channel: TwilioChannel, phone: Phone, db: Connection
) -> None:
    for _ in range(3):
        channel.send(phone.number, TWO, "1")
    assert len(registered(channel)) == 1
    assert {shown["content_sid"] for shown in phone.received()} == set(registered(channel))
    assert len(db.execute("select from channel_contents").fetchall()) == 1


def test_workers_that_register_at_once_end_with_one_resource(
    channel: TwilioChannel, phone: Phone, db: Connection
) -> None:
    pool()
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: channel.send(phone.number, TWO, "1"), range(6)))
    rows = db.execute("select content_sid from channel_contents").fetchall()
    assert [row["content_sid"] for row in rows] == registered(channel)
    assert len(phone.received()) == 6


def test_a_resource_that_vanished_is_registered_anew(
    channel: TwilioChannel, phone: Phone, simulator: Simulator, db: Connection
) -> None:
    channel.send(phone.number, TWO, "1")
    (old,) = registered(channel)
    channel._client.content.v1.contents(old).delete()
    channel.send(phone.number, TWO, "2")
    assert len(phone.received()) == 2
    rows = db.execute("select content_sid from channel_contents").fetchall()
    assert [row["content_sid"] for row in rows] == registered(channel) != [old]


def test_where_a_shape_is_refused_the_choices_are_said_in_words(
    channel: TwilioChannel, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(content: Content) -> Shape:
        form = shape(content)
        return replace(form, types={"twilio/quick-reply": {"body": "", "actions": []}})

    monkeypatch.setattr("whatsapp.twilio.channel.shape", refused)
    channel.send(phone.number, TWO, "1")
    (shown,) = phone.received()
    assert shown["body"].splitlines() == ["Which?", "1. A", "2. B"]


PICTURE = "https://pictures.example/photos/bay.jpg"
READY = TemplateVariant(
    name="answer_ready", language="vi", category="utility",
    body="Chào {name}, có {count} tin mới cho bạn.", variables=["name", "count"],
    samples=["Minh", "2"], buttons=[TemplateButton(id="continue", label="Xem")],
)  # fmt: skip


def test_picture_words_and_buttons_arrive_as_one_card(channel: TwilioChannel, phone: Phone) -> None:
    body = "*Hạ Long*\n\n2 ngày\ntừ 90 $"
    card = Content(body=body, choices=TWO.choices, image_url=PICTURE)
    channel.send(phone.number, card, "1")
    channel.send(phone.number, card.model_copy(update={"body": "A\n\nB\nC"}), "2")
    first, second = phone.received()
    assert (first["body"], second["body"]) == (body, "A\n\nB\nC")
    assert [medium["url"] for medium in first["media"]] == [PICTURE]
    assert [button["title"] for button in first["buttons"]] == ["A", "B"]
    assert len(registered(channel)) == 1


def test_a_template_is_handed_in_once_and_sent_when_it_is_approved(
    channel: TwilioChannel, phone: Phone
) -> None:
    state = channel.submit_template(READY)
    assert (state.name, state.language, state.fingerprint) == (
        "answer_ready", "vi", READY.fingerprint,
    )  # fmt: skip
    assert channel.submit_template(READY).provider_id == state.provider_id
    (listed,) = channel.template_states()
    assert (listed.provider_id, listed.fingerprint) == (state.provider_id, READY.fingerprint)
    assert listed.approval in {Approval.SUBMITTED, Approval.APPROVED}
    use = TemplateUse(
        name="answer_ready", language="vi", variables=["Lan", "3"], provider_id=state.provider_id
    )
    channel.send(phone.number, Content(template=use), "1")
    (shown,) = phone.received()
    assert shown["body"] == "Chào Lan, có 3 tin mới cho bạn."
    assert [button["id"] for button in shown["buttons"]] == ["continue"]


def test_a_template_that_vanished_there_is_handed_in_anew(channel: TwilioChannel) -> None:
    old = channel.submit_template(READY).provider_id
    channel._client.content.v1.contents(old).delete()
    new = channel.submit_template(READY).provider_id
    assert [state.provider_id for state in channel.template_states()] == [new] != [old]


def test_a_new_wording_is_another_template_beside_the_first(channel: TwilioChannel) -> None:
    changed = READY.model_copy(update={"body": "Chào {name}, bạn có {count} tin mới nhé."})
    channel.submit_template(READY)
    channel.submit_template(changed)
    channel.submit_template(READY.model_copy(update={"language": "en"}))
    told = {(state.language, state.fingerprint) for state in channel.template_states()}
    assert told == {
        ("vi", READY.fingerprint), ("vi", changed.fingerprint),
        ("en", READY.model_copy(update={"language": "en"}).fingerprint),
    }  # fmt: skip


def test_what_a_traveller_is_told_is_not_kept_in_the_resource(
    channel: TwilioChannel, phone: Phone
) -> None:
    secret = "Minh's own words"
    channel.send(phone.number, TWO.model_copy(update={"body": secret}), "1")
    (content,) = channel._client.content.v1.contents.list()
    assert secret not in str((content.variables, content.types, content.friendly_name))


def test_sent_cards_templates_and_pins_are_found_again(
    channel: TwilioChannel, phone: Phone
) -> None:
    since = datetime.now(UTC)
    state = channel.submit_template(READY)
    use = TemplateUse(
        name="a", language="vi", variables=["Lan", "3"], provider_id=state.provider_id
    )
    known: list[str] = []
    for content in (
        Content(body="A bay\n2 days", choices=TWO.choices, image_url=PICTURE),
        Content(template=use),
        Content(pin=Pin(latitude=20.95, longitude=107.07, name="Bãi Cháy", address="Hạ Long")),
    ):
        assert channel.find_sent(phone.number, content, since, known) is None
        sent = channel.send(phone.number, content, "1")
        found = channel.find_sent(phone.number, content, since, known)
        assert found is not None
        assert found.sid == sent.sid
        known.append(sent.sid)
