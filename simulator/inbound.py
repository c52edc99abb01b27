"""What the person at the phone does, and how it reaches the bot."""

from __future__ import annotations

import json

from simulator import addresses
from simulator.acts import Act, acts_of, quoted_message
from simulator.callbacks import Outcome, Parcel
from simulator.content import media_of
from simulator.delivery import StatusReporter
from simulator.errors import ControlError
from simulator.schemas import Media
from simulator.schemas_control import PersonSends, Referral
from simulator.service import Messaging
from simulator.state import Delivery, Message, Phone, Rendered, new_sid
from simulator.twiml import TwimlError, replies
from simulator.views import API
from simulator.world import World

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START_WORDS = frozenset({"start", "unstop"})
STOPPED = "You have unsubscribed and will not receive any more messages. Reply START to come back."
STARTED = "You are subscribed again. Reply STOP to unsubscribe."


class Person:
    """Carries what people do on their phones to the bot's webhook."""

    def __init__(self, world: World, messaging: Messaging, reporter: StatusReporter) -> None:
        self._world = world
        self._messaging = messaging
        self._reporter = reporter

    def send(self, phone: Phone, sends: PersonSends) -> list[Message]:
        """Put what the person does into the thread and start its way to the bot.

        Returns:
            The messages that it became; an album becomes several.

        Raises:
            ControlError: If a button, row, message or file is named that is not there.
        """
        if sends.reaction is not None:
            return [self._react(phone, sends)]
        acts = acts_of(phone, sends, self._world.files, self._world.clock.now())
        messages = [self._take(phone, act) for act in acts]
        self._reporter.mark_read(phone)
        ordered = self._world.behaviour.ordered_webhooks and len(acts) == 1
        for act, message in zip(acts, messages, strict=True):
            form = {
                **self._envelope(phone, message),
                **act.form,
                **_reply_fields(act, phone),
                **_referral_fields(sends.referral),
                **self._note_consent(phone, act.form["Body"]),
            }
            self._world.show_message(message)
            self._world.spawn(self._carry(phone, message, form, ordered=ordered))
        self._world.show_phone(phone)
        return messages

    def _take(self, phone: Phone, act: Act) -> Message:
        message = Message(
            sid=new_sid("MM" if act.look.media else "SM"),
            identity=phone.identity,
            address=phone.address,
            direction="inbound",
            look=act.look,
            created_at=self._world.clock.now(),
            status="sent",
            reply_to=act.reply_to.sid if act.reply_to else None,
        )
        for index, media in enumerate(act.look.media):
            media.url = media.url or self._address(message, media)
            act.form[f"MediaUrl{index}"] = media.url
            act.form[f"MediaContentType{index}"] = media.content_type
        self._world.state.add(message)
        phone.last_inbound_at = message.created_at
        return message

    def _address(self, message: Message, media: Media) -> str:
        """Where the bot gets a file, with the account's credentials."""
        account = f"{API}/Accounts/{self._world.settings.account_sid}"
        return f"{self._world.base_url}/{account}/Messages/{message.sid}/Media/{media.upload}"

    def _react(self, phone: Phone, sends: PersonSends) -> Message:
        """Put a reaction on a message, or take it back; mostly the bot never hears of it."""
        message = quoted_message(phone, sends.reply_to)
        if message is None:
            raise ControlError(400, "a reaction needs reply_to")
        message.reactions.pop("person", None)
        if sends.reaction:
            message.reactions["person"] = sends.reaction
        self._world.show_message(message)
        if self._world.behaviour.reactions:
            phone.last_inbound_at = self._world.clock.now()
            act = Act(
                Rendered(), {"Body": sends.reaction or "", "MessageType": "reaction"}, message
            )
            form = {**self._envelope(phone, message), **act.form, **_reply_fields(act, phone)}
            form |= dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), new_sid("SM"))
            form["NumMedia"] = "0"
            self._world.spawn(self._tell(phone, form))
        return message

    async def _tell(self, phone: Phone, form: dict[str, str]) -> None:
        url = self._world.settings.webhook_url
        if url:
            parcel = Parcel(url, form, phone.identity, form["MessageSid"], "reaction")
            await self._world.courier.deliver(parcel)

    def _note_consent(self, phone: Phone, body: str) -> dict[str, str]:
        """Handle STOP and START as the platform does: it remembers and confirms by itself."""
        word = body.strip().lower()
        if not self._world.behaviour.opt_out or word not in STOP_WORDS | START_WORDS:
            return {}
        stop = word in STOP_WORDS
        changed, phone.opted_out = phone.opted_out != stop, stop
        if changed:
            self._messaging.reply(phone, Rendered(STOPPED if stop else STARTED))
        return {"OptOutType": "STOP" if stop else "START"}

    def _envelope(self, phone: Phone, message: Message) -> dict[str, str]:
        context = {"ProfileName": phone.profile_name}
        form = {
            "AccountSid": self._world.settings.account_sid,
            "ApiVersion": API,
            "From": addresses.PREFIX + phone.address,
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
        number = addresses.whatsapp_id(phone.address)
        if number:
            form["WaId"] = context["WaId"] = number
        if phone.external_user_id and number:
            form["ExternalUserId"] = phone.external_user_id
        metadata = {"type": "whatsapp", "data": {"context": context}}
        return {**form, "ChannelMetadata": json.dumps(metadata, ensure_ascii=False)}

    async def _carry(
        self, phone: Phone, message: Message, form: dict[str, str], *, ordered: bool
    ) -> None:
        """Hand a message to the webhook; ordered: after the ones that the phone sent before."""
        url = self._world.settings.webhook_url
        if not url:
            reason = "no webhook is configured (--webhook-url)"
            self._conclude(phone, message, Outcome(ok=False, reason=reason))
            return
        parcel = Parcel(url, form, phone.identity, message.sid, "message")
        if not ordered or self._world.courier.unordered():
            self._conclude(phone, message, await self._world.courier.deliver(parcel))
            return
        async with phone.webhook_turn:
            self._conclude(phone, message, await self._world.courier.deliver(parcel))

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
                self._messaging.reply(phone, Rendered(reply.body, media=media))
                self._world.rates.accepted(phone.identity, self._world.clock.now())
        return None


def _reply_fields(act: Act, phone: Phone) -> dict[str, str]:
    """Which message was tapped or swiped on, and who had written it."""
    if act.reply_to is None:
        return {}
    fields = {"OriginalRepliedMessageSid": act.reply_to.sid}
    if act.reply_to.inbound:
        fields["OriginalRepliedMessageSender"] = addresses.PREFIX + phone.address
    return fields


def _referral_fields(referral: Referral | None) -> dict[str, str]:
    """The advertisement that led the person here."""
    if referral is None:
        return {}
    fields = {
        "ReferralSourceUrl": referral.source_url,
        "ReferralSourceType": referral.source_type,
        "ReferralSourceId": referral.source_id,
        "ReferralHeadline": referral.headline,
        "ReferralBody": referral.body,
    }
    return {name: value for name, value in fields.items() if value}
