"""Reads the answer that a bot gives straight to a webhook."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

MAX_BYTES = 64 * 1024


class TwimlError(Exception):
    """An answer that Twilio could not have used."""


@dataclass(slots=True)
class Reply:
    """One message that the bot wants sent back."""

    body: str
    media: list[str] = field(default_factory=list)


def replies(body: str, content_type: str) -> list[Reply]:
    """The messages in a webhook's answer.

    Args:
        body: The answer's text, empty for no reply.
        content_type: Its media type; XML is read as TwiML, plain text is a message by itself.

    Raises:
        TwimlError: If the answer is something else, or not well-formed.
    """
    if not body.strip():
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return [Reply(body.strip())]
    if kind not in {"text/xml", "application/xml", "text/html"}:
        raise TwimlError(f"12300: the answer's Content-Type {kind or 'is missing'} is not TwiML")
    return _parse(body)


def _parse(body: str) -> list[Reply]:
    if len(body) > MAX_BYTES or "<!" in body:
        raise TwimlError("12100: the TwiML is too long, or holds a declaration")
    try:
        root = ET.fromstring(body)  # noqa: S314 - no doctype, so no entities to expand
    except (ET.ParseError, ValueError) as error:
        raise TwimlError(f"12100: the TwiML is not well-formed ({error})") from None
    if root.tag != "Response":
        raise TwimlError("12200: the TwiML's root element is not <Response>")
    return [_reply(element) for element in root.iter("Message")]


def _reply(element: ET.Element) -> Reply:
    bodies = [element.text or "", *(part.text or "" for part in element.iter("Body"))]
    media = [(part.text or "").strip() for part in element.iter("Media")]
    return Reply("".join(bodies).strip(), [url for url in media if url])
