"""Reaching into a record: columns, objects, lists and joined sources."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from core.errors import InvalidInputError
from core.text import tidy
from ingestion.mapping.schemas import FieldRule
from ingestion.normalising.text import unpacked

_BRACES = re.compile(r"\{([^{}]+)\}")
_LONGEST_MATCHED = 2_000
"""Characters of a value that a pattern of the operator's own is tried on."""
_LONGEST_MATCH_S = 0.5
"""Some patterns take twice as long for each further letter: those are no use to anybody."""


def follow(values: Mapping[str, Any], path: str) -> list[Any]:
    """Return what lies at *path*, lists taken apart; nothing where there is no such thing.

    A column whose own name has a dot in it comes before an object's key. A text that is a list or
    an object written down, as exports have it in their cells, is taken for what it says.
    """
    if path in values:
        return list(_unpacked(values[path]))
    head, dot, rest = path.partition(".")
    if not dot or head not in values:
        return []
    inner = (each for each in _unpacked(values[head]) if isinstance(each, Mapping))
    return [found for each in inner for found in follow(each, rest)]


def _unpacked(value: Any) -> Iterator[Any]:
    """Yield what a value holds: the elements of lists, those written down in texts too."""
    for each in _elements(value):
        yield from _elements(unpacked(each))


def _elements(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _elements(each)
    elif value is not None and value != "":
        yield value


def select(values: Mapping[str, Any], rule: FieldRule) -> list[Any]:
    """Return the values that a rule takes from a record, in order and each once."""
    found = [each for path in rule.paths for each in follow(values, path)]
    if rule.template:
        found += _filled(values, rule.template)
    if not found and rule.value is not None:
        found = [rule.value]
    if rule.pattern:
        found = _matched(found, rule.pattern)
    return _distinct(found)[: 1 if rule.first else None]


def _filled(values: Mapping[str, Any], template: str) -> list[str]:
    """Fill a template; one of whose columns is blank says nothing."""
    columns = _BRACES.findall(template)
    filling = {name: next(iter(follow(values, name)), None) for name in columns}
    if any(value is None for value in filling.values()):
        return []
    return [_BRACES.sub(lambda match: str(filling[match[1]]), template)]


def _matched(found: Sequence[Any], pattern: str) -> list[str]:
    compiled = regex.compile(pattern)
    try:
        matches = [
            compiled.search(str(each)[:_LONGEST_MATCHED], timeout=_LONGEST_MATCH_S)
            for each in found
        ]
    except TimeoutError:
        raise InvalidInputError(
            f"the pattern {pattern!r} takes too long; make it simpler"
        ) from None
    kept = (match[1 if compiled.groups else 0] for match in matches if match)
    return [each for each in kept if each]


def _distinct(found: Sequence[Any]) -> list[Any]:
    """Leave out repeats; objects are compared by what they hold."""
    seen: dict[str, Any] = {}
    for each in found:
        seen.setdefault(repr(each), each)
    return list(seen.values())


def as_key(value: object) -> str:
    """Return an id, or what records are joined by, so that 7, 7.0 and "7 " are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tidy(str(value))


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    return str(value)
