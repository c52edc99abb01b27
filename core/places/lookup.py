"""From one name to the place most likely meant by it."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.places.atlas import Atlas
from core.places.keys import key, marks, spelling
from core.places.schemas import Place, PlaceKind
from core.places.spelling import nearest
from core.places.words import GENERIC_AFTER, GENERIC_BEFORE, is_ordinary
from core.text import fold, tidy

_LONGEST_NAME = 120
_PARTS = re.compile(r"\s*[,;()|]\s*")
_WORDS = re.compile(r"[\s.-]+|(?<=TP)(?=[A-ZĐ])")
_REMEMBERED = 4096
_LARGE_CITY = 100_000
_GENERIC_AFTER_BACKWARDS = {phrase[::-1]: kind for phrase, kind in GENERIC_AFTER.items()}
_LONGEST_PHRASE = max(map(len, (*GENERIC_BEFORE, *GENERIC_AFTER)))


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to read a name: what is left of it without generic words, and what they hint at."""

    text: str
    kind: PlaceKind | None = None


class Lookup:
    """Finds the place for a name."""

    def __init__(self, atlas: Atlas) -> None:
        """Look up in *atlas*."""
        self._atlas = atlas
        self.find = functools.lru_cache(_REMEMBERED)(self._find)

    def best(self, places: list[Place], form: str, kind: PlaceKind | None = None) -> Place | None:
        """Return the likeliest of *places* for a name written as *form*."""
        return self._best(places, _Form(form, kind), [])

    def _find(self, name: str, country: str | None = None) -> Place | None:
        parts = [part for part in _PARTS.split(tidy(name[: 2 * _LONGEST_NAME])) if key(part)]
        if not parts or len(parts[0]) > _LONGEST_NAME:
            return None
        hints = [*parts[1:], *([country] if country else [])]
        forms = list(dict.fromkeys(_forms(parts[0])))
        for matching in (self._named, self._almost_named):
            for form in forms:
                if places := matching(form, hints):
                    return self._best(places, form, hints)
        return None

    def _named(self, form: _Form, hints: list[str]) -> list[Place]:
        """Return the places of this very name."""
        places = self._atlas.named(key(form.text))
        if form.kind is not PlaceKind.SITE:
            return places
        return self._hinted([p for p in places if self._has_such_a_sight(p, form)], hints)

    def _almost_named(self, form: _Form, hints: list[str]) -> list[Place]:
        """Return the well-known places whose name comes close."""
        if is_ordinary(key(form.text)):
            return []
        known = nearest(key(form.text), self._atlas.known_keys)
        places = [place for known_key in known for place in self._atlas.named(known_key)]
        return self._hinted(places, hints)

    def _hinted(self, places: list[Place], hints: list[str]) -> list[Place]:
        """Return the places that no hint speaks against: a guess must not leave the country."""
        return [p for p in places if not hints or any(self._lies_in(p, hint) for hint in hints)]

    def _has_such_a_sight(self, place: Place, form: _Form) -> bool:
        """Tell whether "X beach" may mean the city X: far away, only if X is its name and small."""
        if place.kind is not PlaceKind.CITY or self._atlas.is_near_home(place):
            return True
        return key(place.name) == key(form.text) and place.population < _LARGE_CITY

    def _best(self, places: list[Place], form: _Form, hints: list[str]) -> Place | None:
        form_key, written = key(form.text), spelling(form.text)
        careful = bool(marks(form.text))

        def rank(place: Place) -> tuple[int, bool, bool, float]:
            exact = careful and any(
                spelling(name) == written for name in self._atlas.names(place.id)
            )
            hinted = sum(self._lies_in(place, hint) for hint in hints)
            return hinted, place.kind is form.kind, exact, self._atlas.weight(place, form_key)

        return max(places, key=rank, default=None)

    def _lies_in(self, place: Place, hint: str) -> bool:
        code = hint.upper()
        if place.country == code or f"US.{code}" in self._atlas.areas(place.id):
            return True
        around = {outer.id for outer in self._atlas.named(key(hint))}
        return place.id in around or not around.isdisjoint(place.parents)


def _forms(name: str) -> Iterator[_Form]:
    """Yield *name*, then what is left without the generic words before and after it."""
    yield _Form(name)
    words = [word for word in _WORDS.split(name) if word]
    folded = [fold(word) for word in words]
    for before, kind in _generic(folded, GENERIC_BEFORE):
        backwards = folded[: before - 1 if before else None : -1]
        for after, other_kind in _generic(backwards, _GENERIC_AFTER_BACKWARDS):
            rest = words[before : len(words) - after]
            if (before or after) and len(key("".join(rest))) > 1:
                yield _Form(" ".join(rest), kind or other_kind)


def _generic(
    words: list[str], phrases: dict[tuple[str, ...], PlaceKind | None]
) -> list[tuple[int, PlaceKind | None]]:
    """Return how many words to leave out at the start, from none on, and the kind they hint at."""
    found: list[tuple[int, PlaceKind | None]] = [(0, None)]
    for start, kind in found:
        for length in range(1, _LONGEST_PHRASE + 1):
            phrase = tuple(words[start : start + length])
            if len(phrase) == length and phrase in phrases:
                found.append((start + length, phrases[phrase] or kind))
    return sorted(found, key=lambda item: item[0])
