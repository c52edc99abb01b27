"""The port: what Travel Buddy asks of whoever carries its WhatsApp messages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from whatsapp.schemas import Content, InboundMessage


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider's receipt: its id of the message, and the status that it starts with."""

    sid: str
    status: str


class Channel(Protocol):
    """A provider of WhatsApp messages."""

    def send(self, address: str, content: Content, reference: str) -> Accepted:
        """Hand *content* over for *address*; callbacks about it will carry *reference*.

        Raises:
            RetryLaterError: nothing was sent; the provider is busy or away.
            RejectedError: nothing was sent, nor will be: `code` says why.
            OutcomeUnknownError: it may have been sent; ask `find_sent` before trying again.
            InvalidInputError: *content* breaks one of WhatsApp's limits; nothing was sent.
        """
        ...

    def find_sent(
        self, address: str, content: Content, since: datetime, known: Collection[str]
    ) -> Accepted | None:
        """Find the message with *content* that went to *address* after *since*.

        Messages whose sid is in *known* are accounted for, and cannot be the one.

        Raises:
            RetryLaterError: the provider could not be asked.
        """
        ...

    def received(self, since: datetime) -> list[InboundMessage]:
        """Return what travellers sent to us after *since*, the oldest first.

        Raises:
            RetryLaterError: the provider could not be asked.
        """
        ...

    def typing(self, inbound_sid: str) -> None:
        """Show that an answer is being written, and that the message has been read.

        Raises:
            TravelBuddyError: the provider did not take it; nothing depends on it.
        """
        ...
