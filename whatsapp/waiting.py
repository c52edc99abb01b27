"""Messages that wait for an answer, and what they say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import DictRow

from conversation.schemas import Incoming
from core.database import Connection
from core.encryption import decrypt
from whatsapp import repository
from whatsapp.reading import media_of, read
from whatsapp.schemas import Medium

_AUDIO = "audio/"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message to be answered.

    Attributes:
        transcript: what was heard in it: empty where it cannot be heard, None before the try.
        hearings: how often it was tried to hear it.
    """

    id: int
    identity_id: int
    user_id: int
    language: str
    opted_out: bool
    provider: str
    provider_sid: str
    payload: Mapping[str, Any]
    transcript: str | None
    hearings: int
    attempts: int

    def voice_note(self) -> Medium | None:
        """Return the voice note that the message is; None where it has words of its own."""
        media = media_of(self.provider, self.payload)
        if len(media) != 1 or not media[0].content_type.startswith(_AUDIO):
            return None
        return None if read(self.provider, self.payload).text.strip() else media[0]


def waiting_of(row: DictRow, user: DictRow) -> Waiting:
    """Return what the database has of a message and of who sent it."""
    heard = row["transcript_encrypted"]
    return Waiting(
        id=row["id"],
        identity_id=row["identity_id"],
        user_id=user["id"],
        language=user["language"],
        opted_out=user["opted_out"],
        provider=row["provider"],
        provider_sid=row["provider_sid"],
        payload=json.loads(decrypt(row["payload_encrypted"])),
        transcript=None if heard is None else decrypt(heard),
        hearings=row["hearings"],
        attempts=row["attempts"],
    )


def incoming_of(connection: Connection, waiting: Waiting) -> Incoming:
    """Return the message as the conversation understands it, with what only we know of it."""
    said = read(waiting.provider, waiting.payload)
    changes: dict[str, Any] = {}
    if waiting.voice_note() is not None:
        changes = {"text": waiting.transcript or "", "spoken": True}
    if said.replied_to:
        changes["about"] = repository.tour_shown_in(connection, waiting.user_id, said.replied_to)
    return said.model_copy(update=changes)


def is_picture(said: Incoming) -> bool:
    """Tell whether a message is made of pictures or films, as the parts of an album are."""
    shown = said.media and not any(each.startswith(_AUDIO) for each in said.media)
    return bool(shown) and said.choice is None and said.latitude is None
