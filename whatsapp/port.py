"""The port: what Travel Buddy asks of whoever carries its WhatsApp messages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from conversation.schemas import Incoming
from whatsapp.schemas import Content, InboundMessage, Medium, StatusChange
from whatsapp.templates.schemas import TemplateState, TemplateVariant


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider's receipt: its id of the message, and the status that it starts with."""

    sid: str
    status: str


class Channel(Protocol):
    """A provider of WhatsApp messages.

    Attributes:
        provider: its name as it stands in the database: ``twilio`` or ``meta``.
        timeout_s: how long it may take to answer a request.
        settle_s: how long after that a message that was taken may stay hidden from `find_sent`.
        tells_unsent: whether `find_sent` finding nothing after `settle_s` proves that nothing was
            sent. Where it does not, a message in doubt is set aside for a person to judge.
    """

    provider: str
    timeout_s: float
    settle_s: float
    tells_unsent: bool

    def send(self, address: str, content: Content, reference: str) -> Accepted:
        """Hand *content* over for *address*; callbacks about it will carry *reference*.

        A template goes out where *content* holds nothing else; beside other words it is what
        the caller falls back on, and is not looked at.

        Raises:
            RetryLaterError: nothing was sent; the provider is busy or away.
            RejectedError: nothing was sent, nor will be: `code` says why.
            OutcomeUnknownError: it may have been sent; ask `find_sent` before trying again.
            ConfigurationError: the provider's account is not, or wrongly, configured.
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

    def failures(self, since: datetime) -> list[StatusChange]:
        """Return which messages to travellers failed after *since*, without our own reference.

        Raises:
            RetryLaterError: the provider could not be asked.
        """
        ...

    def read(self, payload: Mapping[str, Any]) -> Incoming:
        """Return an inbox payload as the conversation understands it."""
        ...

    def media(self, payload: Mapping[str, Any]) -> list[Medium]:
        """Return the files that came with a message."""
        ...

    def fetch(self, medium: Medium, most_bytes: int) -> bytes:
        """Return the bytes of a file that a traveller sent.

        Credentials go to the provider's own hosts only, and to no address that they redirect to.

        Raises:
            InvalidInputError: it lies elsewhere, or has more than *most_bytes*.
            RetryLaterError: it is not there yet, or the provider cannot be asked now.
            RejectedError: the provider does not give it out.
        """
        ...

    def submit_template(self, template: TemplateVariant) -> TemplateState:
        """Register one language of a template and ask for its approval; repeating it is safe.

        Raises:
            RetryLaterError: the provider cannot be asked now.
            RejectedError: it does not take the template.
        """
        ...

    def template_states(self) -> list[TemplateState]:
        """Return what the provider says of every template variant that it knows.

        Raises:
            RetryLaterError: the provider cannot be asked now.
        """
        ...

    def erase(self, provider_sid: str) -> None:
        """Delete what the provider keeps of a message, whichever way it went; files included.

        What is gone already, or was never there, is fine.

        Raises:
            RetryLaterError: the provider cannot be asked now.
            RejectedError: it does not delete the message, not at this moment at least.
        """
        ...

    def typing(self, inbound_sid: str) -> None:
        """Show that an answer is being written, and that the message has been read.

        Raises:
            TravelBuddyError: the provider did not take it; nothing depends on it.
        """
        ...
