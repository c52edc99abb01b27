"""Numbers that stand alone or among words: stars, marks, counts, coordinates."""

import re

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_COUNT = re.compile(r"\d[\d.,\s\u00a0\u202f']*")
_LONGEST = 200
_MOST = 100_000_000


def read_score(value: object, *, out_of: float, best: float) -> float | None:
    """Return the first number in a value on a scale up to *best*: "8,3", "3.5 sao", "9.0 Superb".

    Args:
        value: what the operator wrote.
        out_of: the best on the operator's scale.
        best: the best on ours.

    Raises:
        ValueError: there is no number, or it is beyond the scale.
    """
    number = read_number(value)
    if number is None:
        return None
    if not 0 <= number <= out_of:
        raise ValueError(f"not between 0 and {out_of:g}")
    return round(number * best / out_of, 2)


def read_number(value: object) -> float | None:
    """Return the first number in a value, whichever of comma and point marks its decimals.

    Raises:
        ValueError: something is said, but no number.
    """
    if value is None or isinstance(value, bool) or str(value).strip() == "":
        return None
    if isinstance(value, int | float):
        return float(value)
    found = _NUMBER.search(str(value)[:_LONGEST])
    if found is None:
        raise ValueError("no number in it")
    return float(found[0].replace(",", "."))


def read_count(value: object) -> int | None:
    """Return the first whole number in a value, however its thousands are set apart.

    Raises:
        ValueError: something is said, but no number, or one that counts nothing.
    """
    count = _count(value)
    if count is not None and not 0 <= count <= _MOST:
        raise ValueError(f"not between 0 and {_MOST:,}")
    return count


def _count(value: object) -> int | None:
    if value is None or isinstance(value, bool) or str(value).strip() == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    text = re.sub(r"[.,]0+$", "", str(value)[:_LONGEST].strip())
    found = _COUNT.search(text)
    if found is None:
        raise ValueError("no number in it")
    return int(re.sub(r"\D", "", found[0]))
