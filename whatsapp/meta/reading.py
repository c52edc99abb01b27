"""A message of Meta's as the conversation understands it."""

from typing import Any

from conversation.schemas import Incoming
from whatsapp.addresses import LONGEST_NAME, clean, degrees
from whatsapp.downloads import UNKNOWN
from whatsapp.meta.media import KINDS, media_of
from whatsapp.meta.untrusted import Json, an_object
from whatsapp.schemas import Medium

_SILENT = frozenset({"revoke", "system"})
_VCARD = "text/vcard"
_LONGEST_SID = 256


def incoming(payload: Json) -> Incoming:
    """Read an inbox payload; see `whatsapp.port.Channel.read`."""
    said = _said(payload)
    return Incoming(
        text=clean(_words(said)),
        choice=_choice(said),
        replied_to=_replied_to(said),
        media=_media(said),
        profile_name=name_of(an_object(payload.get("contact"))) or None,
        **_place(an_object(said.get("location"))),
    )


def files(payload: Json) -> list[Medium]:
    """List a message's files; see `whatsapp.port.Channel.media`."""
    return media_of(_said(payload))


def wants_answer(message: Json) -> bool:
    """Tell whether anybody waits for an answer to *message*, as the webhook has it."""
    kind = str(message.get("type"))
    return kind not in _SILENT and (kind != "reaction" or bool(_emoji(message)))


def name_of(contact: Json) -> str:
    """Return how a contact calls themselves; empty when unknown."""
    name = an_object(contact.get("profile")).get("name")
    return clean(name)[:LONGEST_NAME].strip() if isinstance(name, str) else ""


def _said(payload: Json) -> Json:
    """Return the message; of one that was edited, as it is now."""
    message = an_object(payload.get("message"))
    edited = an_object(an_object(message.get("edit")).get("message"))
    return edited if message.get("type") == "edit" else message


def _words(message: Json) -> str:
    """The text, the caption, what is written on what was tapped, or the emoji of a reaction."""
    tapped = _tapped(message)
    candidates = [
        an_object(message.get("text")).get("body"),
        *(an_object(message.get(kind)).get("caption") for kind in KINDS),
        tapped.get("title"),
        tapped.get("text"),
        _emoji(message),
        an_object(message.get("order")).get("text"),
    ]
    return next((each for each in candidates if isinstance(each, str) and each), "")


def _tapped(message: Json) -> Json:
    """What was tapped: a button or a row in a message of the moment, or a template's button."""
    interactive = an_object(message.get("interactive"))
    for name in ("button_reply", "list_reply"):
        if tapped := an_object(interactive.get(name)):
            return tapped
    return an_object(message.get("button"))


def _choice(message: Json) -> str | None:
    tapped = _tapped(message)
    choice = tapped.get("id") or tapped.get("payload")
    return clean(choice) or None if isinstance(choice, str) else None


def _emoji(message: Json) -> str:
    emoji = an_object(message.get("reaction")).get("emoji")
    return emoji if isinstance(emoji, str) else ""


def _replied_to(message: Json) -> str | None:
    quoted = an_object(message.get("context")).get("id")
    reacted = an_object(message.get("reaction")).get("message_id")
    sid = quoted or reacted
    return sid if isinstance(sid, str) and 0 < len(sid) <= _LONGEST_SID else None


def _media(message: Json) -> list[str]:
    """Content types; what the talk cannot use is told apart from an empty message."""
    files = [medium.content_type for medium in media_of(message)]
    if files:
        return files
    if isinstance(message.get("contacts"), list):
        return [_VCARD]
    readable = _words(message) or _choice(message) or _place(an_object(message.get("location")))
    return [] if readable or message.get("type") == "text" else [UNKNOWN]


def _place(location: Json) -> dict[str, Any]:
    latitude = degrees(location.get("latitude"), 90)
    longitude = degrees(location.get("longitude"), 180)
    if latitude is None or longitude is None:
        return {}
    label = location.get("name") or location.get("address")
    named = clean(label)[:LONGEST_NAME] or None if isinstance(label, str) else None
    return {"latitude": latitude, "longitude": longitude, "place_label": named}
