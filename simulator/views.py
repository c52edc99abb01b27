"""Messages as others see them: Twilio's resource, and the simulator's own JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from simulator.addresses import PREFIX
from simulator.settings import Settings
from simulator.state import Message, Phone, WebhookCall

API = "2010-04-01"


def rfc2822(moment: datetime | None) -> str | None:
    """A moment in the form of Twilio's older API."""
    return format_datetime(moment) if moment else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def parties(message: Message, settings: Settings) -> tuple[str, str]:
    """Who sent a message and to whom, as channel addresses."""
    person, business = PREFIX + message.identity, settings.business_address
    return (person, business) if message.inbound else (business, person)


def resource(message: Message, settings: Settings) -> dict[str, Any]:
    """Twilio's message resource."""
    sender, recipient = parties(message, settings)
    uri = f"/{API}/Accounts/{settings.account_sid}/Messages/{message.sid}"
    return {
        "account_sid": settings.account_sid,
        "api_version": API,
        "body": message.look.body,
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
    return {
        "sid": message.sid,
        "seq": message.seq,
        "direction": "inbound" if message.inbound else "outbound",
        "body": look.body,
        "buttons": [button.model_dump() for button in look.buttons],
        "list": look.list_picker.model_dump() if look.list_picker else None,
        "media": [media.model_dump() for media in look.media],
        "location": look.location.model_dump() if look.location else None,
        "reply_to": message.reply_to,
        "content_sid": message.content_sid,
        "status": message.status,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "created_at": _iso(message.created_at),
        "history": [{"status": status, "at": _iso(at)} for status, at in message.history],
        "delivery": asdict(message.delivery) if message.delivery else None,
    }


def phone_view(phone: Phone, now: datetime) -> dict[str, Any]:
    """A phone's standing with the business; ``window_seconds`` is what is left of the window."""
    closes = phone.window_closes_at()
    return {
        "phone": phone.identity,
        "profile_name": phone.profile_name,
        "opted_out": phone.opted_out,
        "auto_read": phone.auto_read,
        "blocked": phone.blocked,
        "external_user_id": phone.external_user_id,
        "window_closes_at": _iso(closes),
        "window_seconds": max(0, round((closes - now).total_seconds())) if closes else 0,
        "typing": phone.typing,
        "last": phone.last_seq,
    }


def call_view(call: WebhookCall) -> dict[str, Any]:
    """A line of the webhook log."""
    return {**asdict(call), "at": _iso(call.at)}
