"""What an address on WhatsApp looks like, and text that a phone may have sent."""

import re
import unicodedata

LONGEST_NAME = 200

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_SCOPED_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z]{4,128}")
_KEPT_CONTROLS = "\n\t"


def is_address(text: str) -> bool:
    """Tell whether *text* is a phone number in international form or a business-scoped id."""
    return bool(_PHONE.fullmatch(text) or _SCOPED_ID.fullmatch(text))


def clean(text: str) -> str:
    """Return *text* without control characters, which no phone types and no database keeps."""
    return "".join(
        char
        for char in text
        if char in _KEPT_CONTROLS or unicodedata.category(char) not in {"Cc", "Cs"}
    )


def degrees(value: object, limit: float) -> float | None:
    """Return a latitude or a longitude; None where *value* is none, or beyond *limit*."""
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and -limit <= number <= limit else None
