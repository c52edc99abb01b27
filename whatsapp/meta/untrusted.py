"""Taking apart JSON that may hold anything anywhere."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def an_object(value: object) -> Json:
    """Return *value* if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """Return the objects in *value*, if it is a list; what else is in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
