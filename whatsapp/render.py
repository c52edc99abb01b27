"""From a conversation's messages to the messages that a phone receives.

The body travels as plain text, because a template variable may hold neither a line break nor
more than 255 characters. Choices follow in a message of their own whose text is one short line:
the body's link or closing line where it has one, which then need not be said twice, else the
choices' title. Where the whole body is one short line, one message does for all.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from conversation.schemas import Outgoing
from whatsapp.schemas import Content

MAX_TEXT = 1_600
MAX_CAPTION = 1_024
MAX_PROMPT = 255
NOT_IN_A_VARIABLE = re.compile(r"[\r\n\t]| {5,}")

_SENTENCE_END = re.compile(r"[.!?…](?=\s)")
_ZERO_WIDTH_JOINER = "\u200d"
_JOINERS = frozenset({_ZERO_WIDTH_JOINER, "\ufe0e", "\ufe0f"})  # they make one emoji of several


def contents(messages: Sequence[Outgoing]) -> list[Content]:
    """Return the messages to send for *messages*, in order."""
    return [content for message in messages for content in _contents_of(message)]


def size(text: str) -> int:
    """Return the length of *text* as phones count it: a character beyond the BMP is two."""
    return len(text) + sum(char > "\uffff" for char in text)


def split(text: str, limit: int) -> list[str]:
    """Cut *text* into parts of at most *limit*, at the end of a line, a sentence or a word."""
    parts: list[str] = []
    rest = text.strip()
    while size(rest) > limit:
        head = _longest_prefix(rest, limit)
        cut = _cutting_place(rest, head)
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts


def as_numbered_text(content: Content) -> Content:
    """Return *content* without anything to tap: its choices as numbered lines."""
    lines = [
        f"{number}. {choice.label}" + (f" – {choice.description}" if choice.description else "")
        for number, choice in enumerate(content.choices, start=1)
    ]
    return Content(body="\n".join([content.body, *lines]), image_url=content.image_url)


def _contents_of(message: Outgoing) -> Iterator[Content]:
    body = _body_with_link(message)
    if not message.choices:
        yield from _texts(body, message.image_url)
        return
    if message.image_url is not None and _is_prompt(body):
        text, prompt = body, message.choices_title
    else:
        text, prompt = _parted(body, message)
    yield from _texts(text, message.image_url)
    yield Content(body=prompt, choices=message.choices, button=message.choices_title)


def _body_with_link(message: Outgoing) -> str:
    body = message.body.strip()
    return f"{body}\n{message.link}" if message.link and message.link not in body else body


def _parted(body: str, message: Outgoing) -> tuple[str, str]:
    """Return what goes ahead (it may be nothing) and the line that goes with the choices."""
    if _is_prompt(body):
        return "", body
    if message.link and body.endswith(f"\n{message.link}") and _is_prompt(message.link):
        return body.removesuffix(message.link).strip(), message.link
    text, blank_line, closing = body.rpartition("\n\n")
    if blank_line and text.strip() and _is_prompt(closing):
        return text.strip(), closing
    return body, message.choices_title


def _is_prompt(text: str) -> bool:
    return bool(text.strip()) and size(text) <= MAX_PROMPT and not NOT_IN_A_VARIABLE.search(text)


def _texts(body: str, image_url: str | None) -> Iterator[Content]:
    """A picture carries the text as its caption where that fits, else it goes ahead alone."""
    if image_url and size(body) <= MAX_CAPTION:
        yield Content(body=body, image_url=image_url)
        return
    if image_url:
        yield Content(image_url=image_url)
    for part in split(body, MAX_TEXT):
        yield Content(body=part)


def _longest_prefix(text: str, limit: int) -> str:
    head = text[:limit]
    while size(head) > limit:
        head = head[: -max(1, (size(head) - limit) // 2)]
    return head


def _cutting_place(text: str, head: str) -> int:
    """Prefer lines to sentences to words, but not a place so early that little is sent."""
    least = len(head) // 3
    line = head.rfind("\n")
    if line > least:
        return line
    sentences = [match.end() for match in _SENTENCE_END.finditer(head)]
    if sentences and sentences[-1] > least:
        return sentences[-1]
    word = head.rfind(" ")
    return word if word > least else _between_letters(text, len(head))


def _between_letters(text: str, cut: int) -> int:
    """Return the last place up to *cut* that parts no letter from its accents."""
    earliest = max(1, cut // 2)
    place = cut
    while place > earliest and _joined(text[place - 1], text[place]):
        place -= 1
    return cut if place == earliest else place


def _joined(left: str, right: str) -> bool:
    return unicodedata.combining(right) > 0 or right in _JOINERS or left == _ZERO_WIDTH_JOINER
