"""Where to: the places that are chosen, those to choose from, and where they are on the map."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from api.onboarding.schemas import Draft, FaultyError, Wish
from conversation.repository import places_covered
from core.database import Connection
from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from core.text import fold, tidy

MOST_PLACES = 20
_LONGEST_NAME = 80
_POPULAR = 12
_COVERED = 60
"""Names of the catalogue that are read: several may be those of one place."""
_SEPARATORS = re.compile(r"[,;\n]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A place to tick.

    Attributes:
        name: its name for the visitor; also what is sent.
        where: what it lies in.
        place: the gazetteer's place, if it is known.
        chosen: whether it is ticked.
    """

    name: str
    where: str
    place: Place | None
    chosen: bool


def shown(wish: Wish, language: str) -> Draft:
    """Return the fields for the places of a wish."""
    names = [named(name, language) for name in wish.interests.locations]
    return Draft({"place": tuple(names)})


def read(draft: Draft, wish: Wish, language: str) -> Wish:
    """Return the wish with the places that were ticked or typed.

    Raises:
        FaultyError: they are too many, or one is no name.
    """
    typed = [tidy(part) for part in _SEPARATORS.split(draft.one("more"))]
    given = [*(tidy(name) for name in draft.all("place")), *typed]
    names = [named(name, language) for name in given if any(map(str.isalnum, name))]
    unique = list({_identity(name): name for name in reversed(names)}.values())[::-1]
    if any(len(name) > _LONGEST_NAME for name in names):
        raise FaultyError(more="places.too_long")
    if len(unique) > MOST_PLACES:
        raise FaultyError(more="places.too_many")
    before = {_identity(name): name for name in wish.interests.locations}
    return wish.stating(locations=[before.get(_identity(name), name) for name in unique])


def named(name: str, language: str) -> str:
    """Return what a place is called for readers of *language*; an unknown one as it was written."""
    place = gazetteer().find(name)
    return called(place, language) if place else name


def offers(connection: Connection, draft: Draft, language: str) -> list[Offer]:
    """Return what is chosen, then the places that most tours go to."""
    chosen = [*draft.all("place")]
    covered = [name for name, _ in places_covered(connection, _COVERED)]
    found = {_identity(name): name for name in reversed([*chosen, *covered])}
    order = dict.fromkeys(_identity(name) for name in [*chosen, *covered])
    ticked = {_identity(name) for name in chosen}
    listed = [*_ticked_first(order, ticked)][: len(ticked) + _POPULAR]
    return [_offer(found[each], language, chosen=each in ticked) for each in listed]


def _ticked_first(order: Iterable[int | str], ticked: set[int | str]) -> list[int | str]:
    """Return all of *order*, what is ticked before the rest."""
    return sorted(order, key=lambda each: each not in ticked)


def unknown(draft: Draft) -> list[str]:
    """Return the chosen names that the gazetteer does not know: tours may mention them yet."""
    return [name for name in draft.all("place") if gazetteer().find(name) is None]


def called(place: Place, language: str) -> str:
    """Return a place's name for readers of *language*, countries as they are called there."""
    if place.kind is PlaceKind.COUNTRY:
        return _countries(language).get(place.country) or place.name
    return gazetteer().name_in(place, language)


def where(place: Place, language: str) -> str:
    """Return what a place lies in: its province, if it has one, and its country."""
    parents = [gazetteer().get(parent) for parent in place.parents]
    provinces = [each for each in parents if each and each.kind is PlaceKind.PROVINCE]
    names = [called(each, language) for each in provinces[:1] if not _same_name(each, place)]
    if place.kind not in (PlaceKind.COUNTRY, PlaceKind.REGION):
        names.append(_countries(language).get(place.country, ""))
    return ", ".join(filter(None, names))


def _same_name(province: Place, place: Place) -> bool:
    """Tell whether a town is its province, as large cities are ("Cần Thơ (municipality)")."""
    return "municipality" in province.name or fold(place.name) in fold(province.name)


@cache
def _countries(language: str) -> Mapping[str, str]:
    return Locale(language).territories


def _offer(name: str, language: str, *, chosen: bool) -> Offer:
    place = gazetteer().find(name)
    label = called(place, language) if place else name
    return Offer(label, where(place, language) if place else "", place, chosen)


def _identity(name: str) -> int | str:
    place = gazetteer().find(name)
    return place.id if place else fold(name)
