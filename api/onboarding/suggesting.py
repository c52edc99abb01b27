"""Places for what has been typed of a name so far."""

import bisect
import itertools
from dataclasses import dataclass
from functools import cache

from api.onboarding.places import called, where
from core.places.keys import key
from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from core.wording import LANGUAGES

_KNOWN = 12_000
"""Places that are suggested: all of our own, then the most populous of the world."""
_HOME = "VN"
_NEIGHBOURS = frozenset({"KH", "LA", "MM", "TH"})
_LARGE = frozenset({PlaceKind.COUNTRY, PlaceKind.REGION})
_MOST_READ = 400
_LEAST_LETTERS = 2
_LEAST_MISSPELT = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place that may be meant."""

    name: str
    where: str


def suggest(typed: str, language: str, limit: int = 7) -> list[Suggestion]:
    """Return the places whose names begin so, and one that a misspelt name may mean.

    Args:
        typed: the first letters of a name, with or without diacritics.
        language: of the names.
        limit: how many at most.
    """
    prefix = key(typed)
    if len(prefix) < _LEAST_LETTERS:
        return []
    found = {place.id: place for place in _beginning(prefix)}
    best = sorted(found.values(), key=_rank)[:limit]
    meant = gazetteer().find(typed) if len(prefix) >= _LEAST_MISSPELT else None
    if meant is not None and meant not in best:
        best = [*best[: limit - 1], meant]
    return [Suggestion(called(each, language), where(each, language)) for each in best]


def _beginning(prefix: str) -> list[Place]:
    keys, places = _index()
    first = bisect.bisect_left(keys, prefix)
    span = itertools.islice(range(first, len(keys)), _MOST_READ)
    return [places[at] for at in itertools.takewhile(lambda at: keys[at].startswith(prefix), span)]


def _rank(place: Place) -> tuple[int, int]:
    near = 0 if place.country == _HOME else 1 if place.country in _NEIGHBOURS else 2
    return near, -place.population


@cache
def _index() -> tuple[list[str], list[Place]]:
    """Return the keys of names in order, and beside each its place."""
    pairs = {
        (name_key, place.id): place
        for place in itertools.islice(gazetteer(), _KNOWN)
        for name_key in {key(name) for name in _names(place)}
        if name_key
    }
    ordered = sorted(pairs)
    return [name_key for name_key, _ in ordered], [pairs[each] for each in ordered]


def _names(place: Place) -> list[str]:
    """Return the names that are typed here: elsewhere, what others call a town is no help."""
    is_near = place.country in {_HOME, *_NEIGHBOURS} or place.kind in _LARGE
    names = gazetteer().aliases(place.id) if is_near else (place.name,)
    return [*names, *(called(place, language) for language in LANGUAGES)]


def warm_up() -> None:
    """Make the index, for which whoever types first would otherwise wait for a second."""
    _index()
