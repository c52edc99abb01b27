"""From a conversation's messages to the messages that a phone receives.

Text, picture and up to three choices are one message, a card. A provider may want each line of
a text above choices as a variable of its own, with neither a line break nor more than 255
characters in it, and a form for every pattern of lines. So what has too many lines, or too long
ones, goes ahead as plain text, and the choices follow in a message whose text is one short line:
the body's link or closing line where it has one, which then need not be said twice, else the
choices' title.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from conversation.schemas import MAX_LABEL, Choice, Outgoing
from whatsapp.schemas import Content

MAX_TEXT = 1_600
MAX_CAPTION = 1_024
MAX_WITH_CHOICES = 1_024
MAX_LINE = 255
MAX_LINES = 10  # above choices: every pattern of lines is a form to register
MAX_BLANK_LINES = 3
MAX_BUTTONS = 3
NOT_IN_A_VARIABLE = re.compile(r"[\r\n\t]| {5,}")

_BLANK_LINES = re.compile(r"\n[^\S\n]*(\n[^\S\n]*)+")
_PICTURE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/\S+")
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


def fits_with_choices(body: str) -> bool:
    """Tell whether *body* can stand in one message with choices below it."""
    lines = body.split("\n")
    said = [line for line in lines if line]
    single = "\n\n\n" not in body and bool(lines[0]) and bool(lines[-1])
    few = len(said) <= MAX_LINES and len(lines) - len(said) <= MAX_BLANK_LINES
    return single and few and size(body) <= MAX_WITH_CHOICES and all(map(_is_line, said))


def fits_a_card(image_url: str) -> bool:
    """Tell whether a picture can stand in one message with choices: its path is a variable."""
    return size(image_url) <= MAX_LINE and bool(_PICTURE.fullmatch(image_url))


def as_numbered_text(content: Content) -> Content:
    """Return *content* without anything to tap: its choices as numbered lines."""
    body = _numbered(content, described=True)
    if size(body) > MAX_TEXT:
        body = _numbered(content, described=False)
    image_url = content.image_url if size(body) <= MAX_CAPTION else None
    return content.model_copy(update={"body": body, "choices": [], "image_url": image_url})


def _numbered(content: Content, *, described: bool) -> str:
    lines = [
        f"{number}. {choice.label}"
        + (f" – {choice.description}" if described and choice.description else "")
        for number, choice in enumerate(content.choices, start=1)
    ]
    return "\n".join([content.body, *lines])


def _contents_of(message: Outgoing) -> Iterator[Content]:
    for content in _said(message):
        link = message.link if message.link and message.link in content.body else None
        yield content.model_copy(update={"about": message.about, "link": link})
    if message.pin is not None:
        yield Content(pin=message.pin, about=message.about)


def _said(message: Outgoing) -> Iterator[Content]:
    body = _body_with_link(message)
    if not message.choices:
        yield from _texts(body, message.image_url)
        return
    choices, button = _distinct(message.choices), message.choices_title
    image_url = message.image_url
    is_card = image_url is not None and len(choices) <= MAX_BUTTONS and fits_a_card(image_url)
    if fits_with_choices(body) and (is_card or image_url is None):
        yield Content(body=body, choices=choices, button=button, image_url=image_url)
        return
    text, prompt = _parted(body, message)
    yield from _texts(text, image_url)
    yield Content(body=prompt, choices=choices, button=button)


def _distinct(choices: Sequence[Choice]) -> list[Choice]:
    """WhatsApp refuses two choices with one label: number those that come again."""
    seen: set[str] = set()
    distinct = []
    for choice in choices:
        label, number = choice.label, 1
        while label in seen:
            number += 1
            label = f"{choice.label[: MAX_LABEL - len(f' {number}')]} {number}"
        seen.add(label)
        distinct.append(choice.model_copy(update={"label": label}))
    return distinct


def _body_with_link(message: Outgoing) -> str:
    body = _BLANK_LINES.sub("\n\n", message.body.replace("\r\n", "\n").strip())
    return f"{body}\n{message.link}" if message.link and message.link not in body else body


def _parted(body: str, message: Outgoing) -> tuple[str, str]:
    """Return what goes ahead (it may be nothing) and the line that goes with the choices."""
    if message.image_url is not None and "\n" not in body:
        return body, message.choices_title
    if message.link and body.endswith(f"\n{message.link}") and _is_line(message.link):
        return body.removesuffix(message.link).strip(), message.link
    text, blank_line, closing = body.rpartition("\n\n")
    if blank_line and text.strip() and _is_line(closing):
        return text.strip(), closing
    return body, message.choices_title


def _is_line(text: str) -> bool:
    return bool(text.strip()) and size(text) <= MAX_LINE and not NOT_IN_A_VARIABLE.search(text)


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
