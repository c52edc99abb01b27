"""The channel port on Twilio's API."""

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import structlog
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.rest.api.v2010.account.message.media import MediaInstance

from conversation.schemas import Incoming
from core.errors import InvalidInputError, RejectedError
from core.settings import settings
from whatsapp.checks import check, is_template_only
from whatsapp.port import Accepted
from whatsapp.render import as_numbered_text
from whatsapp.schemas import (
    FAILED,
    STATUSES,
    Content,
    InboundMessage,
    Medium,
    StatusChange,
    TemplateUse,
)
from whatsapp.templates.schemas import TemplateState, TemplateVariant
from whatsapp.twilio.approvals import ApprovalDesk
from whatsapp.twilio.client import make_client
from whatsapp.twilio.contents import ContentBook
from whatsapp.twilio.errors import UNKNOWN_CONTENT, asking, our_errors
from whatsapp.twilio.media import MOST_FILES, fetch, media_of
from whatsapp.twilio.payload import inbound_message, incoming
from whatsapp.twilio.render import Shape, plain_fields, shape, template_variables

log = structlog.get_logger(__name__)

STATUS_PATH = "/webhooks/twilio/status"

_API = "https://api.twilio.com"
_CLOCK_SKEW = timedelta(seconds=60)  # their clock against ours
_MOST_LISTED = 10_000  # of half an hour: more than five a second all the time
_ALL = {"limit": _MOST_LISTED, "page_size": 1_000}
_LOOK_BACK = 50  # newest messages to one address; a traveller gets a few in a minute
_PREFIX = "whatsapp:"
_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_NOT_FOUND = "20404"


@dataclass(frozen=True, slots=True)
class Account:
    """What tells our account from others.

    Attributes:
        sid: of the account.
        token: its secret.
        sender: our own number, in international form.
        status_url: where Twilio reports what became of a message.
        base_url: the server that stands in for Twilio's, if one does.
    """

    sid: str
    token: str = field(repr=False)
    sender: str
    status_url: str
    base_url: str | None


class TwilioChannel:
    """Sends WhatsApp messages through one Twilio account.

    Args:
        client: the SDK's client.
        account: what it is a client of.
        timeout_s: how long Twilio may take to answer.
    """

    provider = "twilio"
    settle_s = 10.0
    tells_unsent = True

    def __init__(self, client: Client, account: Account, timeout_s: float) -> None:
        self._client = client
        self._account = account
        self._contents = ContentBook(client, account.sid)
        self._approvals = ApprovalDesk(client, self._contents)
        self._sender = f"{_PREFIX}{account.sender.removeprefix(_PREFIX)}"
        self._known_files: dict[str, dict[str, str]] = {}
        self.timeout_s = timeout_s

    def send(self, address: str, content: Content, reference: str) -> Accepted:
        """Hand *content* over; see `whatsapp.port.Channel.send`."""
        check(content)
        if is_template_only(content) and content.template is not None:
            return self._send_template(address, content.template, reference)
        if content.choices:
            return self._send_choices(address, content, reference)
        return self._create(address, reference, **plain_fields(content))

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
        listed = self._listed(to=self._sender, date_sent_after=since, **_ALL)
        recent = [message for message in listed if (message.date_created or since) >= since]
        read = [self._inbound(message) for message in reversed(recent)]
        return [message for message in read if message is not None]

    def failures(self, since: datetime) -> list[StatusChange]:
        """List what did not arrive; see `whatsapp.port.Channel.failures`.

        The newest comes first; a message that was never sent has no date to filter by.
        """
        since -= _CLOCK_SKEW
        with asking():
            listed = self._client.messages.stream(from_=self._sender, **_ALL)
            recent = takewhile(lambda each: (each.date_created or since) >= since, listed)
            return [_failure(message) for message in recent if str(message.status) in FAILED]

    def _inbound(self, message: MessageInstance) -> InboundMessage | None:
        """Return a listed message in a webhook's form; None when it is not from a traveller."""
        form = {
            "MessageSid": str(message.sid),
            "From": str(message.from_),
            "Body": str(message.body or ""),
            "NumMedia": str(message.num_media or "0"),
        }
        if message.direction != "inbound":
            return None
        try:
            inbound_message(form)
        except InvalidInputError:
            return None
        files = self._files(str(message.sid)) if form["NumMedia"] != "0" else {}
        return inbound_message({**form, **files})

    def _files(self, sid: str) -> dict[str, str]:
        """Ask which files belong to a listed message; a message's files never change."""
        if sid not in self._known_files:
            with asking():
                listed = self._client.messages(sid).media.list(limit=MOST_FILES)
            while len(self._known_files) >= _MOST_LISTED:
                self._known_files.pop(next(iter(self._known_files)))
            self._known_files[sid] = _media_fields(listed, self._account.base_url)
        return self._known_files[sid]

    def read(self, payload: Mapping[str, Any]) -> Incoming:
        """Read a webhook's fields; see `whatsapp.port.Channel.read`."""
        return incoming(payload)

    def media(self, payload: Mapping[str, Any]) -> list[Medium]:
        """List a webhook's files; see `whatsapp.port.Channel.media`."""
        return media_of(payload)

    def fetch(self, medium: Medium, most_bytes: int) -> bytes:
        """Fetch a file; see `whatsapp.port.Channel.fetch`."""
        return fetch(
            medium,
            most_bytes,
            account=(self._account.sid, self._account.token),
            base_url=self._account.base_url,
            timeout_s=self.timeout_s,
        )

    def submit_template(self, template: TemplateVariant) -> TemplateState:
        """Hand a template in; see `whatsapp.port.Channel.submit_template`."""
        return self._approvals.submit(template)

    def template_states(self) -> list[TemplateState]:
        """List our templates; see `whatsapp.port.Channel.template_states`."""
        return self._approvals.states()

    def erase(self, provider_sid: str) -> None:
        """Delete a message and its files; see `whatsapp.port.Channel.erase`.

        Twilio deletes a message's files along with it, and refuses while it is under way.
        """
        if not _SID.fullmatch(provider_sid):
            return  # sent through somebody else
        try:
            with asking():
                self._client.messages(provider_sid).delete()
        except RejectedError as error:
            if error.code != _NOT_FOUND:
                raise

    def typing(self, inbound_sid: str) -> None:
        """Show the typing indicator for up to 25 s; see `whatsapp.port.Channel.typing`."""
        with our_errors():
            self._client.messaging.v2.typing_indicator.create(
                channel="whatsapp", message_id=inbound_sid
            )

    def _listed(self, **filters: Any) -> list[MessageInstance]:
        with asking():
            return list(self._client.messages.list(**filters))

    def _send_template(self, address: str, template: TemplateUse, reference: str) -> Accepted:
        fields = {"content_sid": template.provider_id}
        if template.variables:
            fields["content_variables"] = template_variables(template)
        return self._create(address, reference, **fields)

    def _send_choices(self, address: str, content: Content, reference: str) -> Accepted:
        form = shape(content)
        try:
            sid = self._contents.sid(form)
        except RejectedError as error:
            log.warning("content_refused", shape=form.name, code=error.code)
            return self._create(address, reference, **plain_fields(as_numbered_text(content)))
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
                status_callback=f"{self._account.status_url}?mid={reference}",
                **fields,
            )
            return _accepted(message)


@functools.cache
def twilio_channel() -> TwilioChannel:
    """Return the channel of this process, as the settings describe it.

    Raises:
        ConfigurationError: no Twilio account is configured.
    """
    configured = settings()
    client = make_client()
    account = Account(
        client.account_sid,
        client.password,
        configured.twilio_whatsapp_number,
        f"{configured.public_base_url}{STATUS_PATH}",
        configured.twilio_base_url,
    )
    return TwilioChannel(client, account, configured.twilio_timeout_s)


def _accepted(message: MessageInstance) -> Accepted:
    if not message.sid:
        raise ValueError("a message without a sid")
    status = str(message.status)
    # One that is found to have failed was accepted, too; why it failed is told by `failures`.
    known = status in STATUSES - FAILED
    return Accepted(str(message.sid), status if known else "queued")


def _failure(message: MessageInstance) -> StatusChange:
    code = str(message.error_code) if message.error_code else ""
    return StatusChange(0, str(message.sid), str(message.status), code)


def _media_fields(listed: Sequence[MediaInstance], base_url: str | None) -> dict[str, str]:
    """Return the fields with which a webhook announces these files."""
    fields = {}
    for index, medium in enumerate(listed):
        path = str(medium.uri).removesuffix(".json")
        fields[f"MediaUrl{index}"] = f"{base_url or _API}{path}"
        fields[f"MediaContentType{index}"] = str(medium.content_type or "")
    return fields


def _is_it(message: MessageInstance, content: Content, since: datetime) -> bool:
    """Compare what can be compared: an interactive message may be listed without its words."""
    created = message.date_created
    if created is None or created < since or not str(message.direction).startswith("outbound"):
        return False
    listed = " ".join(str(message.body or "").split())
    if content.pin is not None:
        return listed in {"", content.pin.name}
    if is_template_only(content) and content.template is not None:
        return all(" ".join(value.split()) in listed for value in content.template.variables)
    expected = " ".join(content.body.split())
    return listed == expected or (bool(content.choices) and (not listed or expected in listed))
