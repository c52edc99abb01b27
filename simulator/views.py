"""Messages as others see them: Twilio's resource, and the simulator's own JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from simulator.addresses import PREFIX
from simulator.journal import Exchange
from simulator.schemas import Media
from simulator.settings import Settings
from simulator.state import Message, Phone

API = "2010-04-01"


def rfc2822(moment: datetime | None) -> str | None:
    """A moment in the form of Twilio's older API."""
    return format_datetime(moment) if moment else None


def iso(moment: datetime | None) -> str | None:
    """A moment in ISO 8601, with milliseconds."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def parties(message: Message, settings: Settings) -> tuple[str, str]:
    """Who sent a message and to whom, as channel addresses."""
    person, business = PREFIX + message.address, settings.business_address
    return (person, business) if message.inbound else (business, person)


def resource(message: Message, settings: Settings) -> dict[str, Any]:
    """Twilio's message resource."""
    sender, recipient = parties(message, settings)
    uri = f"/{API}/Accounts/{settings.account_sid}/Messages/{message.sid}"
    return {
        "account_sid": settings.account_sid,
        "api_version": API,
        "body": "" if message.redacted else message.look.body,
        "date_created": rfc2822(message.created_at),
        "date_sent": rfc2822(message.created_at if message.inbound else message.sent_at),
        "date_updated": rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": sender,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.look.media)),
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": "received" if message.inbound else message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": recipient,
        "uri": f"{uri}.json",
    }


def message_view(message: Message) -> dict[str, Any]:
    """A message of a thread, as the control API and the phone page get it."""
    look = message.look
    name, category = message.template or ("", "")
    return {
        "sid": message.sid,
        "seq": message.seq,
        "phone": message.identity,
        "direction": "inbound" if message.inbound else "outbound",
        "body": look.body,
        "buttons": [button.model_dump() for button in look.buttons],
        "list": look.list_picker.model_dump() if look.list_picker else None,
        "media": [media_view(media) for media in look.media],
        "location": look.location.model_dump() if look.location else None,
        "cards": [
            {
                "body": card.body,
                "media": [media_view(media) for media in card.media],
                "buttons": [button.model_dump() for button in card.buttons],
            }
            for card in look.cards
        ],
        "reactions": dict(message.reactions),
        "reply_to": message.reply_to,
        "content_sid": message.content_sid,
        "template": {"name": name, "category": category} if message.template else None,
        "status": message.status,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "created_at": iso(message.created_at),
        "history": [{"status": status, "at": iso(at)} for status, at in message.history],
        "delivery": asdict(message.delivery) if message.delivery else None,
    }


def media_view(media: Media) -> dict[str, Any]:
    """A file of a message; ``view`` is where a page can show it from."""
    view = f"/simulator/media/{media.upload}" if media.upload else media.url
    return {**media.model_dump(exclude={"upload"}), "view": view}


def phone_view(phone: Phone, now: datetime, hours: float) -> dict[str, Any]:
    """A phone's standing with the business.

    Args:
        phone: The phone.
        now: The simulated moment.
        hours: How long the window is; ``window_seconds`` is what is left of it.
    """
    closes = phone.window_closes_at(hours)
    return {
        "phone": phone.identity,
        "number": phone.number,
        "username": phone.username,
        "colour": phone.colour,
        "profile_name": phone.profile_name,
        "opted_out": phone.opted_out,
        "auto_read": phone.auto_read,
        "blocked": phone.blocked,
        "offline": phone.offline,
        "unreachable": phone.unreachable,
        "external_user_id": phone.external_user_id,
        "window_closes_at": iso(closes),
        "window_seconds": max(0, round((closes - now).total_seconds())) if closes else 0,
        "typing": phone.typing,
        "last": phone.last_seq,
        "unread": phone.unread(),
        "last_message": message_view(phone.thread[-1]) if phone.thread else None,
    }


def call_view(call: Exchange) -> dict[str, Any]:
    """A line of the webhook log."""
    return {
        "id": call.id,
        "at": iso(call.at),
        "identity": call.phone,
        "sid": call.sid,
        "kind": call.kind,
        "url": call.url,
        "http_status": call.status,
        "milliseconds": call.milliseconds,
        "reason": call.note,
    }
