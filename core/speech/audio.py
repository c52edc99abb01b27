"""What can be known of a voice note without hearing it, and of a transcript without trusting it."""

import unicodedata

from core.text import tidy

LONGEST_S = 180.0
"""Of a voice note: nobody describes a journey for longer."""
LONGEST_TRANSCRIPT = 4_000
"""Characters: more than anybody says in three minutes."""

_PAGE = b"OggS"
_POSITION = slice(6, 14)
_OPUS_RATE = 48_000
_OPUS = b"OpusHead"


def seconds(audio: bytes) -> float | None:
    """Return how long a voice note lasts; None where its form does not tell easily.

    Phones record Opus in Ogg, whose last page says how many samples there were up to its end.
    """
    if not audio.startswith(_PAGE) or _OPUS not in audio[:200]:
        return None
    last = audio[audio.rfind(_PAGE) :]
    position = last[_POSITION]
    if len(position) < _POSITION.stop - _POSITION.start:
        return None
    return max(0, int.from_bytes(position, "little", signed=True)) / _OPUS_RATE


def clean_transcript(text: str) -> str:
    """Return what was heard on one line, without what cannot be spoken, and of bounded length."""
    visible = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in text[: 2 * LONGEST_TRANSCRIPT]
        if unicodedata.category(char) not in {"Cf", "Cs", "Co"}
    )
    return tidy(visible)[:LONGEST_TRANSCRIPT].strip()
