"""The channel port on Twilio's API."""

import functools
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import structlog
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from core.errors import InvalidInputError, OutcomeUnknownError, RejectedError, RetryLaterError
from core.settings import settings
from whatsapp.port import Accepted
from whatsapp.render import as_numbered_text
from whatsapp.schemas import STATUSES, Content, InboundMessage
from whatsapp.twilio.client import make_client
from whatsapp.twilio.contents import ContentBook
from whatsapp.twilio.errors import UNKNOWN_CONTENT, our_errors
from whatsapp.twilio.payload import inbound_message
from whatsapp.twilio.render import Shape, check, shape

log = structlog.get_logger(__name__)

STATUS_PATH = "/webhooks/twilio/status"

_CLOCK_SKEW = timedelta(seconds=60)  # their clock against ours
_MOST_RECEIVED = 1_000
_LOOK_BACK = 50  # newest messages to one address; a traveller gets a few in a minute
_PREFIX = "whatsapp:"


class TwilioChannel:
    """Sends WhatsApp messages through one Twilio account.

    Args:
        client: the SDK's client.
        contents: where registered message shapes are found.
        sender: our own number, in international form.
        status_url: where Twilio reports what became of a message.
    """

    def __init__(self, client: Client, contents: ContentBook, sender: str, status_url: str) -> None:
        self._client = client
        self._contents = contents
        self._sender = f"{_PREFIX}{sender.removeprefix(_PREFIX)}"
        self._status_url = status_url

    def send(self, address: str, content: Content, reference: str) -> Accepted:
        """Hand *content* over; see `whatsapp.port.Channel.send`."""
        check(content)
        if content.choices:
            return self._send_choices(address, content, reference)
        return self._create(address, reference, **_plain_fields(content))

    def find_sent(
        self, address: str, content: Content, since: datetime, known: Collection[str]
    ) -> Accepted | None:
        """Look through the account's list; see `whatsapp.port.Channel.find_sent`.

        Twilio cannot be asked for a message by our own reference. One message at a time is
        under way to an address, so a message there that is nobody else's, of that moment and
        with these words, is the one.
        """
        to = f"{_PREFIX}{address}"
        for message in self._listed(to=to, from_=self._sender, limit=_LOOK_BACK):
            if str(message.sid) not in known and _is_it(message, content, since - _CLOCK_SKEW):
                return _accepted(message)
        return None

    def received(self, since: datetime) -> list[InboundMessage]:
        """List what came in; see `whatsapp.port.Channel.received`.

        The list lacks what was tapped: a choice comes back as its words.
        """
        since = since.replace(microsecond=0)  # the list's times are whole seconds
        listed = self._listed(to=self._sender, date_sent_after=since, limit=_MOST_RECEIVED)
        recent = [message for message in listed if (message.date_created or since) >= since]
        read = [_inbound(message) for message in reversed(recent)]
        return [message for message in read if message is not None]

    def typing(self, inbound_sid: str) -> None:
        """Show the typing indicator for up to 25 s; see `whatsapp.port.Channel.typing`."""
        with our_errors():
            self._client.messaging.v2.typing_indicator.create(
                channel="whatsapp", message_id=inbound_sid
            )

    def _listed(self, **filters: Any) -> list[MessageInstance]:
        try:
            with our_errors():
                return list(self._client.messages.list(**filters))
        except OutcomeUnknownError as error:  # a question has no outcome: ask again
            raise RetryLaterError(error.message) from error

    def _send_choices(self, address: str, content: Content, reference: str) -> Accepted:
        form = shape(content)
        try:
            sid = self._contents.sid(form)
        except RejectedError as error:
            log.warning("content_refused", shape=form.name, code=error.code)
            return self._create(address, reference, **_plain_fields(as_numbered_text(content)))
        try:
            return self._create_from(sid, form, address, reference)
        except RejectedError as error:
            if error.code not in UNKNOWN_CONTENT:
                raise
            # Somebody deleted it there, or the account's data began anew: register it again.
            self._contents.forget(form, sid)
            return self._create_from(self._contents.sid(form), form, address, reference)

    def _create_from(self, sid: str, form: Shape, address: str, reference: str) -> Accepted:
        return self._create(
            address, reference, content_sid=sid, content_variables=form.variables_json
        )

    def _create(self, address: str, reference: str, **fields: Any) -> Accepted:
        with our_errors():
            message = self._client.messages.create(
                to=f"{_PREFIX}{address}",
                from_=self._sender,
                status_callback=f"{self._status_url}?mid={reference}",
                **fields,
            )
            return _accepted(message)


@functools.cache
def twilio_channel() -> TwilioChannel:
    """Return the channel of this process, as the settings describe it.

    Raises:
        ConfigurationError: no Twilio account is configured.
    """
    client = make_client()
    return TwilioChannel(
        client,
        ContentBook(client, str(settings().twilio_account_sid)),
        settings().twilio_whatsapp_number,
        f"{settings().public_base_url}{STATUS_PATH}",
    )


def _plain_fields(content: Content) -> dict[str, Any]:
    fields: dict[str, Any] = {"body": content.body} if content.body else {}
    if content.image_url:
        fields["media_url"] = [content.image_url]
    return fields


def _accepted(message: MessageInstance) -> Accepted:
    if not message.sid:
        raise ValueError("a message without a sid")
    status = str(message.status)
    return Accepted(str(message.sid), status if status in STATUSES else "queued")


def _inbound(message: MessageInstance) -> InboundMessage | None:
    """Return a listed message in the form of a webhook; None when it is not from a traveller."""
    form = {
        "MessageSid": str(message.sid),
        "From": str(message.from_),
        "Body": str(message.body or ""),
        "NumMedia": str(message.num_media or "0"),
    }
    try:
        return inbound_message(form) if message.direction == "inbound" else None
    except InvalidInputError:
        return None


def _is_it(message: MessageInstance, content: Content, since: datetime) -> bool:
    """Compare what can be compared: an interactive message may be listed without its words."""
    created = message.date_created
    if created is None or created < since or not str(message.direction).startswith("outbound"):
        return False
    listed = " ".join(str(message.body or "").split())
    expected = " ".join(content.body.split())
    return listed == expected or (bool(content.choices) and (not listed or expected in listed))
