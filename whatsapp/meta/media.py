"""The files that travellers send, as Meta hands them out.

A webhook names a file by an id. The Graph tells its address, which wants our token as well, so
it is asked only where it is on Meta's own download host or on the Graph's.
"""

import re

import httpx

from core.errors import InvalidInputError, OutcomeUnknownError, RetryLaterError
from core.web_guard import parse, shown
from whatsapp.downloads import bare_type, get
from whatsapp.meta.client import Graph
from whatsapp.meta.untrusted import Json
from whatsapp.schemas import Medium

KINDS = ("audio", "document", "image", "sticker", "video")

_DOWNLOADS = "lookaside.fbsbx.com"
_HANDLE = re.compile(r"[0-9A-Za-z_-]{1,128}")


def media_of(message: Json) -> list[Medium]:
    """Return the files of a message, as the webhook has it."""
    found = [message.get(kind) for kind in KINDS]
    return [_medium(each) for each in found if isinstance(each, dict)]


def fetch(medium: Medium, most_bytes: int, graph: Graph) -> bytes:
    """Return the bytes of *medium*; see `whatsapp.port.Channel.fetch`."""
    if not _HANDLE.fullmatch(medium.handle):
        raise InvalidInputError("that is no id of a file")
    try:
        told = graph.get(f"/{medium.handle}")
    except OutcomeUnknownError as error:  # a question may be asked again
        raise RetryLaterError(error.message) from None
    url, base = parse(str(told.get("url") or "")), parse(graph.base_url)
    own = (url.scheme, url.netloc) == (base.scheme, base.netloc)
    if not own and not _is_download(url):
        raise InvalidInputError(f"{shown(url)} is no address of Meta's: nothing is fetched there")
    headers = [("Authorization", f"Bearer {graph.token}")]
    answer = get(url, most_bytes, graph.timeout_s, headers=headers, own=own)
    if answer.location is not None:
        raise InvalidInputError(f"{shown(url)} leads elsewhere, where the token must not go")
    return answer.body


def _is_download(url: httpx.URL) -> bool:
    return url.scheme == "https" and url.port is None and url.host == _DOWNLOADS


def _medium(announced: Json) -> Medium:
    return Medium(str(announced.get("id") or ""), bare_type(announced.get("mime_type")))
