"""JSON text as values, strictly: what another program would read differently is refused."""

import json
import math
from collections.abc import Iterable

from ingestion.readers.decoding import UNREADABLE

_DEEPEST = 64
_MOST_DIGITS = 40
"""More than any identifier has; and arithmetic with thousands of digits takes long."""


def json_object(text: str, encoding: str = "utf-8") -> dict[str, object]:
    """Return the JSON object of a record; see `json_value`.

    Raises:
        ValueError: why it cannot be read, in one line.
    """
    value = json_value(text, encoding)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - of all that a record may hold
    return value


def json_value(text: str, encoding: str = "utf-8", *, lenient: bool = False) -> object:
    """Return a JSON value.

    NaN, as spreadsheets and statistics programs write for a missing number, is None.

    Args:
        text: the value.
        encoding: in which it was read, to be named.
        lenient: whether texts may hold line breaks as they are, as those in web pages do.

    Raises:
        ValueError: why it cannot be read, in one line.
    """
    if UNREADABLE in text:
        column = text.index(UNREADABLE) + 1
        raise ValueError(f"not {encoding.upper()} (column {column})")
    try:
        value: object = (_LENIENT if lenient else _STRICT).decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_deep(value):
        raise ValueError("nested too deeply")
    return value


def _is_deep(value: object) -> bool:
    """Tell whether there are more levels than a record has; not every program can follow them."""
    level = [value]
    for _ in range(_DEEPEST):
        inner = [_parts(each) for each in level]
        level = [each for part in inner for each in part if isinstance(each, dict | list)]
        if not level:
            return False
    return True


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError("not JSON: a number of too many digits")
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"not JSON: {digits[:_MOST_DIGITS]} is too large a number")
    return value


def _constant(name: str) -> None:
    if name != "NaN":
        raise ValueError(f"not JSON: {name} is no number")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name with two values, of which every program takes another one."""
    values = dict(pairs)
    if len(values) < len(pairs):
        for name, value in pairs:
            if values[name] != value:
                raise ValueError(f"{name!r} stands twice in one object, with different values")
    return values


def _decoder(*, strict: bool) -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_int=_whole,
        parse_float=_decimal,
        parse_constant=_constant,
        object_pairs_hook=_without_repeats,
        strict=strict,
    )


_STRICT, _LENIENT = _decoder(strict=True), _decoder(strict=False)
