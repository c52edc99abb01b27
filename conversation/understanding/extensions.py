"""By how many days the trip wished before is to be longer or shorter."""

import re

from conversation.understanding.numbers import NUMBER, value
from conversation.understanding.reading import Reading

MOST_DAYS = 60.0

ALTOGETHER = re.compile(r"\b(?:tong(?: cong)?|in total|altogether|in all)\b")
"""Beside such a word a length is that of the whole trip, what is added to it included."""

_COUNT = rf"(?P<count>{NUMBER}|an?(?: extra| additional)?|another)"
_UNIT = r"(?P<unit>days?|nights?|weeks?|ngay|dem|hom|tuan)(?![a-z])"
_LONGER = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"\b(?:add(?:ing)?|plus|extend(?: it| the trip| my trip| the tour)?(?: by| for)?"
            r"|(?:keo dai |dai |o )?them)\s+"
            rf"{_COUNT}\s*(?:more |extra |additional )?{_UNIT}(?:\s+nua\b)?"
        ),
        rf"\b{_COUNT}\s+(?:more|extra|additional)\s+{_UNIT}",
        rf"\b(?P<count>another)\s+{_UNIT}",
        rf"\b{_COUNT}\s+{_UNIT}\s+(?:more|longer|extra)\b(?! than)",
    )
)
_SHORTER = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"\b(?:cut|remove|drop|minus|shorten(?: it| the trip)? by|bot|giam|rut(?: ngan)?)\s+"
            rf"(?:di |bot )?{_COUNT}\s*{_UNIT}"
        ),
        rf"\b{_COUNT}\s+{_UNIT}\s+(?:less|shorter|fewer)\b",
        rf"\b{_COUNT}\s+(?:less|fewer)\s+{_UNIT}",
    )
)
_DAYS_IN = {"w": 7.0, "t": 7.0}  # weeks and "tuần"; a night more is a day more


def take_extra_days(reading: Reading) -> float:
    """Use up "add 1 day" or "bớt một ngày", and return the days: 0 where nothing is said."""
    for sign, patterns in ((1.0, _LONGER), (-1.0, _SHORTER)):
        for pattern in patterns:
            match = pattern.search(reading.plain)
            if match:
                reading.take(match.span())
                return sign * min(_days(match), MOST_DAYS)
    return 0.0


def _days(match: re.Match[str]) -> float:
    word = match["count"]
    count = 1.0 if word.startswith(("a ", "an", "another")) or word == "a" else value(word) or 0.0
    return count * _DAYS_IN.get(match["unit"][0], 1.0)
