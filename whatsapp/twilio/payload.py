"""Reading what Twilio's webhooks say."""

import contextlib
import re
import unicodedata
from collections.abc import Mapping

from conversation.schemas import Incoming
from core.errors import InvalidInputError
from whatsapp.schemas import STATUSES, InboundMessage, StatusChange

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_SCOPED_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z]{4,128}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_PREFIX = "whatsapp:"
_LONGEST_NAME = 200
_MOST_MEDIA = 10
_KEPT_CONTROLS = "\n\t"


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
    name = clean(form.get("ProfileName", ""))[:_LONGEST_NAME].strip()
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


def incoming(payload: Mapping[str, str]) -> Incoming:
    """Return the message as the conversation understands it."""
    latitude, longitude = _degrees(payload, "Latitude", 90), _degrees(payload, "Longitude", 180)
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
        media=_media(payload),
        profile_name=clean(payload.get("ProfileName", ""))[:_LONGEST_NAME] or None,
    )


def is_address(text: str) -> bool:
    """Tell whether *text* is a phone number in international form or a business-scoped id."""
    return bool(_PHONE.fullmatch(text) or _SCOPED_ID.fullmatch(text))


def clean(text: str) -> str:
    """Return *text* without control characters, which no phone types and no database keeps."""
    return "".join(
        char
        for char in text
        if char in _KEPT_CONTROLS or unicodedata.category(char) not in {"Cc", "Cs"}
    )


def _degrees(payload: Mapping[str, str], name: str, limit: float) -> float | None:
    with contextlib.suppress(ValueError):
        degrees = float(payload.get(name, ""))
        return degrees if -limit <= degrees <= limit else None
    return None


def _media(payload: Mapping[str, str]) -> list[str]:
    number = min(_number(payload.get("NumMedia", "")) or 0, _MOST_MEDIA)
    return [payload.get(f"MediaContentType{index}") or "unknown" for index in range(number)]


def _number(text: str) -> int | None:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None
