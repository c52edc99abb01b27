"""Texts and names as they are shown and matched: no markup, one Unicode form, lines kept."""

import ast
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping

import ftfy
from ftfy.badness import is_bad

from ingestion.normalising.markup import without_markup
from ingestion.normalising.values import is_nothing, text_of

LONGEST_TEXT = 1_000_000
"""Characters of the longest text that is looked at, markup included."""

_LONGEST_LITERAL = 200_000
_DEEPEST = 12
_BRACKET = re.compile(r"[\[\]{}()]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|(?<=[\x00-\u05ff])[\u200c\u200d]+"
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_SIGNS = "•●◦▪▫■□◆◇►▶▸➤➢➔➜→✓✔✅☑★☆❖⁃‣∙·"
_BULLET = re.compile(
    rf"^(?:[{_SIGNS}\uf0b7\uf0a7]\ufe0f?\s*|[*+–—-](?:\s+|(?=[^\W\d])))+", re.MULTILINE
)
_BULLET_WITHIN = re.compile(r" (?=[•●◦▪■►▶➤➢✓✔✅] )")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SUSPECT = re.compile(r"[\u00c2-\u00f4ĂăĐđƠơƯư][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[РСГ√∂ˇ]")
"""What text decoded by a wrong code page has: it spares right text the slower, closer look."""

_LIST_AS_TEXT = re.compile(r"\s*[\[{]\s*(?:[\[{\"'\d\]}-]|None|null|true|false)", re.IGNORECASE)


def clean_text(value: object) -> str | None:
    r"""Return a text without markup, broken encodings, odd blanks and invisible characters.

    Line breaks are kept, bullets become "- ", and of empty lines one at a time is left. A list's
    items, and an object's values, become lines. Numbers and dates become text.

    Raises:
        ValueError: it is longer than `LONGEST_TEXT`, or nested too deep, or true or false.
    """
    lines: list[str] = []
    room = LONGEST_TEXT
    for part in _parts(unpacked(value), _DEEPEST):
        text = text_of(part, room)
        room -= len(text or "") + 1
        if text and not is_nothing(text) and (cleaned := _cleaned(text)):
            lines.append(cleaned)
    return "\n".join(lines) or None


def clean_name(value: object) -> str | None:
    """Return a name or title on one line; capitals stay as they are.

    Raises:
        ValueError: as for `clean_text`.
    """
    text = clean_text(value)
    if text is None:
        return None
    return " ".join(text.removeprefix("- ").split()) or None


def unpacked(value: object) -> object:
    """Return what a text holds that is a list or an object written down, as JSON or by Python.

    Anything else is returned as it is.
    """
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _LIST_AS_TEXT.match(value):
        return value
    text = value.strip()
    if text[-1] not in "]}" or _depth(text) > _DEEPEST:
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _by_python(text, value)


def _by_python(text: str, value: str) -> object:
    if len(text) > _LONGEST_LITERAL:
        return value
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return value


def _depth(text: str) -> int:
    """Return how deep the brackets lie in each other, those in strings counted too."""
    steps = (1 if bracket[0] in "[{(" else -1 for bracket in _BRACKET.finditer(text))
    return max(itertools.accumulate(steps), default=0)


def _parts(value: object, depth: int) -> Iterator[object]:
    if not isinstance(value, list | tuple | Mapping):
        yield value
        return
    if depth == 0:
        raise ValueError(f"lists lie more than {_DEEPEST} deep in each other")
    for item in value.values() if isinstance(value, Mapping) else value:
        yield from _parts(item, depth - 1)


def _cleaned(text: str) -> str:
    text = _LINE_END.sub("\n", without_markup(text))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", repaired(text)))
    text = _BULLET_WITHIN.sub("\n", _BLANKS.sub(" ", text))
    text = "\n".join(line.strip() for line in text.split("\n"))
    text = _BULLET.sub("- ", text)
    text = _EMPTY_LINES.sub("\n\n", text).strip()
    return text if text.strip("\n -") else ""


def repaired(text: str) -> str:
    """Return *text* with those lines mended that were decoded by the wrong code page."""
    if not _SUSPECT.search(text) or not is_bad(text):
        return text
    return "\n".join(ftfy.fix_encoding(line) if is_bad(line) else line for line in text.split("\n"))
