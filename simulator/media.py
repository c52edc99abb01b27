"""People's files: kept in memory, and served as Twilio serves them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import httpx

from simulator.errors import ControlError
from simulator.limits import Limits
from simulator.schemas import Media
from simulator.state import new_sid

FETCH_SECONDS = 15.0

# What WhatsApp carries, by the beginning of the media type.
CARRIED = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/",
    "video/mp4",
    "video/3gpp",
    "application/",
    "text/plain",
    "text/vcard",
    "text/x-vcard",
    "text/csv",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person put in.

    Attributes:
        sid: Its name, ``ME`` and 32 hex digits.
        key: The unguessable part of its second address, which needs no credentials.
    """

    sid: str
    key: str
    content_type: str
    filename: str | None
    data: bytes
    created_at: datetime


class Files:
    """The files of one simulator; beyond a number of bytes the oldest go first."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._size = 0
        self._by_sid: dict[str, Upload] = {}
        self._by_key: dict[str, Upload] = {}

    def add(self, data: bytes, content_type: str, filename: str | None, now: datetime) -> Upload:
        """Keep a file."""
        upload = Upload(new_sid("ME"), secrets.token_urlsafe(24), content_type, filename, data, now)
        self._by_sid[upload.sid] = self._by_key[upload.key] = upload
        self._size += len(data)
        while self._size > self._cap and len(self._by_sid) > 1:
            self._drop(next(iter(self._by_sid.values())))
        return upload

    def find(self, sid: str) -> Upload | None:
        """The file with this name, while it is kept."""
        return self._by_sid.get(sid)

    def unlocked(self, key: str) -> Upload | None:
        """The file behind a second address, while it is kept."""
        return self._by_key.get(key)

    def clear(self) -> None:
        """Forget every file."""
        self._by_sid.clear()
        self._by_key.clear()
        self._size = 0

    def _drop(self, upload: Upload) -> None:
        del self._by_sid[upload.sid], self._by_key[upload.key]
        self._size -= len(upload.data)


def check_upload(data: bytes, content_type: str, limits: Limits) -> None:
    """Refuse what a phone would not send.

    Raises:
        ControlError: If the file is empty, too large, or of a kind that WhatsApp does not carry.
    """
    if not data:
        raise ControlError(400, "the file is empty")
    if limits.media.on and (reason := fault_of(content_type, len(data), limits)):
        raise ControlError(400, reason)


def fault_of(content_type: str, size: int | None, limits: Limits) -> str:
    """What is wrong with a file, or nothing; a size of None is not known."""
    if not content_type.startswith(CARRIED):
        return f"WhatsApp does not carry {content_type[:80]}"
    image = content_type.startswith("image/")
    most = limits.media.image_bytes if image else limits.media.bytes
    if size is not None and size > most:
        return f"a file of {size} bytes, at most {most} are allowed"
    return ""


async def fetch_fault(client: httpx.AsyncClient, media: Media, limits: Limits) -> str:
    """What goes wrong when a file that the bot sends is fetched and measured, or nothing."""
    try:
        async with client.stream("GET", media.url, timeout=FETCH_SECONDS) as answer:
            if not answer.is_success:
                return f"its address answered {answer.status_code}"
            kind = answer.headers.get("content-type", media.content_type).partition(";")[0].strip()
            size = 0
            async for chunk in answer.aiter_bytes():
                size += len(chunk)
                if fault := fault_of(kind, size, limits):
                    return fault
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"it cannot be fetched ({type(error).__name__})"
    return ""
