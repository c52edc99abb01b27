"""The REST side: sending, listing, typing, and Content resources."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from simulator import addresses
from simulator.content import (
    MAX_TEXT,
    ContentError,
    judge,
    media_of,
    parse_variables,
    render,
)
from simulator.delivery import StatusReporter
from simulator.errors import ApiError, not_found
from simulator.schemas import Approval, ApprovalRequest, Content, ContentRequest
from simulator.state import Message, Phone, Rendered, new_sid
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
    """How a message will look, and the error it will end with (None: it arrives)."""

    look: Rendered
    failure: int | None = None
    detail: str | None = None


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
        self._world.faults.raise_if_due()
        identity = self._checked(request)
        phone = self._world.state.phone(identity)
        if phone.opted_out:
            raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient")
        verdict = self._judge(request, phone)
        message = self._outbound(identity, verdict.look, "outbound-api")
        message.content_sid = request.content_sid or None
        message.status_callback = request.status_callback or None
        message.messaging_service_sid = request.messaging_service_sid or None
        message.error_message = verdict.detail
        self._post(message, verdict.failure)
        return message

    def reply(self, identity: str, look: Rendered) -> Message:
        """A message that the bot gave as TwiML, or the platform itself sends."""
        message = self._outbound(identity, look, "outbound-reply")
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

    def ask_approval(self, content: Content, request: ApprovalRequest) -> Approval:
        """Let WhatsApp judge a content as a template; the verdict is kept with the content."""
        content.approval = judge(content, request)
        return content.approval

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
        _check_parts(request)
        return identity

    def _judge(self, request: SendRequest, phone: Phone) -> Verdict:
        if request.content_sid:
            return self._judge_content(request, phone)
        look = Rendered(request.body, media=[media_of(url) for url in request.media_urls])
        return Verdict(look, None if phone.window_open(self._world.clock.now()) else 63016)

    def _judge_content(self, request: SendRequest, phone: Phone) -> Verdict:
        path = f"/v1/Content/{request.content_sid[:60]}"
        content = self.content(request.content_sid, path)
        variables = parse_variables(request.content_variables)
        try:
            look = render(content, variables)
        except ContentError as error:
            return Verdict(Rendered(), 63021, f"Channel invalid content error: {error}")
        approved = content.approval is not None and content.approval.status == "approved"
        allowed = approved or phone.window_open(self._world.clock.now())
        return Verdict(look, None if allowed else 63016)

    def _outbound(self, identity: str, look: Rendered, direction: str) -> Message:
        return Message(
            sid=new_sid("MM" if look.media else "SM"),
            identity=identity,
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
        await asyncio.sleep(TYPING_SECONDS)
        if phone.typing and phone.typing_serial == serial:
            phone.typing = False
            self._world.show_phone(phone)


def _check_parts(request: SendRequest) -> None:
    if len(request.body) > MAX_TEXT:
        text = f"The concatenated message body exceeds the {MAX_TEXT} character limit."
        raise ApiError(400, 21617, text)
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
