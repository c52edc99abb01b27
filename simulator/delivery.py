"""What becomes of the bot's message after Twilio took it: statuses, and their callbacks."""

from __future__ import annotations

from simulator import addresses
from simulator.callbacks import Parcel
from simulator.errors import UNDELIVERED, words_for
from simulator.faults import FailByCallback, StormCallbacks, SwapStatuses
from simulator.media import fetch_fault
from simulator.state import Message, Phone
from simulator.views import API
from simulator.world import World

MEDIA_FAILED = 63019


class StatusReporter:
    """Moves messages through queued, sent, delivered and read, or to failed or undelivered.

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
            self._move(message, "read")
        if waiting:
            self._world.show_phone(phone)
        return len(waiting)

    async def _journey(self, message: Message, failure: int | None) -> None:
        if self._world.behaviour.queued_callbacks:
            self._tell(message, "queued")
        failure = failure or await self._fetched(message)
        planned = self._world.faults.take(FailByCallback) if failure is None else None
        if planned:
            await self._end(message, planned.code, planned.status)
        elif failure is not None and failure not in UNDELIVERED:
            await self._end(message, failure, "failed")
        else:
            await self._carry(message, self._world.state.phone(message.identity), failure)
        if storm := self._world.faults.take(StormCallbacks):
            again = message.reported * storm.times
            for status in self._world.faults.shuffled(again):
                self._tell(message, status, note=False)

    async def _carry(self, message: Message, phone: Phone, failure: int | None) -> None:
        """Bring a message to the phone, and wait for it to be read."""
        swapped = self._world.faults.take(SwapStatuses) is not None
        await self._pause()
        self._move(message, "sent", told=not swapped)
        code = failure or phone.unreachable or self._blocked(phone)
        if code:
            await self._end(message, code, "undelivered")
            return
        await self._until_online(phone)
        await self._pause()
        if phone.blocked:
            return  # a blocked business is mostly not told: its messages just stay at sent
        self._move(message, "delivered")
        if swapped:
            self._tell(message, "sent")
        self._world.show_phone(phone)
        await self._read_unattended(message, phone)

    async def _fetched(self, message: Message) -> int | None:
        """Fetch the message's files, where that is wanted; the error number if one is bad."""
        limits = self._world.limits
        if not (limits.media.on and limits.media.download):
            return None
        for media in message.look.media:
            fault = await fetch_fault(self._world.client, media, limits)
            if fault:
                message.error_message = f"{words_for(MEDIA_FAILED)}: {fault}"
                return MEDIA_FAILED
        return None

    def _blocked(self, phone: Phone) -> int | None:
        return self._world.behaviour.blocked_code if phone.blocked else None

    async def _until_online(self, phone: Phone) -> None:
        while phone.offline:
            phone.back_online.clear()
            await phone.back_online.wait()

    async def _pause(self) -> None:
        await self._world.clock.sleep(self._world.behaviour.status_delay)

    async def _end(self, message: Message, code: int, status: str) -> None:
        await self._pause()
        message.error_code = code
        message.error_message = message.error_message or words_for(code)
        self._move(message, status)

    async def _read_unattended(self, message: Message, phone: Phone) -> None:
        """Read the message after a moment, unless an open phone page will say when."""
        delay = self._world.behaviour.read_delay
        if delay < 0:
            return
        await self._world.clock.sleep(delay)
        attended = self._world.events.viewers(phone.identity) > 0
        if phone.auto_read and not attended and message.status == "delivered":
            self._move(message, "read")
            self._world.show_phone(phone)

    def _move(self, message: Message, status: str, *, told: bool = True) -> None:
        message.move_to(status, self._world.clock.now())
        self._world.show_message(message)
        if told:
            self._tell(message, status)

    def _tell(self, message: Message, status: str, *, note: bool = True) -> None:
        """Report a status in the background: a slow bot does not hold up the phone."""
        if note:
            message.reported.append(status)
        url = message.status_callback or self._world.settings.status_callback_url
        if url:
            form = self._form(message, status)
            parcel = Parcel(url, form, message.identity, message.sid, status)
            self._world.spawn(self._report(message, parcel))

    async def _report(self, message: Message, parcel: Parcel) -> None:
        if self._world.courier.unordered():
            await self._world.courier.deliver(parcel)
            return
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
            "To": addresses.PREFIX + message.address,
        }
        if message.messaging_service_sid:
            form["MessagingServiceSid"] = message.messaging_service_sid
        if status in {"failed", "undelivered"}:
            form["ErrorCode"] = str(message.error_code)
            form["ErrorMessage"] = message.error_message or ""
            form["ChannelToAddress"] = addresses.masked(message.address)
        return form
