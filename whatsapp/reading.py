"""Reading what is in the inbox, whoever brought it and whoever carries the messages today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conversation.schemas import Incoming
from whatsapp.meta import payload as meta_payload
from whatsapp.meta import reading as meta
from whatsapp.schemas import InboundMessage, Medium
from whatsapp.twilio import media as twilio_media
from whatsapp.twilio import payload as twilio

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """How the payloads of one provider are read."""

    read: Callable[[Payload], Incoming]
    media: Callable[[Payload], list[Medium]]
    message: Callable[[Payload], InboundMessage]


_FORMS: Mapping[str, _Form] = {
    "meta": _Form(meta.incoming, meta.files, meta_payload.kept_message),
    "twilio": _Form(twilio.incoming, twilio_media.media_of, twilio.inbound_message),
}


def read(provider: str, payload: Payload) -> Incoming:
    """Return a payload of *provider* as the conversation understands it."""
    return _FORMS[provider].read(payload)


def media_of(provider: str, payload: Payload) -> list[Medium]:
    """Return the files that came with a message through *provider*."""
    return _FORMS[provider].media(payload)


def addresses_of(provider: str, payload: Payload) -> list[str]:
    """Return the addresses of whoever sent a message: one or two."""
    message = _FORMS[provider].message(payload)
    return [message.address, *([message.other_address] if message.other_address else [])]
