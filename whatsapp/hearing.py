"""Voice notes: fetched and heard before they are answered, each once.

No transaction is open while a file is fetched and heard. The claim is committed before: a second
job sees that the first is at it, and after a crash the claim runs out and it is tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from conversation.repository import places_covered
from core.database import Connection, unit_of_work
from core.encryption import encrypt
from core.errors import InvalidInputError, RetryLaterError, TravelBuddyError
from core.settings import settings
from core.speech.audio import LONGEST_S, seconds
from core.speech.port import Transcriber
from core.speech.service import transcriber
from whatsapp import repository
from whatsapp.port import Channel
from whatsapp.schemas import Medium
from whatsapp.waiting import Waiting

log = structlog.get_logger(__name__)

MOST_HEARINGS = 3
MOST_BYTES = 16 * 1024 * 1024

_FETCH_S = 30.0
_HINTS = 12
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """A voice note that this job has claimed.

    Attributes:
        hearings: how often it has been tried, this time included.
        hints: names of places that may be said in it.
    """

    inbound_id: int
    provider_sid: str
    medium: Medium
    hearings: int
    hints: Sequence[str]


def claim(connection: Connection, waiting: Waiting, channel: Channel) -> VoiceNote | None:
    """Claim a message's voice note; None where it has none to be heard.

    Who asked for silence is not listened to either.
    """
    if waiting.transcript is not None or waiting.opted_out:
        return None
    medium = waiting.voice_note()
    if medium is None or waiting.provider != channel.provider or _transcriber() is None:
        return None
    if waiting.hearings >= MOST_HEARINGS:  # the last try ended in a crash
        return None
    repository.begin_hearing(connection, waiting.id, _FETCH_S + settings().speech_timeout_s)
    hints = [name for name, _ in places_covered(connection, _HINTS)]
    return VoiceNote(waiting.id, waiting.provider_sid, medium, waiting.hearings + 1, hints)


def hear(note: VoiceNote, channel: Channel) -> None:
    """Hear a claimed voice note and store what was said, or when to try again."""
    transcript: str | None = ""
    pause_s = 0.0
    try:
        transcript = _hear(note, channel)
        log.info("voice_note_heard", inbound=note.inbound_id, characters=len(transcript))
    except RetryLaterError as error:
        if note.hearings < MOST_HEARINGS:
            transcript = None
            pause_s = min(_LONGEST_PAUSE_S, max(2.0**note.hearings, error.after_s or 0.0))
        _warn(note, error)
    except TravelBuddyError as error:
        _warn(note, error)
    with unit_of_work() as unit:
        heard = None if transcript is None else encrypt(transcript)
        repository.end_hearing(unit.connection, note.inbound_id, heard, pause_s)


def _hear(note: VoiceNote, channel: Channel) -> str:
    model = _transcriber()
    if model is None:
        return ""
    audio = channel.fetch(note.medium, MOST_BYTES)
    length_s = seconds(audio)
    if length_s is not None and length_s > LONGEST_S:
        raise InvalidInputError("the voice note lasts too long")
    return model.hear(audio, note.medium.content_type, note.hints)


def _transcriber() -> Transcriber | None:
    """Return what hears; nothing does where it is wrongly configured, which must stop no answer."""
    try:
        return transcriber()
    except TravelBuddyError as error:
        log.error("voice_notes_not_heard", reason=error.message)  # noqa: TRY400 - no fault of ours
        return None


def _warn(note: VoiceNote, error: TravelBuddyError) -> None:
    reason = f"{type(error).__name__}: {error.message}"
    log.warning("voice_note_not_heard", inbound=note.inbound_id, hearing=note.hearings,
                reason=reason)  # fmt: skip
