"""The files that travellers send, as Twilio hands them out.

Its address of a file wants our credentials and leads on to another, signed one, which must not
see them. Addresses come with webhooks, so any that is not Twilio's own is left alone.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

import httpx

from core.errors import InvalidInputError
from core.web_guard import parse, shown
from whatsapp.downloads import Headers, bare_type, get
from whatsapp.schemas import Medium

MOST_FILES = 10

# api.twilio.com, and the regional ones such as api.dublin.ie1.twilio.com and mcs.us1.twilio.com.
_TWILIO = re.compile(r"(api|mcs)(\.[a-z0-9-]{1,20}){0,2}\.twilio\.com")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


def media_of(payload: Mapping[str, Any]) -> list[Medium]:
    """Return the files that a webhook announces."""
    announced = str(payload.get("NumMedia", ""))
    number = int(announced) if _WHOLE_NUMBER.fullmatch(announced) else 0
    return [_medium(payload, index) for index in range(min(number, MOST_FILES))]


def fetch(
    medium: Medium,
    most_bytes: int,
    *,
    account: tuple[str, str],
    base_url: str | None,
    timeout_s: float,
) -> bytes:
    """Return the bytes of *medium*; see `whatsapp.port.Channel.fetch`.

    Args:
        medium: as `media_of` returned it.
        most_bytes: most that it may have.
        account: the account's sid and token.
        base_url: the server that stands in for Twilio's, if one does.
        timeout_s: seconds for each of the two requests.
    """
    url = parse(medium.handle)
    own = _is_at(url, base_url)
    if not own and not (url.scheme == "https" and url.port is None and _TWILIO.fullmatch(url.host)):
        raise InvalidInputError(f"{shown(url)} is no address of Twilio's: nothing is fetched there")
    answer = get(url, most_bytes, timeout_s, headers=_credentials(account), own=own)
    if answer.location is None:
        return answer.body
    there = answer.location
    if url.scheme == "https" and there.scheme == "http":
        raise InvalidInputError(f"{shown(url)} leads from https to http, which anybody can read")
    followed = get(there, most_bytes, timeout_s, own=_is_at(there, base_url))
    if followed.location is not None:
        raise InvalidInputError(f"{shown(url)} leads on more than once")
    return followed.body


def _medium(payload: Mapping[str, Any], index: int) -> Medium:
    content_type = bare_type(payload.get(f"MediaContentType{index}"))
    return Medium(str(payload.get(f"MediaUrl{index}") or ""), content_type)


def _is_at(url: httpx.URL, base_url: str | None) -> bool:
    """Tell whether *url* is on the very server that the operator named, port included."""
    if base_url is None:
        return False
    base = parse(base_url)
    return (url.scheme, url.netloc) == (base.scheme, base.netloc)


def _credentials(account: tuple[str, str]) -> Headers:
    encoded = base64.b64encode(":".join(account).encode()).decode("ascii")
    return [("Authorization", f"Basic {encoded}")]
