"""Numbers in digits as the world groups them: 1,234.5 and 1.234,5 and 1 234,5 and 1,23,456."""

import re

NUMBER = r"\d{1,15}(?:[.,'’`´٫٬]\d{1,15}|[ _]\d{3}(?!\d)){0,6}"
"""Pattern of a number in text that went through `values.plain`."""

_DECIMAL_SIGNS = ".,٫"
_PARTS = re.compile(r"[.,'’`´٫٬ _]")


def number_of(written: str, *, fraction: bool = False) -> float:
    """Return the number that *written* stands for.

    One separator with three digits behind it groups thousands ("1.234" and "1,234" are 1234),
    unless a group cannot be ("0.500", "1234.567"). Where two signs occur the last one is the
    decimal sign. Groups of two before the last three are Indian ("1,23,456").

    Args:
        written: what `NUMBER` matches.
        fraction: whether a sole separator marks decimals, as in "1.250 million".

    Raises:
        ValueError: the groups make no number ("12.10.2025").
    """
    parts = _PARTS.split(written)
    signs = _PARTS.findall(written)
    if not signs:
        return float(written)
    decimals = ""
    if _ends_in_decimals(parts, signs, fraction=fraction):
        decimals = parts.pop()
        signs.pop()
    if len(set(signs)) > 1 or not _are_groups(parts):
        raise ValueError(f"{written!r} is no number")
    return float(f"{''.join(parts)}.{decimals or 0}")


def _ends_in_decimals(parts: list[str], signs: list[str], *, fraction: bool) -> bool:
    last = signs[-1]
    if last not in _DECIMAL_SIGNS or signs.count(last) > 1:
        return False
    if len(signs) > 1 or len(parts[-1]) != 3 or fraction:
        return True
    return len(parts[0]) > 3 or parts[0].startswith("0")


def _are_groups(parts: list[str]) -> bool:
    """Tell whether the digits stand in threes, or in twos before the last three, as in India."""
    if len(parts) == 1:
        return True
    first, *middle, last = parts
    if len(last) != 3 or not 1 <= len(first) <= 3:
        return False
    return all(len(part) == 3 for part in middle) or (
        len(first) <= 2 and all(len(part) == 2 for part in middle)
    )
