"""What every reader of values needs: plain text of bounded length, and what means "nothing"."""

import datetime as dt
import math
import unicodedata
from decimal import Decimal

from core.text import fold

_SHOWN = 60
_EXACT = 2.0**53
_NOTHING_WORDS = "null none nil nan n/a na n.a n.a. #n/a undefined tba tbc tbd tbu"
_NOTHING = frozenset(_NOTHING_WORDS.split()) | {
    "not available",
    "not applicable",
    "to be announced",
    "khong co",
    "dang cap nhat",
    "updating",
}
_LONGEST_NOTHING = max(map(len, _NOTHING))


class _Plain(dict[int, str | int | None]):
    """Digits of any script as 0 to 9, wide letters as narrow ones, blanks of any sort as one."""

    def __missing__(self, code: int) -> str | int | None:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            self[code] = str(unicodedata.decimal(char))
        elif category in ("Zs", "Zl", "Zp") or char.isspace():
            self[code] = " "
        elif 0xFF01 <= code <= 0xFF5E:
            self[code] = code - 0xFEE0
        elif category in ("Cc", "Cf", "Cs", "Co", "Cn"):
            self[code] = None
        else:
            self[code] = code
        return self[code]


_PLAIN = _Plain({ord("￥"): "¥", ord("￦"): "₩", ord("￡"): "£", ord("−"): "-"})


def text_of(value: object, longest: int) -> str | None:
    """Return a value of a cell as text; None where the cell is empty.

    Args:
        value: what a reader found there.
        longest: most characters that such a value may have.

    Raises:
        ValueError: it is a list, an object or a truth value, or it is too long.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | dt.date):
        raise ValueError(f"a text was expected, not {kind_of(value)}")  # noqa: TRY004
    if isinstance(value, int) and abs(value) >= 10**300:
        raise ValueError("the number is too long")
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    text = str(int(value) if whole and isinstance(value, float) else value)
    if len(text) > longest:
        raise ValueError(f"holds {len(text):,} characters; at most {longest:,} are read")
    return text.strip() or None


def kind_of(value: object) -> str:
    """Return what a value is, in words for the person who filled the feed."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list | tuple | set | frozenset):
        return "a list"
    return "an object" if isinstance(value, dict) else f"a {type(value).__name__}"


def plain(text: str) -> str:
    """Return *text* in NFC with ASCII digits, single blanks and nothing invisible."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN).split())


def is_nothing(text: str) -> bool:
    """Tell whether a cell's text says that nothing is known: "N/A", "null", "-"."""
    if len(text) > 4 * _LONGEST_NOTHING:
        return False
    folded = fold(text)
    return folded in _NOTHING or not any(map(str.isalnum, folded.replace("_", "")))


def shortened(text: str) -> str:
    """Return the beginning of *text*, as an error quotes it."""
    text = " ".join(text[: 4 * _SHOWN].split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def first_of(value: object) -> object:
    """Return the only item of a list of one; anything else as it is."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
