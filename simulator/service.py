"""The REST side: sending, listing, typing, and Content resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from simulator import addresses
from simulator.content import ContentError, media_of, parse_variables, render
from simulator.delivery import StatusReporter
from simulator.errors import ApiError, not_found
from simulator.limits import Parcelled
from simulator.media import fault_of
from simulator.schemas import Content, ContentRequest
from simulator.state import Message, Phone, Rendered, new_sid
from simulator.templates import OUTSIDE_WINDOW, failure_outside_window
from simulator.world import World

MAX_MEDIA = 10
MAX_CONTENTS = 1000
TYPING_SECONDS = 25.0


@dataclass(slots=True)
class SendRequest:
    """The fields of ``POST Messages.json`` that matter here."""

    to: str = ""
    sender: str = ""
    body: str = ""
    media_urls: list[str] = field(default_factory=list)
    content_sid: str = ""
    content_variables: str = ""
    status_callback: str = ""
    messaging_service_sid: str = ""


@dataclass(slots=True)
class Verdict:
    """How a message will look, and the error it will end with (None: it arrives).

    ``template`` is the name and the category of the template that it is sent as.
    """

    look: Rendered
    failure: int | None = None
    detail: str | None = None
    template: tuple[str, str] | None = None


class Messaging:
    """Twilio's Messages, Content and Typing resources."""

    def __init__(self, world: World, reporter: StatusReporter) -> None:
        self._world = world
        self._reporter = reporter

    def create(self, request: SendRequest) -> Message:
        """Accept a message; what happens to it afterwards is told by its status.

        Raises:
            ApiError: If Twilio would refuse the request at once.
        """
        phone = self._world.state.phone(self._checked(request))
        if phone.opted_out:
            raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient")
        verdict = self._judge(request, phone)
        self._meter(phone, verdict)
        message = self._outbound(phone, verdict.look, "outbound-api")
        message.address = addresses.identity_of(request.to) or message.address
        message.template = verdict.template
        message.content_sid = request.content_sid or None
        message.status_callback = request.status_callback or None
        message.messaging_service_sid = request.messaging_service_sid or None
        message.error_message = verdict.detail
        self._post(message, verdict.failure)
        return message

    def reply(self, phone: Phone, look: Rendered) -> Message:
        """A message that the bot gave as TwiML, or the platform itself sends."""
        message = self._outbound(phone, look, "outbound-reply")
        self._post(message, None)
        return message

    def fetch(self, sid: str, path: str) -> Message:
        """One message.

        Raises:
            ApiError: 20404 when there is no such message.
        """
        message = self._world.state.messages.get(sid)
        if message is None:
            raise not_found(path)
        return message

    def redact(self, sid: str, path: str, *, emptied: bool) -> Message:
        """Empty a message's body in the account; the person's phone keeps it.

        Raises:
            ApiError: When there is no such message, or the body is not to be emptied.
        """
        message = self.fetch(sid, path)
        if not emptied:
            raise ApiError(400, 20001, "Body must be an empty string, to redact the message")
        message.redacted = True
        return message

    def delete(self, sid: str, path: str) -> None:
        """Remove one message from the account; the person's phone keeps it.

        Raises:
            ApiError: 20404 when there is no such message.
        """
        if not self._world.state.remove(sid):
            raise not_found(path)

    def type(self, message_id: str) -> None:
        """Show that the bot is typing, and mark the person's message as read.

        Raises:
            ApiError: If the id does not name a message that the person sent.
        """
        message = self._world.state.messages.get(message_id)
        if message is None or not message.inbound:
            raise ApiError(400, 20001, "messageId is not the sid of an inbound WhatsApp message")
        phone = self._world.state.phone(message.identity)
        self.see(phone, message.seq)
        phone.typing, phone.typing_serial = True, phone.typing_serial + 1
        self._world.show_phone(phone)
        self._world.spawn(self._stop_typing(phone, phone.typing_serial))

    def see(self, phone: Phone, up_to: int) -> None:
        """Turn the ticks of the person's messages, up to a sequence number, to read.

        A quick bot answers before its webhook has returned; the number is kept for that message.
        """
        phone.seen_up_to = max(phone.seen_up_to, up_to)
        for message in phone.thread:
            if message.inbound and message.seq <= up_to and message.status == "delivered":
                message.move_to("read", self._world.clock.now())
                self._world.show_message(message)

    def create_content(self, request: ContentRequest) -> Content:
        """Store a Content resource.

        Raises:
            ApiError: If the account holds too many already.
        """
        if len(self._world.state.contents) >= MAX_CONTENTS:
            raise ApiError(400, 20001, f"The account holds {MAX_CONTENTS} contents already")
        content = Content(sid=new_sid("HX"), request=request, created_at=self._world.clock.now())
        self._world.state.contents[content.sid] = content
        return content

    def content(self, sid: str, path: str) -> Content:
        """One Content resource.

        Raises:
            ApiError: 20404 when there is none with this sid.
        """
        content = self._world.state.contents.get(sid)
        if content is None:
            raise not_found(path)
        return content

    def _checked(self, request: SendRequest) -> str:
        if not request.to:
            raise ApiError(400, 21604, "A 'To' phone number is required.")
        if not (request.sender or request.messaging_service_sid):
            raise ApiError(400, 21603, "A 'From' phone number is required.")
        if not (request.body.strip() or request.media_urls or request.content_sid):
            raise ApiError(400, 21619, "A text message body or media urls must be specified.")
        identity = addresses.identity_of(request.to)
        if identity is None:
            raise ApiError(400, 21211, f"Invalid 'To' Phone Number: {request.to[:60]}")
        if request.sender and request.sender != self._world.settings.business_address:
            message = "Twilio could not find a Channel with the specified From address"
            raise ApiError(400, 63007, message)
        most = self._world.limits.body
        if most.on and len(request.body) > most.characters:
            text = f"The concatenated message body exceeds the {most.characters} character limit."
            raise ApiError(400, 21617, text)
        _check_parts(request)
        return identity

    def _judge(self, request: SendRequest, phone: Phone) -> Verdict:
        if request.content_sid:
            return self._judge_content(request, phone)
        look = Rendered(request.body, media=[media_of(url) for url in request.media_urls])
        open_now = self._world.window_open(phone)
        return self._judge_media(Verdict(look, None if open_now else OUTSIDE_WINDOW))

    def _judge_content(self, request: SendRequest, phone: Phone) -> Verdict:
        path = f"/v1/Content/{request.content_sid[:60]}"
        content = self.content(request.content_sid, path)
        variables = parse_variables(request.content_variables)
        opens = not self._world.window_open(phone)
        limited = self._world.limits.interactive.on
        try:
            look = render(content, variables, limited=limited, opens=opens)
        except ContentError as error:
            return Verdict(Rendered(), 63021, f"Channel invalid content error: {error}")
        carousel = bool(look.cards)  # it needs approval even while the window is open
        failure = failure_outside_window(content) if opens or carousel else None
        approval = content.approval
        approved = approval is not None and approval.status == "approved"
        template = (approval.name, approval.category) if approval and approved else None
        return self._judge_media(Verdict(look, failure, template=template))

    def _judge_media(self, verdict: Verdict) -> Verdict:
        """Refuse the kinds of file that WhatsApp does not carry; an unknown kind may pass."""
        if verdict.failure or not self._world.limits.media.on:
            return verdict
        for media in verdict.look.media:
            wrong = fault_of(media.content_type, None, self._world.limits)
            if wrong:
                return Verdict(verdict.look, 63021, f"Channel invalid content error: {wrong}")
        return verdict

    def _meter(self, phone: Phone, verdict: Verdict) -> None:
        """Count the message towards the limits, one of which may make it fail."""
        opens = verdict.failure is None and not self._world.window_open(phone)
        marketing = verdict.template is not None and verdict.template[1] == "MARKETING"
        sent = Parcelled(phone.identity, phone.number, opens, opens and marketing)
        try:
            late = self._world.meter.check(sent, self._world.limits, self._world.clock.now())
        except ApiError:
            self._world.rates.refused()
            raise
        self._world.rates.accepted(phone.identity, self._world.clock.now())
        verdict.failure = verdict.failure or late

    def _outbound(self, phone: Phone, look: Rendered, direction: str) -> Message:
        return Message(
            sid=new_sid("MM" if look.media else "SM"),
            identity=phone.identity,
            address=phone.address,
            direction="outbound-api" if direction == "outbound-api" else "outbound-reply",
            look=look,
            created_at=self._world.clock.now(),
            status="queued",
        )

    def _post(self, message: Message, failure: int | None) -> None:
        phone = self._world.state.add(message)
        if failure is None:
            self.see(phone, message.seq)
            phone.typing = False
            self._world.show_phone(phone)
        self._world.show_message(message)
        self._reporter.start(message, failure)

    async def _stop_typing(self, phone: Phone, serial: int) -> None:
        await self._world.clock.sleep(TYPING_SECONDS)
        if phone.typing and phone.typing_serial == serial:
            phone.typing = False
            self._world.show_phone(phone)


def _check_parts(request: SendRequest) -> None:
    if len(request.media_urls) > MAX_MEDIA:
        raise ApiError(400, 21623, "Number of media files exceeds allowed limit.")
    if not all(_is_web(url) for url in request.media_urls):
        raise ApiError(400, 21620, "Invalid media URL(s)")
    if request.status_callback and not _is_web(request.status_callback):
        raise ApiError(400, 21609, "The StatusCallback URL is not a valid URL.")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not _has_blank(url)


def _has_blank(url: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in url)
