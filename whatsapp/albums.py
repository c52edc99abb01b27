"""Albums: several pictures sent at once come as as many messages, and are answered once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import DictRow

from conversation.schemas import Incoming
from core.database import Connection
from core.encryption import decrypt
from core.errors import RetryLaterError
from whatsapp import repository
from whatsapp.reading import read
from whatsapp.waiting import Waiting, is_picture

SETTLE_S = 1.5
"""So long after a picture no other part of its album is to be expected any more."""

_SPAN_S = 10.0
_MOST = 60


class IncompleteAlbumError(RetryLaterError):
    """Wait for the rest of the album."""


@dataclass(frozen=True, slots=True)
class Album:
    """Pictures that belong together.

    Attributes:
        said: all of them as one message.
        ids: of the messages that have been dealt with when that is answered.
        is_late: whether the rest of the album has been answered already.
    """

    said: Incoming
    ids: Sequence[int]
    is_late: bool


def album_of(connection: Connection, waiting: Waiting, said: Incoming) -> Album:
    """Return the album that a picture belongs to, with those of its parts that wait.

    Raises:
        IncompleteAlbumError: more of it may be on the way.
    """
    rows = repository.inbound_around(connection, waiting.identity_id, waiting.id, _SPAN_S, _MOST)
    own = next(place for place, row in enumerate(rows) if row["id"] == waiting.id)
    parts = _pictures(rows[own:])
    youngest_s = min(row["age_s"] for row, _ in parts)
    if youngest_s < SETTLE_S:
        raise IncompleteAlbumError("an album may not be complete", after_s=SETTLE_S - youngest_s)
    words = "\n".join(each.text.strip() for _, each in parts if each.text.strip())
    media = [content_type for _, each in parts for content_type in each.media]
    before = _pictures(rows[:own][::-1])
    late = not words and any(row["answered"] for row, _ in before)
    merged = said.model_copy(update={"text": words, "media": media})
    return Album(merged, [row["id"] for row, _ in parts], late)


def _pictures(rows: Sequence[DictRow]) -> list[tuple[DictRow, Incoming]]:
    """Return the pictures at the beginning of *rows*."""
    found = []
    for row in rows:
        said = read(row["provider"], json.loads(decrypt(row["payload_encrypted"])))
        if not is_picture(said):
            break
        found.append((row, said))
    return found
