"""Everything the simulator remembers, in memory and bounded.

All of it is touched from the server's one event loop only, so no step between two awaits can be
interrupted and no lock is needed; the locks below order slow work (HTTP), not memory.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from simulator.schemas import Button, Content, ListPicker, Location, Media

Direction = Literal["inbound", "outbound-api", "outbound-reply"]
WINDOW = timedelta(hours=24)
LOG_CAP = 200


def new_sid(prefix: str) -> str:
    """A fresh identifier: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Delivery:
    """How handing an inbound message to the bot went."""

    ok: bool
    http_status: int | None
    milliseconds: int
    attempts: int
    reason: str | None


@dataclass(slots=True)
class Rendered:
    """What a message looks like on the phone."""

    body: str = ""
    buttons: list[Button] = field(default_factory=list)
    list_picker: ListPicker | None = None
    media: list[Media] = field(default_factory=list)
    location: Location | None = None


@dataclass(slots=True)
class Message:
    """One message of a thread.

    ``status`` follows Twilio's words for the bot's messages. For the person's own messages it is
    what their ticks show: sent, delivered (the bot's webhook took it), read, or failed.
    """

    sid: str
    identity: str
    direction: Direction
    look: Rendered
    created_at: datetime
    status: str
    content_sid: str | None = None
    reply_to: str | None = None
    status_callback: str | None = None
    messaging_service_sid: str | None = None
    error_code: int | None = None
    error_message: str | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    history: list[tuple[str, datetime]] = field(default_factory=list)
    delivery: Delivery | None = None
    seq: int = 0
    arrival: int = 0
    swap_statuses: bool = False
    callbacks: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def inbound(self) -> bool:
        """Whether the person wrote it (rather than the bot)."""
        return self.direction == "inbound"

    def move_to(self, status: str, now: datetime) -> None:
        """Set the status and remember when."""
        self.status = status
        self.updated_at = now
        self.history.append((status, now))
        if status == "sent":
            self.sent_at = now


@dataclass(slots=True)
class Phone:
    """One person's phone and its thread with the business."""

    identity: str
    profile_name: str
    thread: list[Message] = field(default_factory=list)
    last_seq: int = 0
    last_inbound_at: datetime | None = None
    opted_out: bool = False
    auto_read: bool = True
    blocked: bool = False
    external_user_id: str | None = None
    seen_up_to: int = 0
    typing_serial: int = 0
    typing: bool = False
    webhook_turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def window_closes_at(self) -> datetime | None:
        """When free-form messages stop being allowed; None when the person never wrote."""
        return self.last_inbound_at + WINDOW if self.last_inbound_at else None

    def window_open(self, now: datetime) -> bool:
        """Whether the business may write freely at this moment."""
        closes = self.window_closes_at()
        return closes is not None and now < closes


@dataclass(slots=True)
class WebhookCall:
    """One HTTP attempt towards the bot, for the developer's log."""

    at: datetime
    identity: str
    sid: str
    kind: str
    url: str
    http_status: int | None
    milliseconds: int
    reason: str | None


class State:
    """Phones, messages, contents and the webhook log."""

    def __init__(self, profile_name: str, message_cap: int, phone_cap: int) -> None:
        self._profile_name = profile_name
        self._message_cap = message_cap
        self._phone_cap = phone_cap
        self._arrivals = 0
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}  # in the order of arrival
        self.contents: dict[str, Content] = {}
        self.log: deque[WebhookCall] = deque(maxlen=LOG_CAP)

    def phone(self, identity: str) -> Phone:
        """The phone of this identity, made on first use."""
        phone = self.phones.pop(identity, None) or Phone(identity, self._profile_name)
        self.phones[identity] = phone  # the most recently used phone stands last
        while len(self.phones) > self._phone_cap:
            self._forget(next(iter(self.phones)))
        return phone

    def add(self, message: Message) -> Phone:
        """Put a message at the end of its thread and number it."""
        phone = self.phone(message.identity)
        phone.last_seq += 1
        self._arrivals += 1
        message.seq, message.arrival = phone.last_seq, self._arrivals
        message.updated_at = message.created_at
        message.history.append((message.status, message.created_at))
        phone.thread.append(message)
        self.messages[message.sid] = message
        while len(phone.thread) > self._message_cap:
            self.messages.pop(phone.thread.pop(0).sid, None)
        return phone

    def remove(self, sid: str) -> bool:
        """Delete a message from the account; the person's phone keeps it. False: no such one."""
        return self.messages.pop(sid, None) is not None

    def newest_first(self) -> list[Message]:
        """Every message of every phone, the latest arrival first."""
        return list(reversed(self.messages.values()))

    def clear(self) -> None:
        """Forget all phones, messages, contents and log lines."""
        self.phones.clear()
        self.messages.clear()
        self.contents.clear()
        self.log.clear()

    def _forget(self, identity: str) -> None:
        for message in self.phones.pop(identity).thread:
            self.messages.pop(message.sid, None)
