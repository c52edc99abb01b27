"""Everything the simulator remembers, in memory and bounded.

All of it is touched from the server's one event loop only, so no step between two awaits can be
interrupted and no lock is needed; the locks below order slow work (HTTP), not memory.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from simulator import addresses
from simulator.schemas import Button, Card, Content, ListPicker, Location, Media

Direction = Literal["inbound", "outbound-api", "outbound-reply"]
COLOURS = ("#0b7a75", "#7b4b94", "#b3541e", "#2f5d9b", "#8a1c4a", "#3f7d20", "#6b5b00", "#4a4e69")


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
    cards: list[Card] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message of a thread.

    ``identity`` is the phone's lasting key, ``address`` what stood in ``From`` or ``To``.

    ``status`` follows Twilio's words for the bot's messages. For the person's own messages it is
    what their ticks show: sent, delivered (the bot's webhook took it), read, or failed.
    """

    sid: str
    identity: str
    address: str
    direction: Direction
    look: Rendered
    created_at: datetime
    status: str
    template: tuple[str, str] | None = None
    reactions: dict[str, str] = field(default_factory=dict)
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
    redacted: bool = False
    reported: list[str] = field(default_factory=list)
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
    """One person's phone and its thread with the business.

    ``identity`` is what it was first known by and never changes; a person who hid their number
    may show it later, and is then written to at that number.
    """

    identity: str
    profile_name: str
    number: str | None = None
    username: str | None = None
    colour: str = COLOURS[0]
    thread: list[Message] = field(default_factory=list)
    last_seq: int = 0
    last_inbound_at: datetime | None = None
    opted_out: bool = False
    auto_read: bool = True
    blocked: bool = False
    offline: bool = False
    unreachable: int | None = None
    external_user_id: str | None = None
    seen_up_to: int = 0
    typing_serial: int = 0
    typing: bool = False
    webhook_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    back_online: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        """The number, or the user id while the number is hidden."""
        return self.number or self.identity

    def window_closes_at(self, hours: float) -> datetime | None:
        """When free-form messages stop being allowed; None when the person never wrote."""
        return self.last_inbound_at + timedelta(hours=hours) if self.last_inbound_at else None

    def window_open(self, now: datetime, hours: float) -> bool:
        """Whether the business may write freely at this moment."""
        closes = self.window_closes_at(hours)
        return closes is not None and now < closes

    def unread(self) -> int:
        """How many of the bot's messages have arrived and not been looked at."""
        return sum(m.status == "delivered" and not m.inbound for m in self.thread)


class State:
    """Phones, messages and contents."""

    def __init__(self, profile_name: str, message_cap: int, phone_cap: int, total_cap: int) -> None:
        self._profile_name = profile_name
        self._message_cap = message_cap
        self._phone_cap = phone_cap
        self._total_cap = total_cap
        self._arrivals = 0
        self._also_known_as: dict[str, str] = {}
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}  # in the order of arrival
        self.contents: dict[str, Content] = {}

    def key(self, address: str) -> str:
        """The lasting key behind a number or a user id."""
        return self._also_known_as.get(address, address)

    def known(self, address: str) -> Phone | None:
        """The phone that answers to this number or user id, if there is one."""
        return self.phones.get(self.key(address))

    def phone(self, address: str) -> Phone:
        """The phone that answers to this number or user id, made on first use."""
        key = self.key(address)
        phone = self.phones.pop(key, None) or self._new_phone(key)
        self.phones[key] = phone  # the most recently used phone stands last
        while len(self.phones) > self._phone_cap:
            self.forget(next(iter(self.phones)))
        return phone

    def name_too(self, phone: Phone, address: str) -> None:
        """Let a phone answer to a second number or user id."""
        self._also_known_as[address] = phone.identity

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
        while len(self.messages) > self._total_cap:
            self._drop(next(iter(self.messages.values())))
        return phone

    def remove(self, sid: str) -> bool:
        """Delete a message from the account; the person's phone keeps it. False: no such one."""
        return self.messages.pop(sid, None) is not None

    def newest_first(self) -> list[Message]:
        """Every message of every phone, the latest arrival first."""
        return list(reversed(self.messages.values()))

    def forget(self, identity: str) -> None:
        """Drop a phone and its thread."""
        for message in self.phones.pop(identity).thread:
            self.messages.pop(message.sid, None)
        self._also_known_as = {a: k for a, k in self._also_known_as.items() if k != identity}

    def clear(self) -> None:
        """Forget all phones, messages and contents."""
        self.phones.clear()
        self.messages.clear()
        self.contents.clear()
        self._also_known_as.clear()

    def _new_phone(self, identity: str) -> Phone:
        number = identity if addresses.whatsapp_id(identity) else None
        colour = COLOURS[sum(identity.encode()) % len(COLOURS)]
        return Phone(identity, self._profile_name, number=number, colour=colour)

    def _drop(self, message: Message) -> None:
        del self.messages[message.sid]
        phone = self.phones.get(message.identity)
        if phone and phone.thread and phone.thread[0] is message:
            phone.thread.pop(0)
