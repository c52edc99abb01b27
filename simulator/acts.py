"""What a person can do at a phone: how it looks in the thread, and the form fields it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulator.errors import ControlError
from simulator.media import Files, Upload
from simulator.schemas import ListRow, Location, Media
from simulator.schemas_control import Contact, PersonSends, SentMedia
from simulator.state import Message, Phone, Rendered


@dataclass(slots=True)
class Act:
    """One message of a person.

    Attributes:
        look: What the thread shows.
        form: The fields that the bot's webhook gets for it.
        reply_to: The message that was tapped, swiped or picked from.
    """

    look: Rendered
    form: dict[str, str]
    reply_to: Message | None = field(default=None)


def acts_of(phone: Phone, sends: PersonSends, files: Files, now: datetime) -> list[Act]:
    """The messages that an act becomes: one, or one for each file of an album.

    Raises:
        ControlError: If a button, row, message or file is named that is not there.
    """
    quoted = quoted_message(phone, sends.reply_to)
    if sends.location:
        return [_locate(sends.location, quoted)]
    if sends.list_id:
        return [_pick(phone, sends.list_id, quoted)]
    if sends.button_payload or sends.button_text:
        return [_tap(phone, sends, quoted)]
    if sends.contact:
        return [_pass_on(sends.contact, files, now, quoted)]
    if not sends.media:
        return [Act(Rendered(sends.text or ""), {"Body": sends.text or ""}, quoted)]
    captions = [sends.text or ""] + [""] * (len(sends.media) - 1)
    kept = [_media(one, files, voice=sends.voice) for one in sends.media]
    return [_file(media, text, quoted) for media, text in zip(kept, captions, strict=True)]


def quoted_message(phone: Phone, sid: str | None) -> Message | None:
    """The message that is replied to or reacted on.

    Raises:
        ControlError: If the phone shows no such message.
    """
    if sid is None:
        return None
    found = next((message for message in phone.thread if message.sid == sid), None)
    if found is None:
        raise ControlError(404, f"reply_to: this phone shows no message {sid}")
    return found


def _media(sent: SentMedia, files: Files, *, voice: bool) -> Media:
    if sent.upload is None:
        return Media(url=sent.url or "", content_type=sent.content_type, voice=voice)
    upload = files.find(sent.upload)
    if upload is None:
        raise ControlError(404, f"there is no upload {sent.upload}, or it has gone")
    return _uploaded(upload, voice=voice)


def _uploaded(upload: Upload, *, voice: bool = False) -> Media:
    """A file whose address is known only once the message has its sid."""
    return Media.model_construct(
        url="",
        content_type=upload.content_type,
        filename=upload.filename,
        size=len(upload.data),
        voice=voice,
        upload=upload.sid,
    )


def _file(media: Media, text: str, quoted: Message | None) -> Act:
    kind = media.content_type.partition("/")[0]
    if media.content_type == "image/webp":
        kind = "sticker"
    elif kind not in {"image", "audio", "video"}:
        kind = "contacts" if media.content_type.endswith("vcard") else "document"
    # A document has no caption of its own: its name stands there.
    body = text or (media.filename or "" if kind == "document" else "")
    return Act(Rendered(text, media=[media]), {"Body": body, "MessageType": kind}, quoted)


def _pass_on(contact: Contact, files: Files, now: datetime, quoted: Message | None) -> Act:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(contact.name)}"]
    lines += [f"TEL;TYPE=CELL:{_escaped(number)}" for number in contact.phones]
    card = "\r\n".join([*lines, "END:VCARD", ""]).encode()
    upload = files.add(card, "text/vcard", f"{contact.name[:60]}.vcf", now)
    return _file(_uploaded(upload), "", quoted)


def _escaped(text: str) -> str:
    """A value of a vCard: no line of its own, no field of its own."""
    for character in "\\,;":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _locate(place: Location, quoted: Message | None) -> Act:
    form = {
        "Body": "",
        "MessageType": "location",
        "Latitude": str(place.latitude),
        "Longitude": str(place.longitude),
    }
    if place.label:
        form["Label"] = place.label
    if place.address:
        form["Address"] = place.address
    return Act(Rendered(location=place), form, quoted)


def _candidates(phone: Phone, quoted: Message | None) -> list[Message]:
    """The messages that a tap may belong to, the newest first."""
    return [quoted] if quoted else [m for m in reversed(phone.thread) if not m.inbound]


def _tap(phone: Phone, sends: PersonSends, quoted: Message | None) -> Act:
    for message in _candidates(phone, quoted):
        cards = [button for card in message.look.cards for button in card.buttons]
        for button in [*message.look.buttons, *cards]:
            wanted = sends.button_payload in (None, button.id)
            if button.kind == "reply" and wanted and sends.button_text in (None, button.title):
                return _tapped(button.title, button.id or button.title, message)
    name = sends.button_payload or sends.button_text
    raise ControlError(404, f"this phone shows no button {name!r}")


def _tapped(title: str, payload: str, message: Message) -> Act:
    form = {
        "Body": title,
        "ButtonPayload": payload,
        "ButtonText": title,
        "MessageType": "button",
    }
    return Act(Rendered(title), form, message)


def _pick(phone: Phone, row_id: str, quoted: Message | None) -> Act:
    for message in _candidates(phone, quoted):
        picker = message.look.list_picker
        for row in picker.rows if picker else []:
            if row.id == row_id:
                return _picked(row, message)
    raise ControlError(404, f"this phone shows no list with a row {row_id!r}")


def _picked(row: ListRow, message: Message) -> Act:
    words = "\n".join(part for part in (row.title, row.description) if part)
    form = {
        "Body": row.title,
        "ListId": row.id,
        "ListTitle": row.title,
        "MessageType": "interactive",
    }
    if row.description:
        form["ListDescription"] = row.description
    return Act(Rendered(words), form, message)
