"""Reading what is in the inbox, whoever brought it and whoever carries the messages today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conversation.schemas import Incoming
from whatsapp.meta import reading as meta
from whatsapp.schemas import Medium
from whatsapp.twilio import media as twilio_media
from whatsapp.twilio import payload as twilio

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """How the payloads of one provider are read."""

    read: Callable[[Payload], Incoming]
    media: Callable[[Payload], list[Medium]]


_FORMS: Mapping[str, _Form] = {
    "meta": _Form(meta.incoming, meta.files),
    "twilio": _Form(twilio.incoming, twilio_media.media_of),
}


def read(provider: str, payload: Payload) -> Incoming:
    """Return a payload of *provider* as the conversation understands it."""
    return _FORMS[provider].read(payload)


def media_of(provider: str, payload: Payload) -> list[Medium]:
    """Return the files that came with a message through *provider*."""
    return _FORMS[provider].media(payload)
