"""What the person at the phone does, and how it reaches the bot."""

from __future__ import annotations

import json
from dataclasses import dataclass

from simulator import addresses
from simulator.callbacks import Outcome, Parcel
from simulator.content import media_of
from simulator.delivery import StatusReporter
from simulator.errors import ControlError
from simulator.schemas import ListRow, Location, PersonSends
from simulator.service import Messaging
from simulator.state import Delivery, Message, Phone, Rendered, new_sid
from simulator.twiml import TwimlError, replies
from simulator.views import API
from simulator.world import World

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START_WORDS = frozenset({"start", "unstop"})
STOPPED = "You have unsubscribed and will not receive any more messages. Reply START to come back."
STARTED = "You are subscribed again. Reply STOP to unsubscribe."


@dataclass(slots=True)
class Act:
    """One thing a person did: how it looks in the thread, and the form fields it becomes."""

    look: Rendered
    form: dict[str, str]
    reply_to: Message | None = None


class Person:
    """Carries what people do on their phones to the bot's webhook."""

    def __init__(self, world: World, messaging: Messaging, reporter: StatusReporter) -> None:
        self._world = world
        self._messaging = messaging
        self._reporter = reporter

    def send(self, identity: str, sends: PersonSends) -> Message:
        """Put the person's message into the thread and start its way to the bot.

        Raises:
            ControlError: If a button, row or message is named that the phone does not show.
        """
        phone = self._world.state.phone(identity)
        act = _act(phone, sends)
        message = Message(
            sid=new_sid("MM" if act.look.media else "SM"),
            identity=identity,
            direction="inbound",
            look=act.look,
            created_at=self._world.clock.now(),
            status="sent",
            reply_to=act.reply_to.sid if act.reply_to else None,
        )
        self._world.state.add(message)
        phone.last_inbound_at = message.created_at
        self._reporter.mark_read(phone)
        consent = self._note_consent(phone, act.form["Body"])
        form = {
            **self._envelope(phone, message),
            **act.form,
            **_reply_fields(act, phone),
            **consent,
        }
        self._world.show_message(message)
        self._world.show_phone(phone)
        self._world.spawn(self._carry(phone, message, form))
        return message

    def _note_consent(self, phone: Phone, body: str) -> dict[str, str]:
        """Handle STOP and START as the platform does: it remembers and confirms by itself."""
        word = body.strip().lower()
        if not self._world.settings.opt_out or word not in STOP_WORDS | START_WORDS:
            return {}
        stop = word in STOP_WORDS
        changed, phone.opted_out = phone.opted_out != stop, stop
        if changed:
            self._messaging.reply(phone.identity, Rendered(STOPPED if stop else STARTED))
        return {"OptOutType": "STOP" if stop else "START"}

    def _envelope(self, phone: Phone, message: Message) -> dict[str, str]:
        context = {"ProfileName": phone.profile_name}
        form = {
            "AccountSid": self._world.settings.account_sid,
            "ApiVersion": API,
            "From": addresses.PREFIX + phone.identity,
            "MessageSid": message.sid,
            "MessageType": "text",
            "NumMedia": str(len(message.look.media)),
            "NumSegments": "1",
            "ProfileName": phone.profile_name,
            "ReferralNumMedia": "0",
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": self._world.settings.business_address,
        }
        number = addresses.whatsapp_id(phone.identity)
        if number:
            form["WaId"] = context["WaId"] = number
        if phone.external_user_id:
            form["ExternalUserId"] = phone.external_user_id
        metadata = {"type": "whatsapp", "data": {"context": context}}
        return {**form, "ChannelMetadata": json.dumps(metadata, ensure_ascii=False)}

    async def _carry(self, phone: Phone, message: Message, form: dict[str, str]) -> None:
        """Hand a message to the webhook, one at a time for each phone, in the order written."""
        async with phone.webhook_turn:
            url = self._world.settings.webhook_url
            if url:
                parcel = Parcel(url, form, phone.identity, message.sid, "message")
                outcome = await self._world.courier.deliver(parcel)
            else:
                outcome = Outcome(ok=False, reason="no webhook is configured (--webhook-url)")
            self._conclude(phone, message, outcome)

    def _conclude(self, phone: Phone, message: Message, outcome: Outcome) -> None:
        reason = outcome.reason
        if outcome.ok:
            reason = self._answer(phone, outcome)
        message.delivery = Delivery(
            ok=outcome.ok,
            http_status=outcome.http_status,
            milliseconds=outcome.milliseconds,
            attempts=outcome.attempts,
            reason=reason,
        )
        if message.status == "sent":
            now = self._world.clock.now()
            message.move_to("delivered" if outcome.ok else "failed", now)
            if outcome.ok and message.seq <= phone.seen_up_to:
                message.move_to("read", now)
        self._world.show_message(message)

    def _answer(self, phone: Phone, outcome: Outcome) -> str | None:
        """Send what the webhook's TwiML asks for; returns what was wrong with it, if anything."""
        try:
            asked = replies(outcome.body, outcome.content_type)
        except TwimlError as error:
            return str(error)
        for reply in asked:
            if not phone.opted_out and (reply.body or reply.media):
                media = [media_of(url) for url in reply.media if url.startswith("http")]
                self._messaging.reply(phone.identity, Rendered(reply.body, media=media))
        return None


def _act(phone: Phone, sends: PersonSends) -> Act:
    quoted = _quoted(phone, sends.reply_to)
    if sends.location:
        return _locate(sends.location, quoted)
    if sends.list_id:
        return _pick(phone, sends.list_id, quoted)
    if sends.button_payload or sends.button_text:
        return _tap(phone, sends, quoted)
    form = {"Body": sends.text or ""}
    for index, media in enumerate(sends.media):
        form |= {f"MediaUrl{index}": media.url, f"MediaContentType{index}": media.content_type}
    if sends.media:
        form["MessageType"] = sends.media[0].content_type.partition("/")[0]
    return Act(Rendered(sends.text or "", media=sends.media), form, quoted)


def _quoted(phone: Phone, sid: str | None) -> Message | None:
    if sid is None:
        return None
    found = next((message for message in phone.thread if message.sid == sid), None)
    if found is None:
        raise ControlError(404, f"reply_to: this phone shows no message {sid}")
    return found


def _locate(place: Location, quoted: Message | None) -> Act:
    form = {
        "Body": "",
        "MessageType": "location",
        "Latitude": str(place.latitude),
        "Longitude": str(place.longitude),
    }
    if place.label:
        form["Label"] = place.label
    if place.address:
        form["Address"] = place.address
    return Act(Rendered(location=place), form, quoted)


def _candidates(phone: Phone, quoted: Message | None) -> list[Message]:
    """The messages that a tap may belong to, the newest first."""
    return [quoted] if quoted else [m for m in reversed(phone.thread) if not m.inbound]


def _tap(phone: Phone, sends: PersonSends, quoted: Message | None) -> Act:
    for message in _candidates(phone, quoted):
        for button in message.look.buttons:
            wanted = sends.button_payload in (None, button.id)
            if button.kind == "reply" and wanted and sends.button_text in (None, button.title):
                return _tapped(button.title, button.id or button.title, message)
    name = sends.button_payload or sends.button_text
    raise ControlError(404, f"this phone shows no button {name!r}")


def _tapped(title: str, payload: str, message: Message) -> Act:
    form = {
        "Body": title,
        "ButtonPayload": payload,
        "ButtonText": title,
        "MessageType": "button",
    }
    return Act(Rendered(title), form, message)


def _pick(phone: Phone, row_id: str, quoted: Message | None) -> Act:
    for message in _candidates(phone, quoted):
        picker = message.look.list_picker
        for row in picker.rows if picker else []:
            if row.id == row_id:
                return _picked(row, message)
    raise ControlError(404, f"this phone shows no list with a row {row_id!r}")


def _picked(row: ListRow, message: Message) -> Act:
    words = "\n".join(part for part in (row.title, row.description) if part)
    form = {
        "Body": row.title,
        "ListId": row.id,
        "ListTitle": row.title,
        "MessageType": "interactive",
    }
    if row.description:
        form["ListDescription"] = row.description
    return Act(Rendered(words), form, message)


def _reply_fields(act: Act, phone: Phone) -> dict[str, str]:
    """Which message was tapped or swiped on, and who had written it."""
    if act.reply_to is None:
        return {}
    fields = {"OriginalRepliedMessageSid": act.reply_to.sid}
    if act.reply_to.inbound:
        fields["OriginalRepliedMessageSender"] = addresses.PREFIX + phone.identity
    return fields
