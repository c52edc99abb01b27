"""Reading what Twilio's webhooks say."""

import re
from collections.abc import Mapping
from typing import Any

from conversation.schemas import Incoming
from core.errors import InvalidInputError
from whatsapp.addresses import LONGEST_NAME, clean, degrees, is_address
from whatsapp.schemas import STATUSES, InboundMessage, StatusChange
from whatsapp.twilio.media import media_of

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_PREFIX = "whatsapp:"


def inbound_message(form: Mapping[str, str]) -> InboundMessage:
    """Read the webhook for a message that came in.

    Raises:
        InvalidInputError: it lacks an id or a sender, or has ones that Twilio never gives.
    """
    sid = form.get("MessageSid", "")
    if not _SID.fullmatch(sid):
        raise InvalidInputError("MessageSid is missing or malformed")
    address = form.get("From", "").strip().removeprefix(_PREFIX)
    if not form.get("From", "").strip().startswith(_PREFIX) or not is_address(address):
        raise InvalidInputError("From is not a WhatsApp address")
    other = form.get("ExternalUserId", "").strip().removeprefix(_PREFIX)
    known_other = other if is_address(other) and other != address else None
    name = clean(form.get("ProfileName", ""))[:LONGEST_NAME].strip()
    return InboundMessage(sid, address, known_other, name, dict(form))


def status_change(form: Mapping[str, str], reference: str) -> StatusChange | None:
    """Read the webhook about a message of ours; None when it is about none that we know.

    Args:
        form: the fields.
        reference: what our own callback address carried.
    """
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "").lower()
    number = _number(reference)
    if number is None or not _SID.fullmatch(sid) or status not in STATUSES:
        return None
    code = _number(form.get("ErrorCode", ""))
    return StatusChange(number, sid, status, str(code) if code else "")


def incoming(payload: Mapping[str, Any]) -> Incoming:
    """Return the message as the conversation understands it."""
    latitude, longitude = (
        degrees(payload.get("Latitude"), 90),
        degrees(payload.get("Longitude"), 180),
    )
    located = latitude is not None and longitude is not None
    tapped = payload.get("ButtonPayload") or payload.get("ListId")
    words = payload.get("Body") or payload.get("ButtonText") or payload.get("ListTitle") or ""
    return Incoming(
        text=clean(words),
        choice=clean(tapped) if tapped else None,
        replied_to=payload.get("OriginalRepliedMessageSid") or None,
        latitude=latitude if located else None,
        longitude=longitude if located else None,
        place_label=clean(payload.get("Label") or payload.get("Address") or "") or None,
        media=[medium.content_type for medium in media_of(payload)],
        profile_name=clean(payload.get("ProfileName", ""))[:LONGEST_NAME] or None,
    )


def _number(text: str) -> int | None:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
