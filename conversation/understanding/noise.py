"""What looks like a wish and is none: dates, times of day, phone numbers, ages, links."""

import re

from conversation.understanding.reading import Reading

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bshow (?:me|us|more|all|some|other|another|the)\b",
        r"\d{14,}|(?:\d+[.,]){6,}\d*",
        r"(?:https?://|www\.)\S+",
        r"[\w.+-]{1,64}@[\w-]{1,64}\.\w+",
        r"(?<![\w$€£])\+\d[\d\s().-]{6,20}\d",
        r"(?<![\w$€£.,])0\d{2,3}[\s.-]?\d{3}[\s.-]?\d{3,4}\b(?!\s*(?:d|vnd|dong))",
        r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:20)?\d{2}\b|\b20\d\d-\d{1,2}-\d{1,2}\b",
        r"\b(?:ngay|mung|on|hom|dip)\s+\d{1,2}\s*[/.-]\s*\d{1,2}\b",
        r"(?<!\d)(?:[0-2]?\d|3[01])/(?:0?\d|1[0-2])\b(?!\s*(?:days?|ngay|usd|trieu))",
        r"\b(?:ngay\s+\d{1,2}\s+)?thang\s+(?:\d{1,2}|gieng|chap)\b(?:\s*(?:nam|/)?\s*20\d\d)?",
        r"\bngay\s+(?:mung\s+)?\d{1,2}\b(?!\s*(?:ngay|dem))",
        r"\b(?:in|nam|year|for|by|summer|winter|spring|autumn|fall|tet)\s+20[2-4]\d\b",
        r"\b\d{1,2}(?::\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.|o'?clock)\b|\b[0-2]?\d:[0-5]\d\b",
        r"\b\d{1,2}\s*(?:h|gio)(?:\d{2})?\s*(?:sang|chieu|toi|trua|dem)\b",
        (
            r"\b\d{1,2}(?:\s*-\s*\d{1,2})?[\s-]*(?:years?|yrs?|y)[\s/-]*(?:olds?|o\b)"
            r"|\b\d{1,2}\s*tuoi\b"
        ),
        (
            r"\b(?:kids?|children|sons?|daughters?|twins|boys?|girls?|be|con|chau)(?: are| aged)?"
            r"\s+\d{1,2}(?:\s*(?:,|and|&|va)\s*\d{1,2})+\b(?!\s*(?:days?|ngay|nights?|dem))"
        ),
        r"\btu van\b",
        r"\b(?:age|aged|ages)\s+\d{1,2}(?:\s*(?:,|and|&|-)\s*\d{1,2})*\b",
        r"\b\d+(?:[.,]\d+)?\s*(?:km|kms|kilomet\w*|met|%)(?!\w)",
        r"\b(?:leav|start|depart|arriv|go)(?:e|ing|s)?\s+in\s+\d+\s+(?:days?|weeks?|months?)\b",
        (
            r"\b\d+\s+(?:ngay|tuan|thang)\s+nua\b|\b\d+\s+(?:days?|weeks?|months?|hours?)\s+(?:ago"
            r"|from now|before|prior|in advance|ahead)\b|\btruoc \d+ (?:ngay|tuan|tieng)\b"
        ),
    )
)


_ENGLISH_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*(?:-|to)\s*\d{{1,2}})?\b(?:,?\s*20\d\d)?",
        (
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s*(?:-|to)\s*\d{{1,2}})?(?:\s+of)?\s+{_MONTH}(?!\w)"
            r"(?:,?\s*20\d\d)?"
        ),
    )
)
"""Dates whose month is an English word; "săn mây 2 ngày" holds no 2nd of May."""


def take_noise(reading: Reading) -> None:
    """Use up what no other rule may take for a price, a length, a tour or a wish."""
    for pattern in _PATTERNS:
        reading.take_all(pattern)
    for pattern in _ENGLISH_DATES:
        for match in list(pattern.finditer(reading.plain)):
            if reading.text[match.start() : match.end()].isascii():
                reading.take(match.span())
