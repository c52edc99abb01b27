"""Values of other people's documents, of which none need have the shape that it should have."""

import math
from collections.abc import Iterable, Mapping

Node = Mapping[str, object]


def nodes(value: object) -> list[Node]:
    """Return the objects in a value that may be one, or a list of some."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def node(value: object) -> Node:
    """Return the first object in a value, an empty one where there is none."""
    return next(iter(nodes(value)), {})


def texts(value: object) -> list[str]:
    """Return the texts in a value that may be one, or a list of some; numbers are texts too."""
    items = value if isinstance(value, list) else [value]
    found = (_text(item) for item in items)
    return [text for text in found if text]


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def text(*values: object) -> str | None:
    """Return the first text in the first of the values that holds one."""
    return next((found[0] for value in values if (found := texts(value))), None)


def number(value: object) -> float | None:
    """Return a number that is not negative, also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found >= 0 else None


def unique(items: Iterable[str]) -> list[str]:
    """Return the items without repeats, in order."""
    return list(dict.fromkeys(items))


def lines(items: Iterable[str]) -> str | None:
    """Return texts as one, a line each; None where there are none."""
    return "\n".join(unique(items)) or None


def present(values: Node) -> dict[str, object]:
    """Return those values that say anything."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
