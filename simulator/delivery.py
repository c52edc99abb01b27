"""What becomes of the bot's message after Twilio took it: statuses, and their callbacks."""

from __future__ import annotations

import asyncio

from simulator import addresses
from simulator.callbacks import Parcel
from simulator.errors import FAILURES
from simulator.state import Message, Phone
from simulator.views import API
from simulator.world import World


class StatusReporter:
    """Moves messages through queued, sent, delivered and read, or to failed.

    Reports of one message leave in order, each after the one before was answered.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, message: Message, failure: int | None) -> None:
        """Begin a message's journey; ``failure`` is the error number it will end with, if any."""
        self._world.spawn(self._journey(message, failure))

    def mark_read(self, phone: Phone) -> int:
        """The person looked at the chat: every delivered message is read now. Returns how many."""
        waiting = [m for m in phone.thread if not m.inbound and m.status == "delivered"]
        for message in waiting:
            self._change(message, "read")
            self._tell(message, "read")
        return len(waiting)

    async def _journey(self, message: Message, failure: int | None) -> None:
        self._tell(message, "queued")
        if failure is not None:
            await self._fail(message, failure)
            return
        message.swap_statuses = self._world.faults.swap_due()
        phone = self._world.state.phone(message.identity)
        for status in ("sent", "delivered"):
            await asyncio.sleep(self._world.settings.status_delay)
            if status == "delivered" and phone.blocked:
                return  # a blocked business is never told: its messages just stay at sent
            self._change(message, status)
            for reported in _reports(message, status):
                self._tell(message, reported)
        await self._read_unattended(message, phone)

    async def _fail(self, message: Message, code: int) -> None:
        await asyncio.sleep(self._world.settings.status_delay)
        message.error_code = code
        message.error_message = message.error_message or FAILURES[code]
        self._change(message, "failed")
        self._tell(message, "failed")

    async def _read_unattended(self, message: Message, phone: Phone) -> None:
        """Read the message after a moment, unless an open phone page will say when."""
        delay = self._world.settings.read_delay
        if delay < 0:
            return
        await asyncio.sleep(delay)
        attended = self._world.events.viewers(phone.identity) > 0
        if phone.auto_read and not attended and message.status == "delivered":
            self._change(message, "read")
            self._tell(message, "read")

    def _change(self, message: Message, status: str) -> None:
        message.move_to(status, self._world.clock.now())
        self._world.show_message(message)

    def _tell(self, message: Message, status: str) -> None:
        """Report a status in the background: a slow bot does not hold up the phone."""
        url = message.status_callback or self._world.settings.status_callback_url
        if url:
            form = self._form(message, status)
            parcel = Parcel(url, form, message.identity, message.sid, status)
            self._world.spawn(self._report(message, parcel))

    async def _report(self, message: Message, parcel: Parcel) -> None:
        # The lock lets waiters through in the order they came, so reports stay in order too.
        async with message.callbacks:
            await self._world.courier.deliver(parcel)

    def _form(self, message: Message, status: str) -> dict[str, str]:
        form = {
            "AccountSid": self._world.settings.account_sid,
            "ApiVersion": API,
            "ChannelPrefix": "whatsapp",
            "From": self._world.settings.business_address,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "To": addresses.PREFIX + message.identity,
        }
        if message.messaging_service_sid:
            form["MessagingServiceSid"] = message.messaging_service_sid
        if status == "failed":
            form["ErrorCode"] = str(message.error_code)
            form["ErrorMessage"] = message.error_message or ""
            form["ChannelToAddress"] = addresses.masked(message.identity)
        return form


def _reports(message: Message, status: str) -> tuple[str, ...]:
    """What to report at a step: the step itself, or, by a fault, sent only after delivered."""
    if not message.swap_statuses:
        return (status,)
    return ("delivered", "sent") if status == "delivered" else ()
