"""Which of the tours shown a message speaks of."""

import re

from conversation.understanding.reading import TAKEN, Reading

LAST = -1
MOST_SHOWN = 30

_WORDS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "nhat": 1, "dau tien": 1, "dau": 1, "hai": 2, "nhi": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5,
    "cuoi": LAST, "cuoi cung": LAST, "mot": 1,
}  # fmt: skip
_NOUN = r"(?:one|tour|trip|option|choice|package|offer|result|card)"
_NAMED = r"(?:first|second|third|fourth|fifth|last)"
_COUNT_VI = r"(?:nhat|hai|nhi|ba|tu|bon|nam)"
_THING_VI = r"(?:cai|tour|chuyen|so|lua chon|goi|mau|chuong trinh)"
_COUNTED = (
    r"\s*(?:-|d\b|n\b|days?|nights?|weeks?|ngay|dem|nguoi|people|trieu|tr\b|k\b"
    r"|star|sao(?!\s*(?:vay|the|nhi|roi|a\b|ban|shop|\W*$))|tuan|hours?|gio|tieng|ve\b|cho\b(?!\s*\d)"
    r"|tours?|seats?|tickets?)"
)
"""Behind a number, what says that it counts things and is not the number of a tour."""
_FELT = r"(?:dis)?like|liked|love|loved|enjoy|similar to|thich|ung|giong|tuong tu"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:#|\bno\.?\s?|\bnr\.?\s?)(?P<n>\d{1,2})\b(?!\s*(?:days?|ngay))",
        (
            rf"\b(?:number|option|tour|trip|choice|package|num|{_THING_VI}|tour so|so thu tu"
            rf"|book|reserve|take|dat|chot|mua|lay|chon|details?|chi tiet)\s+(?P<n>\d{{1,2}})\b"
            rf"(?!{_COUNTED})"
        ),
        r"\b(?:number|option) (?P<n>one|two|three|four|five)\b",
        r"\b(?:description|summary|programme?|schedule|plan) of (?P<n>\d{1,2})\W*$",
        rf"(?<!would )(?<!'d )\b(?:{_FELT})\s+(?P<n>\d{{1,2}})\b(?!{_COUNTED})",
        r"^\W*(?P<n>\d{1,2})\s+(?:is|was|looks?|sounds?|hop|(?:khong|ko) (?:hop|hay|thich))\b",
        rf"\b(?:not for me|khong hop)\W+(?P<n>\d{{1,2}})\b(?!{_COUNTED})",
        (
            rf"\b(?:the|this|that)\s+(?P<n>{_NAMED})\b(?:\s+{_NOUN}s?\b)?"
            r"(?!\s+(?:day|night|week|time|month|half|year))"
        ),
        rf"(?<!my )(?<!our )\b(?P<n>{_NAMED})\s+{_NOUN}\b",
        r"\b(?P<n>[1-9])(?:st|nd|rd|th)\b(?!\s+(?:day|night|of))",
        rf"\b(?:{_THING_VI}\s+)thu\s+(?P<n>{_COUNT_VI}|\d)\b",
        rf"\b{_THING_VI}\s+(?P<n>dau tien|dau|cuoi cung|cuoi)\b",
        (
            r"\b(?:tour so|tour|so|cai so)\s+(?P<n>mot|hai|ba|bon|nam)\b(?!\s*(?:ngay|dem"
            r"|nguoi|tuan|mien))"
        ),
    )
)
_REFUSED = re.compile(
    r"\b(?:not|no to|nor|except|anything but|but not|without|don'?t (?:want|take|need)"
    r"|(?:khong|ko|k|hong) (?:phai|lay|muon|chon|can|di|ung)|tru|bo(?: qua)?|dung lay|khoi lay"
    r"|loai)\s+"
    rf"(?:(?:the|that|number|no\.?|option|tour|trip|#|{_THING_VI}|so|thu)\s*)+"
    rf"(?P<n>\d{{1,2}}|{_NAMED}|dau tien|dau|cuoi cung|cuoi|hai|nhat|ba|mot)\b"
    rf"(?:\s+{_NOUN})?(?!{_COUNTED})(?!\s+(?:day|night|week|time|month|half|year|phi|lan))"
)
_WHOLE = re.compile(
    r"\W*(?:(?:the|so|tour|cai|option|number|xem|chon|show|details?|chi tiet)\s*)*"
    r"(?P<n>\d{1,2}|one|two|three|first|second|third|last|mot|hai|ba)\W*(?:please|nhe|di|a|nha)?\W*"
)
_FIRST_FEW = re.compile(
    r"\b(?:first (?P<n>two|three|2|3|four|4|five|5)"
    r"|(?P<m>hai|ba|bon|2|3|4|5) (?:cai|tour|chuyen|goi|lua chon) (?:dau tien|dau)"
    r"|all (?P<k>two|three|2|3|four|4|five|5)|ca (?P<l>hai|ba|bon|2|3|4) (?:cai|tour|goi))\b"
    r"(?!\s*(?:days?|nights?|weeks?|of us))"
)
_PAIR = re.compile(
    r"(?<![\w.,])(?P<n>[1-9])\s*(?:and|vs\.?|versus|or|,|&|with|va|voi|hay|hoac)\s*"
    r"(?:(?:number|tour|so|option|cai)\s+)*(?P<m>[1-9])\b(?!\s*(?:days?|ngay|people|nguoi|trieu))"
    r"(?:\s*(?:and|,|&|va)\s*(?P<o>[1-9])\b(?!\s*(?:days?|ngay|people|nguoi|trieu)))?"
)

_AGED = re.compile(r"\b(?:kids?|child(?:ren)?|aged?|years?|tuoi|be|chau)\b")
"""Beside such a word "6 and 9" are ages."""


def take_ordinals(reading: Reading) -> tuple[int, ...]:
    """Use up the numbers of tours in a message and return them in its order, each once."""
    whole = _WHOLE.fullmatch(reading.plain)
    if whole:
        reading.take(whole.span("n"))
        return _number(whole["n"])
    found: list[tuple[int, int]] = []
    pairs = () if _AGED.search(reading.plain) else tuple(_PAIR.finditer(reading.plain))
    for match in pairs:
        found += [(match.start(name), int(match[name])) for name in "nmo" if match[name]]
        reading.take(match.span())
    for match in _FIRST_FEW.finditer(reading.plain):
        found += [(match.start(), number) for number in _up_to(match)]
    for match in _FIRST_FEW.finditer(reading.plain):
        reading.take(match.span())
    for pattern in _PATTERNS:
        while (hit := pattern.search(reading.plain)) is not None:
            found += [(hit.start(), number) for number in _number(hit["n"])]
            reading.take(hit.span())
    return tuple(dict.fromkeys(number for _, number in sorted(found)))


def take_turned_down(reading: Reading) -> tuple[int, ...]:
    """Use up the numbers of tours that are refused ("not the first one") and return them."""
    found: list[int] = []
    for match in list(_REFUSED.finditer(reading.plain)):
        if TAKEN in match.group():
            continue
        found += _number(match["n"])
        reading.take(match.span())
    return tuple(dict.fromkeys(found))


def _up_to(match: re.Match[str]) -> range:
    """Return the numbers of "the first three" or "both": from 1 on."""
    word = next(filter(None, match.groups()))
    return range(1, _number(word)[0] + 1)


def _number(word: str) -> tuple[int, ...]:
    number = int(word) if word.isdecimal() else _WORDS[word]
    return (number,) if number == LAST or 1 <= number <= MOST_SHOWN else ()
