"""The port: what is asked of whoever hears voice notes."""

from collections.abc import Sequence
from typing import Protocol


class Transcriber(Protocol):
    """Turns speech into text, in whichever language it is.

    What it says was heard is as untrusted as anything that a traveller types.

    Attributes:
        name: of the model, for logs and `travelbuddy doctor`.
    """

    name: str

    def hear(self, audio: bytes, content_type: str, hints: Sequence[str] = ()) -> str:
        """Return what was said, on one line; empty where nobody speaks.

        Args:
            audio: a whole file, of any form that phones record.
            content_type: as it came with the file (``audio/ogg``).
            hints: names that may well be said, and that nobody would guess from their sound.

        Raises:
            InvalidInputError: it is no audio, or lasts too long.
            RetryLaterError: it cannot be heard now.
            RejectedError: the server refused, or its answer cannot be read.
            ConfigurationError: the address, the key or the model is wrong.
        """
        ...
