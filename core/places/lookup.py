"""From one name to the place most likely meant by it."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.places.atlas import Atlas
from core.places.keys import key, marks, spaced, spelling
from core.places.schemas import Place, PlaceKind
from core.places.spelling import nearest, within_words
from core.places.words import GENERIC_AFTER, GENERIC_BEFORE, is_ordinary
from core.text import fold, tidy

_LONGEST_NAME = 120
_PARTS = re.compile(r"\s*[,;()|]\s*")
_WORDS = re.compile(r"[\s.-]+|(?<=TP)(?=[A-ZĐ])")
_REMEMBERED = 20_000  # names: those of a large feed, which is asked for several times
_LARGE_CITY = 100_000
_SHORT_REST = 4
_GENERIC_AFTER_BACKWARDS = {phrase[::-1]: kind for phrase, kind in GENERIC_AFTER.items()}
_LONGEST_PHRASE = max(map(len, (*GENERIC_BEFORE, *GENERIC_AFTER)))


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to read a name.

    Attributes:
        text: what is left of it without generic words.
        kind: what those hint at.
        is_short_rest: whether so little is left that any place might be called so.
    """

    text: str
    kind: PlaceKind | None = None
    is_short_rest: bool = False


class Lookup:
    """Finds the place for a name."""

    def __init__(self, atlas: Atlas) -> None:
        """Look up in *atlas*."""
        self._atlas = atlas
        self.find = functools.lru_cache(_REMEMBERED)(self._find)
        self._around = functools.lru_cache(_REMEMBERED)(self._named_ids)

    def best(self, places: list[Place], form: str, kind: PlaceKind | None = None) -> Place | None:
        """Return the likeliest of *places* for a name written as *form*."""
        return self._best(places, _Form(form, kind), [])

    def _find(self, name: str, country: str | None = None) -> Place | None:
        parts = [part for part in _PARTS.split(tidy(name[: 2 * _LONGEST_NAME])) if key(part)]
        if not parts or len(parts[0]) > _LONGEST_NAME:
            return None
        hints = [*parts[1:], *filter(key, _PARTS.split(country or ""))]
        forms = list(dict.fromkeys(_forms(parts[0])))
        for form in forms:
            if places := self._named(form, hints):
                best = self._best(places, form, hints)
                return (best and self._rather_at_home(best, form, hints)) or best
        for form in forms:
            if place := self._misspelt(form, hints):
                return place
        return None

    def _named(self, form: _Form, hints: list[str]) -> list[Place]:
        """Return the places of this very name."""
        places = [p for p in self._atlas.named(key(form.text)) if self._is_so_parted(p, form)]
        if form.is_short_rest:
            places = [p for p in places if self._atlas.is_chosen(p.id, key(form.text))]
        if form.kind is not PlaceKind.SITE:
            return places
        return self._hinted([p for p in places if self._has_such_a_sight(p, form)], hints)

    def _is_so_parted(self, place: Place, form: _Form) -> bool:
        """Tell whether a name in several words can be this place's: "mi ne" is not Mine."""
        if " " not in spaced(form.text) or self._atlas.is_known_to_most(place):
            return True
        names = filter(lambda name: key(name) == key(form.text), self._atlas.names(place.id))
        return any(" " in spaced(name) for name in names)

    def _rather_at_home(self, found: Place, form: _Form, hints: list[str]) -> Place | None:
        """Return the place at home that *form* misspells, if it is only a far one's other name."""
        form_key = key(form.text)
        own = key(found.name) == form_key or self._atlas.is_chosen(found.id, form_key)
        if own or hints or self._atlas.is_at_home(found):
            return None
        meant = self._misspelt(form, hints)
        return meant if meant and self._atlas.is_at_home(meant) else None

    def _misspelt(self, form: _Form, hints: list[str]) -> Place | None:
        """Return the well-known place whose name comes closest, word by word."""
        form_key = key(form.text)
        if is_ordinary(form_key):
            return None
        found: list[tuple[bool, tuple[int, int], Place]] = []
        for known_key in nearest(form_key, self._atlas.known_keys):
            swapped = sorted(known_key) == sorted(form_key)  # the likeliest slip of all
            named = self._hinted(self._atlas.named(known_key), hints)
            found += [
                (swapped, self._atlas.fame(place), place)
                for place in named
                if self._is_nearly_so_parted(place, known_key, form)
                and (self._atlas.is_near_home(place) or _has_its_ends(form_key, known_key))
            ]
        return max(found, key=lambda each: each[:2])[2] if found else None

    def _is_nearly_so_parted(self, place: Place, known_key: str, form: _Form) -> bool:
        """Tell whether the slips are within the words: "nha tran" is not Nhật Bản, Japan."""
        written = spaced(form.text)
        names = (name for name in self._atlas.names(place.id) if key(name) == known_key)
        return " " not in written or any(within_words(written, spaced(name)) for name in names)

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
        around = self._around(hint)
        return place.id in around or not around.isdisjoint(place.parents)

    def _named_ids(self, name: str) -> frozenset[int]:
        return frozenset(place.id for place in self._atlas.named(key(name)))


def _has_its_ends(written: str, right: str) -> bool:
    """Tell whether a slip is inside the name: "Kawaguchiko" is not the city Kawaguchi."""
    return written[0] == right[0] and written[-1] == right[-1]


def _forms(name: str) -> Iterator[_Form]:
    """Yield *name*, then what is left without the generic words before and after it."""
    yield _Form(name)
    words = [word for word in _WORDS.split(name) if word]
    folded = [fold(word) for word in words]
    for before, kind in _generic(folded, GENERIC_BEFORE):
        backwards = folded[: before - 1 if before else None : -1]
        for after, other_kind in _generic(backwards, _GENERIC_AFTER_BACKWARDS):
            rest = " ".join(words[before : len(words) - after])
            letters = len(key(rest))
            if (before or after) and letters > 1:
                yield _Form(rest, kind or other_kind, letters < _SHORT_REST)


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
